import { isFailed } from './check.ts';
import type { Check } from './problem.ts';
import { quantity } from './quantity.ts';
import type { Terms } from './requisition.ts';

/** What a batch is kept as; `done` is an executing one of which nothing is left to pay. */
export const BATCH_STATUSES = ['submitted', 'approved', 'executing', 'done', 'cancelled'] as const;
export type BatchStatus = (typeof BATCH_STATUSES)[number];

/** Whether a text names a status of batches. */
export const isBatchStatus = (text: string): text is BatchStatus => BATCH_STATUSES.some((status) => status === text);

/** What became of the rows of a batch so far. */
export interface Tally {
  /** Not paid yet: waiting to be approved, or to be paid. */
  readonly waiting: number;
  readonly paid: number;
  readonly inFlight: number;
  readonly failed: number;
  readonly cancelled: number;
}

/** What a row counts as, by the status of its payment (null while there is none) and of its requisition. */
export function rowState(payment: string | null, requisition: string): keyof Tally {
  if (payment === null) return requisition === 'cancelled' || requisition === 'rejected' ? 'cancelled' : 'waiting';
  return STATES[payment] ?? 'paid';
}

const STATES: Readonly<Record<string, keyof Tally>> = {
  pending: 'waiting',
  executing: 'inFlight',
  failed: 'failed',
  cancelled: 'cancelled',
};

/** How many rows are in each state. */
export function tallyOf(states: readonly (keyof Tally)[]): Tally {
  const tally = { waiting: 0, paid: 0, inFlight: 0, failed: 0, cancelled: 0 };
  for (const state of states) tally[state] += 1;
  return tally;
}

/** The status that people see. */
export const shownStatus = (status: string, tally: Tally): BatchStatus =>
  status === 'executing' && tally.waiting + tally.inFlight + tally.failed === 0 ? 'done' : (status as BatchStatus);

/** What somebody does next about a batch that can be paid: begun by a code that covers it (by themselves, by another, or not), or with a code of theirs. */
export function payingVerb({
  begun,
  coded,
}: {
  begun: boolean | null;
  coded: boolean;
}): 'otp' | 'execute' | 'resume' | 'show' {
  if (begun !== null) return begun ? 'resume' : 'show';
  return coded ? 'execute' : 'otp';
}

/** `2 paid, 1 failed`; nothing of what there is none. */
export function tallyText(tally: Tally): string {
  const parts = [
    [tally.paid, 'paid'],
    [tally.inFlight, 'in flight'],
    [tally.failed, 'failed'],
    [tally.cancelled, 'cancelled'],
    [tally.waiting, 'not paid yet'],
  ] as const;
  return parts
    .filter(([count]) => count > 0)
    .map(([count, word]) => `${count} ${word}`)
    .join(', ');
}

/** Rows that a run of a batch did not pay, or of which it does not know yet. */
export interface Unpaid {
  readonly failed: number;
  /** Cancelled, or failed, by somebody else while the run was under way. */
  readonly takenAway: number;
  readonly inFlight: number;
}

/** How a run ends: with 12 when rows it was to pay were not paid, else with 8 while one is in flight; and what is said of them. */
export function runEnding({ failed, takenAway, inFlight }: Unpaid): {
  readonly exitCode: 0 | 8 | 12;
  readonly warnings: readonly string[];
} {
  const them = (count: number): string => (count === 1 ? 'it' : 'them');
  const were = takenAway === 1 ? 'was' : 'were';
  const all = [
    [failed, `${quantity(failed, 'row')} failed; nothing was paid for ${them(failed)}.`],
    [
      takenAway,
      `${quantity(takenAway, 'row')} ${were} cancelled by somebody else meanwhile, or failed in their hands; nothing was paid for ${them(takenAway)}.`,
    ],
    [
      inFlight,
      `The outcome of ${quantity(inFlight, 'row')} is open: the money is reserved. Never pay ${them(inFlight)} again.`,
    ],
  ] as const;
  return {
    exitCode: failed + takenAway > 0 ? 12 : inFlight > 0 ? 8 : 0,
    warnings: all.flatMap(([count, warning]) => (count === 0 ? [] : [warning])),
  };
}

/** Rows in their order, as the hash of a batch covers them. */
export interface HashedBatch {
  readonly fundId: string;
  readonly currency: string;
  readonly rows: readonly (Terms & {
    readonly requisitionId: string;
    readonly number: string;
    readonly revision: number;
    readonly line: number;
    readonly document: string | null;
  })[];
}

/** What a batch's hash is the SHA-256 of: count, total, currency, fund, and every row's terms. */
export const batchTerms = ({ fundId, currency, rows }: HashedBatch) => ({
  batch: 1,
  fund: fundId,
  currency,
  count: rows.length,
  total_minor: rows.reduce((sum, row) => sum + row.amountMinor, 0),
  rows: rows.map((row) => [
    row.line,
    row.requisitionId,
    row.revision,
    row.number,
    row.payee,
    row.amountMinor,
    row.method,
    row.destination,
    row.purpose,
    row.category,
    row.document,
  ]),
});

/** One row with what was judged of it. */
export interface JudgedRow {
  readonly line: number;
  /** How its checks call it: the number of its requisition. */
  readonly name: string;
  readonly checks: readonly Check[];
}

/** Failing checks of many rows, those that say the same of each as one, with the lines that it is about. */
export function failingOfRows(rows: readonly JudgedRow[]): Check[] {
  const failing = rows.flatMap(({ line, name, checks }) =>
    checks.filter(isFailed).map((check) => ({ line, name, check, said: check.message.replaceAll(name, 'it') })),
  );
  const alike = Map.groupBy(failing, ({ check, said }) => JSON.stringify([check.id, check.code, said]));
  return [...alike.values()].flatMap((group) => {
    const [first, another] = group;
    if (first === undefined) return [];
    const { check, name, said } = first;
    const lines = group.map(({ line }) => line);
    const message = `${capital(linesText(lines))}: ${another === undefined ? check.message : said}`;
    // What is to be done about each is another command.
    const ofOne = another !== undefined && check.fix?.command?.includes(name) === true;
    const fix = ofOne && check.fix !== null ? { ...check.fix, command: null } : check.fix;
    return [{ ...check, message, fix, facts: { ...check.facts, lines: lines.join(' ') } }];
  });
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** `line 4`, or `lines 2 to 9, 12`: numbers that ascend. */
export function linesText(lines: readonly number[]): string {
  const spans: [number, number][] = [];
  for (const line of lines) {
    const last = spans.at(-1);
    if (last !== undefined && line === last[1] + 1) last[1] = line;
    else spans.push([line, line]);
  }
  const text = spans.map(([from, to]) => (from === to ? `${from}` : `${from} to ${to}`)).join(', ');
  return `${lines.length === 1 ? 'line' : 'lines'} ${text}`;
}
