import type { Actor } from '../domain/access.ts';
import { ExactPass } from '../domain/reconciliation/exact-pass.ts';
import type { EntryFacts, Found, LineFacts } from '../domain/reconciliation/facts.ts';
import { matchRest, type Rest } from '../domain/reconciliation/match-rest.ts';
import { entriesLeft, everythingFound } from '../domain/reconciliation/matching.ts';
import type { ToldEntry, ToldLine } from '../domain/reconciliation/outcome.ts';
import { liveFeeRules } from '../store/fee-rules.ts';
import { eachOpenEntry, openEntryDetails, type OpenEntryDetails } from '../store/open-entries.ts';
import type { Row } from '../store/tables.ts';
import type { Tx } from '../store/transaction.ts';

/** A line that nothing explains yet. `told` is made only when somebody is to see it. */
export interface OpenLine extends Omit<LineFacts, 'index' | 'day'> {
  readonly bookedOn: string;
  readonly told: () => ToldLine;
}

/** Tells open lines in one order, the same whenever it is asked. */
export type LineFeed = (take: (line: OpenLine) => void) => Promise<void>;

/** What was found between a book and lines, with the means to tell of it. */
export interface MatchedItems {
  readonly found: () => Iterable<Found>;
  readonly rest: Rest;
  readonly lineCount: number;
  /** Whether the person requested or executed what an entry is of. */
  isOwn(entry: number): boolean;
  /** What is told of lines and entries by their index; `load` first. */
  line(index: number): ToldLine;
  entry(index: number): OpenEntryDetails;
  /** Reads what is known of these entries, unless it was read before. */
  load(entries: readonly number[]): Promise<void>;
}

/** Lines of which everything is kept in memory; beyond, those that the first pass takes are read again when somebody is to see them. */
const KEPT_LINES = 200_000;

/** Matches lines against all open entries of a fund. Reads only. `tellAll` wants even a million lines to be told one by one. */
export async function matchOpenItems(
  tx: Tx,
  actor: Actor,
  fund: Row<'funds'>,
  feed: LineFeed,
  { tellAll }: { readonly tellAll: boolean },
): Promise<MatchedItems> {
  const exact = new ExactPass();
  const seqs: number[] = [];
  const own = new Set<number>();
  await eachOpenEntry(tx, fund.id, (entry) => {
    if (entry.executorId === actor.userId || entry.requesterId === actor.userId) own.add(seqs.length);
    exact.addEntry(entry);
    seqs.push(entry.seq);
  });
  const { left, told, count } = await takeLines(exact, feed, tellAll);
  const details = new Map<number, OpenEntryDetails>();
  const load = async (entries: readonly number[]): Promise<void> => {
    const missing = entries.filter((entry) => !details.has(entry)).toSorted((a, b) => a - b);
    const rows = await openEntryDetails(
      tx,
      fund.id,
      missing.map((entry) => seqs[entry] ?? 0),
    );
    rows.forEach((row, at) => details.set(missing[at] ?? 0, row));
  };
  const open = entriesLeft(exact);
  await load(open);
  const entry = (index: number): OpenEntryDetails => {
    const known = details.get(index);
    if (known === undefined) throw new Error(`entry ${index} was not loaded`);
    return known;
  };
  const rest = matchRest(
    left,
    open.map((index) => factsOf(index, entry(index))),
    await liveFeeRules(tx, fund.id),
  );
  return {
    found: () => everythingFound(exact, rest),
    rest,
    lineCount: count,
    isOwn: (index) => own.has(index),
    line: (index) => {
      const known = told.get(index);
      if (known === undefined) throw new Error(`line ${index} was not kept`);
      return known;
    },
    entry,
    load,
  };
}

interface TakenLines {
  readonly left: LineFacts[];
  readonly told: ReadonlyMap<number, ToldLine>;
  readonly count: number;
}

async function takeLines(exact: ExactPass, feed: LineFeed, tellAll: boolean): Promise<TakenLines> {
  const left: LineFacts[] = [];
  const told = new Map<number, ToldLine>();
  let count = 0;
  await feed((line) => {
    const index = count;
    count += 1;
    const certain = exact.takeLine(line);
    if (!certain) left.push(lineFacts(index, line));
    if (!certain || count <= KEPT_LINES) told.set(index, line.told());
  });
  const contested = new Set(exact.contested());
  const forgotten = tellAll && count > KEPT_LINES;
  if (contested.size > 0 || forgotten) {
    let at = -1;
    await feed((line) => {
      at += 1;
      if (contested.has(at)) left.push(lineFacts(at, line));
      if (contested.has(at) || (tellAll && !told.has(at))) told.set(at, line.told());
    });
  }
  return { left: left.toSorted((a, b) => a.index - b.index), told, count };
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
  references: line.references,
  counterparty: line.counterparty,
  counterpartyAccount: line.counterpartyAccount,
  description: line.description,
  isCharge: line.isCharge,
});

const factsOf = (index: number, entry: OpenEntryDetails): EntryFacts => ({
  index,
  day: dayNumber(entry.valueDate),
  deltaMinor: entry.deltaMinor,
  kind: entry.kind,
  externalId: entry.externalId,
  references: [entry.paymentRef, entry.voucher, entry.replenishment].filter((text) => text !== null),
  sharedReferences: entry.requisition === null ? [] : [entry.requisition],
  payee: entry.payee,
  destination: entry.method === 'cash' ? null : entry.destination,
});

/** An entry as an outcome tells of it. */
export const toldEntry = (entry: OpenEntryDetails): ToldEntry => ({
  ref: entry.ref,
  kind: entry.kind,
  valueDate: entry.valueDate,
  deltaMinor: entry.deltaMinor,
  payment: entry.paymentRef,
});
