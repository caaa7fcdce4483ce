import { decisionsAfter, usedCodesAfter } from '../store/agreed-terms.ts';
import { MOST_BROKEN, type Broken, type Invariant } from '../store/invariants/invariant.ts';
import type { Tx } from '../store/transaction.ts';
import { authorisationDigest } from './judge-execution.ts';
import { termsDigest } from './judge-requisition.ts';

const ROWS_AT_ONCE = 1_000;
/** An id before every other. */
const BEFORE_ALL = '00000000-0000-0000-0000-000000000000';

/** Invariants about digests of terms, which only the operations that made them can compute again. */
export const TERMS: readonly Invariant[] = [
  {
    id: 'approved_terms',
    number: 3,
    title: 'What is approved has the terms that its approvers saw',
    find: (tx) => findInPages((after) => approvalsAfter(tx, after)),
  },
  {
    id: 'code_terms',
    number: 6,
    title: 'A code was used for the terms it was given for',
    find: (tx) => findInPages((after) => codesAfter(tx, after)),
  },
];

interface Judged {
  readonly id: string;
  readonly broken: Broken | null;
}

/** Goes through rows by id, page by page, so that memory stays flat. */
async function findInPages(read: (after: string) => Promise<Judged[]>): Promise<Broken[]> {
  const broken: Broken[] = [];
  for (let after = BEFORE_ALL; broken.length <= MOST_BROKEN;) {
    const page = await read(after);
    broken.push(...page.flatMap((judged) => (judged.broken === null ? [] : [judged.broken])));
    const last = page.at(-1);
    if (last === undefined || page.length < ROWS_AT_ONCE) break;
    after = last.id;
  }
  return broken;
}

async function approvalsAfter(tx: Tx, after: string): Promise<Judged[]> {
  const rows = await decisionsAfter(tx, after, ROWS_AT_ONCE);
  return rows.map(({ approval, requisition }) => ({
    id: approval.id,
    broken:
      termsDigest(requisition) === approval.termsDigest
        ? null
        : {
            subject: requisition.number,
            message: `${requisition.number} does not have the terms that were approved`,
            facts: {},
          },
  }));
}

async function codesAfter(tx: Tx, after: string): Promise<Judged[]> {
  const rows = await usedCodesAfter(tx, after, ROWS_AT_ONCE);
  return rows.map(({ challenge, payment }) => ({
    id: challenge.id,
    broken:
      authorisationDigest(payment, challenge.executorId) === challenge.digest
        ? null
        : {
            subject: payment.ref,
            message: `payment ${payment.ref} used a code that was given for other terms`,
            facts: {},
          },
  }));
}
