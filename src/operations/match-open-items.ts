import type { Actor } from '../domain/access.ts';
import { DaySums } from '../domain/reconciliation/day-sums.ts';
import { ExactPass } from '../domain/reconciliation/exact-pass.ts';
import type { EntryFacts, Found, LineFacts } from '../domain/reconciliation/facts.ts';
import { matchRest, type Rest } from '../domain/reconciliation/match-rest.ts';
import { entriesLeft, everythingFound, notablyFound, type Notable } from '../domain/reconciliation/matching.ts';
import type { ToldEntry, ToldLine } from '../domain/reconciliation/outcome.ts';
import type { FeeRule } from '../domain/reconciliation/fee-rule.ts';
import { feesOfPayments } from '../store/booked-fees.ts';
import { liveFeeRules } from '../store/fee-rules.ts';
import {
  eachOpenEntry,
  openAdjustments,
  openEntryDetails,
  type OpenAdjustment,
  type OpenEntryDetails,
} from '../store/open-entries.ts';
import type { LineBlock } from '../statements/line-block.ts';
import type { Row } from '../store/tables.ts';
import type { Tx } from '../store/transaction.ts';

/** A line that nothing explains yet. `told` is made only when somebody is to see it. */
export interface OpenLine extends Omit<LineFacts, 'index' | 'day'> {
  readonly bookedOn: string;
  readonly told: () => ToldLine;
}

/** Open lines that come together: their figures, and each by itself for whoever asks. */
export interface OpenBlock {
  readonly figures: Pick<
    LineBlock,
    'count' | 'bytes' | 'amounts' | 'isCharge' | 'mayRefer' | 'identifiers' | 'identifierEnds'
  >;
  line(index: number): OpenLine;
}

/** Tells open lines in one order, the same whenever it is asked; some feeds tell lines together. */
export type LineFeed = (take: (line: OpenLine) => void, takeBlock: (block: OpenBlock) => void) => Promise<void>;

/** An open entry with what was adjusted of its payment: only together they are what a statement may say. */
export interface OpenItem extends OpenEntryDetails {
  readonly adjustments: readonly OpenAdjustment[];
}

/** What was found between a book and lines, with the means to tell of it. */
export interface MatchedItems {
  readonly found: () => Iterable<Found>;
  /** The same without those that have the same identifier and amount, unless they are the person's own; these are counted. */
  readonly notable: () => Notable;
  readonly rest: Rest;
  readonly lineCount: number;
  /** The open entries, and what they come to up to and with a day, minor units, whatever was adjusted of them. */
  readonly openCount: number;
  openMinor(day: string): number;
  /** Whether the person requested or executed what an entry is of. */
  isOwn(entry: number): boolean;
  /** What is told of lines and entries by their index; `load` first. */
  line(index: number): ToldLine;
  entry(index: number): OpenItem;
  /** How many entries are open. */
  readonly entryCount: number;
  /** Where an entry stands in the book; ascends as they do. */
  seq(entry: number): number;
  /** What was adjusted of the payment of which an entry is the debit. */
  adjustments(entry: number): readonly OpenAdjustment[];
  /** Reads what is known of these entries, unless it was read before. */
  load(entries: readonly number[]): Promise<void>;
}

