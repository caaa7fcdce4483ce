import type { Tx } from './transaction.ts';
import { BANK_FILES } from './invariants/bank-files.ts';
import { BATCHES } from './invariants/batches.ts';
import { BOOKS } from './invariants/books.ts';
import { CHANGES } from './invariants/changes.ts';
import { EVENTS } from './invariants/events.ts';
import type { Broken, Invariant } from './invariants/invariant.ts';
import { MATCHES } from './invariants/matches.ts';
import { PAYMENTS } from './invariants/payments.ts';
import { POLICIES } from './invariants/policies.ts';
import { PEOPLE } from './invariants/people.ts';
import { RUNS } from './invariants/runs.ts';
import { OFFICE_TOLD } from './invariants/office-told.ts';
import { TOLD } from './invariants/told.ts';
import { TIMES } from './invariants/times.ts';
import { VARIANCES } from './invariants/variances.ts';

/** Every invariant that the database can be asked about; the audit chain, 10, is proved by prove-audit.ts. */
export const INVARIANTS: readonly Invariant[] = [
  ...BOOKS,
  ...PAYMENTS,
  ...PEOPLE,
  ...VARIANCES,
  ...EVENTS,
  ...TOLD,
  ...OFFICE_TOLD,
  ...CHANGES,
  ...POLICIES,
  ...TIMES,
  ...MATCHES,
  ...RUNS,
  ...BATCHES,
  ...BANK_FILES,
];

/** The numbers of the invariants that make up the books: balances, reservations, executions, attempts and vouchers. */
const OF_THE_BOOKS = new Set([1, 2, 3, 5, 12]);

/** What `ledger verify` proves. */
export const BOOK_INVARIANTS: readonly Invariant[] = INVARIANTS.filter((invariant) =>
  OF_THE_BOOKS.has(invariant.number),
);

/** An invariant with what breaks it: nothing, when it holds. */
export interface Verdict {
  readonly invariant: Invariant;
  readonly broken: readonly Broken[];
}

/** Asks for each invariant what breaks it, in the given order. */
export async function judgeInvariants(
  tx: Tx,
  invariants: readonly Invariant[],
  fundId: string | null,
): Promise<Verdict[]> {
  const verdicts: Verdict[] = [];
  for (const invariant of invariants) verdicts.push({ invariant, broken: await invariant.find(tx, fundId) });
  return verdicts;
}
