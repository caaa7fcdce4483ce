import { batchDeadline } from '../domain/otp.ts';
import { batchesAfter, decisionsAfter, usedCodesAfter } from '../store/agreed-terms.ts';
import { MOST_BROKEN, type Broken, type Invariant } from '../store/invariants/invariant.ts';
import type { Tx } from '../store/transaction.ts';
import { batchDigest, batchHash } from './batch-hash.ts';
import { authorisationDigest } from './judge-execution.ts';
import { termsDigest } from './judge-requisition.ts';

const ROWS_AT_ONCE = 1_000;
/** Each may have thousands of rows. */
const BATCHES_AT_ONCE = 20;
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
  {
    id: 'batch_terms',
    number: 6,
    title: 'The hash of a batch covers its rows, and its code was used for that hash and covers them for 24 hours',
    find: (tx) => findInPages((after) => batchTermsAfter(tx, after), BATCHES_AT_ONCE),
  },
];

interface Judged {
  readonly id: string;
  readonly broken: Broken | null;
}

/** Goes through rows by id, page by page, so that memory stays flat. */
async function findInPages(read: (after: string) => Promise<Judged[]>, atOnce = ROWS_AT_ONCE): Promise<Broken[]> {
  const broken: Broken[] = [];
  for (let after = BEFORE_ALL; broken.length <= MOST_BROKEN;) {
    const page = await read(after);
    broken.push(...page.flatMap((judged) => (judged.broken === null ? [] : [judged.broken])));
    const last = page.at(-1);
    if (last === undefined || page.length < atOnce) break;
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

async function batchTermsAfter(tx: Tx, after: string): Promise<Judged[]> {
  const found = await batchesAfter(tx, after, BATCHES_AT_ONCE);
  return found.map(({ batch, rows, used, given }) => {
    // What was amended since, before it was approved or once its payment was taken back, says something else for good reason.
    const asMade = rows.every(({ requisition }) => requisition.revision === 1);
    const fault =
      asMade && batchHash(batch, rows) !== batch.hash
        ? 'does not have the rows that its hash covers'
        : used.some(({ digest, executorId }) => digest !== batchDigest(batch, executorId))
          ? 'was begun by a code that was given for another hash'
          : given.some(({ usedAt, expiresAt }) => usedAt === null || +expiresAt !== +batchDeadline(usedAt))
            ? 'gave its rows another time than 24 hours from its code'
            : null;
    const { id, ref: subject } = batch;
    return { id, broken: fault === null ? null : { subject, message: `batch ${subject} ${fault}`, facts: {} } };
  });
}