/** Matches lines against all open entries of a fund. Reads only. `tellAll` wants even a million lines to be told one by one. */
export async function matchOpenItems(
  tx: Tx,
  actor: Actor,
  fund: Row<'funds'>,
  feed: LineFeed,
  { tellAll }: { readonly tellAll: boolean },
): Promise<MatchedItems> {
  // What is open is at most what was ever booked.
  const exact = new ExactPass(fund.entrySeq);
  const seqs = new Uint32Array(fund.entrySeq);
  let entries = 0;
  const days = new DaySums();
  const own = new Set<number>();
  const adjustments = await openAdjustments(tx, fund.id);
  const ofPayment = Map.groupBy(adjustments, ({ paymentId }) => paymentId);
  const ofDebit = Map.groupBy(adjustments, ({ debitSeq }) => debitSeq);
  await eachOpenEntry(tx, { fundId: fund.id, userId: actor.userId }, (entry) => {
    if (entries === seqs.length) throw new Error('more entries are open than the fund has');
    if (entry.isOwn) own.add(entries);
    days.add(entry.valueDate, entry.deltaMinor);
    const its = adjustments.length === 0 ? undefined : ofDebit.get(entry.seq);
    exact.add(its === undefined ? entry : { ...entry, deltaMinor: adjustedMinor(entry.deltaMinor, its) });
    seqs[entries] = entry.seq;
    entries += 1;
  });
  const { left, told, count } = await takeLines(exact, feed, { tellAll, isOwn: (entry) => own.has(entry) });
  const details = new Map<number, OpenItem>();
  const load = async (entries: readonly number[]): Promise<void> => {
    const missing = entries.filter((entry) => !details.has(entry)).toSorted((a, b) => a - b);
    const rows = await openEntryDetails(
      tx,
      fund.id,
      missing.map((entry) => seqs[entry] ?? 0),
    );
    rows.forEach((row, at) => details.set(missing[at] ?? 0, adjusted(row, ofPayment)));
  };
  const open = entriesLeft(exact);
  await load(open);
  const entry = (index: number): OpenItem => {
    const known = details.get(index);
    if (known === undefined) throw new Error(`entry ${index} was not loaded`);
    return known;
  };
  const rules = await liveFeeRules(tx, fund.id);
  const fees = await feesBeside(
    tx,
    rules,
    open.map((index) => entry(index)),
  );
  const rest = matchRest(
    left,
    open.map((index) => factsOf(index, entry(index), fees)),
    rules,
  );
  return {
    found: () => everythingFound(exact, rest),
    notable: () => notablyFound(exact, rest, (entry) => own.has(entry)),
    rest,
    lineCount: count,
    openCount: entries,
    openMinor: (day) => days.upTo(day),
    isOwn: (index) => own.has(index),
    line: (index) => {
      const known = told.get(index);
      if (known === undefined) throw new Error(`line ${index} was not kept`);
      return known;
    },
    entry,
    entryCount: seqs.length,
    seq: (index) => seqs[index] ?? 0,
    adjustments: (index) =>
      adjustments.length === 0 ? NO_ADJUSTMENTS : (ofDebit.get(seqs[index] ?? 0) ?? NO_ADJUSTMENTS),
    load,
  };
}

const NO_ADJUSTMENTS: readonly OpenAdjustment[] = [];

/** An entry as statements know it: a payment's debit with what was adjusted of it since. */
function adjusted(entry: OpenEntryDetails, adjustments: ReadonlyMap<string, readonly OpenAdjustment[]>): OpenItem {
  const own = entry.kind === 'payment' && entry.paymentId !== null ? (adjustments.get(entry.paymentId) ?? []) : [];
  return { ...entry, deltaMinor: adjustedMinor(entry.deltaMinor, own), adjustments: own };
}

const adjustedMinor = (deltaMinor: number, adjustments: readonly OpenAdjustment[]): number =>
  adjustments.reduce((sum, { amountMinor }) => sum + amountMinor, deltaMinor);

interface TakenLines {
  readonly left: LineFacts[];
  readonly told: ReadonlyMap<number, ToldLine>;
  readonly count: number;
}

/**
 * Gives the first pass every line. Of those that it takes nothing is kept, as a million may be; the few that somebody is to see
 * after all, because another line wants the same entry or the payment is the person's own, are read once more.
 */
