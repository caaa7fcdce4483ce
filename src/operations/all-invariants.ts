import { INVARIANTS } from '../store/invariants.ts';
import type { Invariant } from '../store/invariants/invariant.ts';
import { LINES } from './verify-lines.ts';
import { TERMS } from './verify-terms.ts';

/** Every invariant: those that the database can be asked about, and those about digests that only operations can compute again. */
export const ALL_INVARIANTS: readonly Invariant[] = [...INVARIANTS, ...TERMS, ...LINES];
