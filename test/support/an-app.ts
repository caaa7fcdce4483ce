import { setTimeout as pause } from 'node:timers/promises';
import { TOTP, URI } from 'otpauth';

/** The app on somebody's phone: knows what the QR code says, and the time. */
export interface App {
  /** The code that it shows at an instant. */
  codeAt(at: Date): string;
}

/** An app that has scanned a QR code. */
export function anApp(uri: string): App {
  const account = URI.parse(uri);
  if (!(account instanceof TOTP)) throw new Error(`${uri} is of no app that goes by the clock`);
  return { codeAt: (at) => account.generate({ timestamp: at.getTime() }) };
}

const STEP_MS = 30_000;

/** The present instant, away from the end of its step: the code of the step before is still taken for a while. */
export async function inMidStep(): Promise<Date> {
  const left = STEP_MS - (Date.now() % STEP_MS);
  if (left < 3000) await pause(left + 10);
  return new Date();
}