async function takeLines(
  exact: ExactPass,
  feed: LineFeed,
  { tellAll, isOwn }: { tellAll: boolean; isOwn: (entry: number) => boolean },
): Promise<TakenLines> {
  const left: LineFacts[] = [];
  const told = new Map<number, ToldLine>();
  let count = 0;
  const keep = (line: OpenLine, certain: boolean): void => {
    if (!certain) left.push(lineFacts(count, line));
    if (!certain || tellAll) told.set(count, line.told());
    count += 1;
  };
  await feed(
    (line) => keep(line, exact.takeLine(line)),
    (block) => {
      const { figures } = block;
      for (let at = 0; at < figures.count; at += 1) {
        // What a line refers to stands in its texts.
        const line = figures.mayRefer[at] === 1 ? block.line(at) : null;
        const certain = line === null ? takeFigures(exact, figures, at) : exact.takeLine(line);
        if (certain && !tellAll) count += 1;
        else keep(line ?? block.line(at), certain);
      }
    },
  );
  const contested = new Set(exact.contested());
  const again = new Set(tellAll ? contested : [...contested, ...ownLines(exact, count, isOwn)]);
  let at = -1;
  if (again.size > 0) {
    const keepAgain = (line: OpenLine): void => {
      if (contested.has(at)) left.push(lineFacts(at, line));
      told.set(at, line.told());
    };
    await feed(
      (line) => {
        at += 1;
        if (again.has(at)) keepAgain(line);
      },
      (block) => {
        for (let of = 0; of < block.figures.count; of += 1) {
          at += 1;
          if (again.has(at)) keepAgain(block.line(of));
        }
      },
    );
  }
  return { left: left.toSorted((a, b) => a.index - b.index), told, count };
}

const takeFigures = (exact: ExactPass, figures: OpenBlock['figures'], at: number): boolean =>
  exact.takeIdentifier(figures.bytes, {
    from: figures.identifiers[at] as number,
    to: figures.identifierEnds[at] as number,
    amountMinor: figures.amounts[at] as number,
    isCharge: figures.isCharge[at] === 1,
  });

function ownLines(exact: ExactPass, count: number, isOwn: (entry: number) => boolean): number[] {
  const lines: number[] = [];
  for (let line = 0; line < count; line += 1) {
    const entry = exact.entryOf(line);
    if (entry !== null && isOwn(entry)) lines.push(line);
  }
  return lines;
}

const DAY_MS = 24 * 60 * 60 * 1000;
/** A day that is none in the calendar is near no entry. */
const NO_DAY = -1_000_000;

/** Days since 1970-01-01 of an ISO day. */
export const dayNumber = (day: string): number => {
  const at = Date.parse(`${day}T00:00:00.000Z`);
  return Number.isNaN(at) ? NO_DAY : at / DAY_MS;
};

const lineFacts = (index: number, line: OpenLine): LineFacts => ({
  index,
  day: dayNumber(line.bookedOn),
  amountMinor: line.amountMinor,
  externalId: line.externalId,
  isReceipt: line.isReceipt === true,
  references: line.references,
  counterparty: line.counterparty,
  counterpartyAccount: line.counterpartyAccount,
  description: line.description,
  isCharge: line.isCharge,
});

/** The fees of open payments that are in the book; asked for only where a rule lets lines hold more than their payment. */
async function feesBeside(
  tx: Tx,
  rules: readonly FeeRule[],
  entries: readonly OpenItem[],
): Promise<ReadonlyMap<string, number>> {
  if (rules.every(({ contains }) => contains !== '')) return new Map();
  return feesOfPayments(
    tx,
    entries.flatMap(({ kind, paymentId }) => (kind === 'payment' && paymentId !== null ? [paymentId] : [])),
  );
}

const factsOf = (index: number, entry: OpenEntryDetails, fees: ReadonlyMap<string, number>): EntryFacts => ({
  index,
  day: dayNumber(entry.valueDate),
  deltaMinor: entry.deltaMinor,
  kind: entry.kind,
  externalId: entry.externalId,
  references: [entry.paymentRef, entry.voucher, entry.replenishment].filter((text) => text !== null),
  sharedReferences: entry.requisition === null ? [] : [entry.requisition],
  payee: entry.payee,
  destination: entry.method === 'cash' ? null : entry.destination,
  feesMinor: entry.kind === 'payment' ? (fees.get(entry.paymentId ?? '') ?? 0) : 0,
});

/** An entry as an outcome tells of it. */
export const toldEntry = (entry: OpenEntryDetails): ToldEntry => ({
  ref: entry.ref,
  kind: entry.kind,
  valueDate: entry.valueDate,
  deltaMinor: entry.deltaMinor,
  payment: entry.paymentRef,
});
