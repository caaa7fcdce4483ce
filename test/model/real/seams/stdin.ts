import { deskHere } from '../desk.ts';

export * from '../../../../src/main/stdin.ts';

/** Standard input of a command in a process that runs many. */
export const readStdin: typeof import('../../../../src/main/stdin.ts').readStdin = async () =>
  Buffer.from(deskHere().stdin);
