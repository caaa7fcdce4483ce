import { AsyncLocalStorage } from 'node:async_hooks';
import type { Mail } from '../../../src/gateways/mail.ts';

/** What surrounds one command that runs in this process: its standard input, its mails, its chance. */
export interface Desk {
  readonly stdin: string;
  readonly mails: Mail[];
  /** The next one-time code, as a number. */
  nextCode(): number;
}

/** Commands of several offices run at once in a process, each at its own desk. */
export const desks = new AsyncLocalStorage<Desk>();

/** The desk of the command that is running. */
export function deskHere(): Desk {
  const desk = desks.getStore();
  if (desk === undefined) throw new Error('no command is running');
  return desk;
}
