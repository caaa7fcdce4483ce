import { fingerprintOf, pepperState, type PepperFacts, type PepperState } from '../domain/pepper.ts';

export interface PepperDocument {
  readonly file: string;
  readonly state: PepperState;
  /** Of the pepper in the file; null when it holds none. */
  readonly fingerprint: string | null;
  /** Of the pepper that the office has in force. */
  readonly in_force: string;
  readonly replaced_at: string | null;
  /** Where a new pepper waits, and its fingerprint; null when there is none. */
  readonly next_file: string;
  readonly next_fingerprint: string | null;
}

/** The pepper files of this machine, by their fingerprints; nothing of the secrets in them. */
export const pepperDocument = (found: PepperFacts): PepperDocument => ({
  file: found.file,
  state: pepperState(found),
  fingerprint: fingerprintOf(found.content),
  in_force: found.inForce,
  replaced_at: found.replacedAt?.toISOString() ?? null,
  next_file: found.nextFile,
  next_fingerprint: fingerprintOf(found.nextContent),
});
