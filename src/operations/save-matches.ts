import type { Actor } from '../domain/access.ts';
import type { Difference } from '../domain/reconciliation/amount-pass.ts';
import { RULE_VERSION, SCORES, type Found } from '../domain/reconciliation/facts.ts';
import type { ToldMatch } from '../domain/reconciliation/outcome.ts';
import { recordFundEvent } from '../store/audit-chain.ts';
import { insertMatches, insertReconciliation, reconcilePayments, type NewMatch } from '../store/matches.ts';
import { matchesDigest, type DigestedGroup } from '../store/match-digest.ts';
import { eachEntryId } from '../store/entry-ids.ts';
import { IdArray } from '../store/id-array.ts';
import { newId, newIdentity, numberedReference, type Identity } from '../store/references.ts';
import type { Row } from '../store/tables.ts';
import type { Tx } from '../store/transaction.ts';
import { postFees, valueDateOf, type FeeToBook, type PostedFee } from './book-fees.ts';
import { toldEntry, type MatchedItems } from './match-open-items.ts';

/** What a run of matching belongs to. */
export interface RunRequest {
  readonly mode: 'auto' | 'plan' | 'hand';
  readonly statement: Pick<Row<'statements'>, 'id' | 'ref' | 'fileDigest'> | null;
  /** Digest of the lines that came with it; null when none did. */
  readonly linesDigest: string | null;
  readonly newLines: number;
  /** The stored line that an index stands for. */
  readonly lineId: (line: number) => string;
}

export interface SavedRun {
  /** Null when there was nothing to save. */
  readonly ref: string | null;
  /** How many lines, or groups of them, are reconciled by it. */
  readonly matched: number;
  /** Each of those, where all were to be told. */
  readonly matches: readonly ToldMatch[];
  readonly feesBooked: number;
  readonly fund: Row<'funds'>;
  /** Ids of the matches whose amounts differ, by the index of their line. */
  readonly differing: ReadonlyMap<number, string>;
}

/** What a run is to save. */
export interface RunWork {
  /** Walked several times, as there may be a million. */
  readonly certain: () => Iterable<Found>;
  readonly charges: readonly FeeToBook[];
  /** Pairs of which the amounts differ: tied to each other until somebody decides, but not reconciled. */
  readonly differs: readonly Difference[];
  /** Whether every match is told one by one. */
  readonly tellAll: boolean;
  readonly request: RunRequest;
}

const NOTHING_SAVED = (fund: Row<'funds'>): SavedRun => ({
  ...{ ref: null, matched: 0, matches: [], feesBooked: 0, fund },
  differing: new Map(),
});

/**
 * Saves what is certain, books the fees that go with it, and makes the payments reconciled: one run, one audit event with the digest
 * of its matches. `certain` holds nothing of the person's own payments. The caller holds the fund's lock.
 */
export async function saveMatches(
  tx: Tx,
  actor: Actor,
  lockedFund: Row<'funds'>,
  items: MatchedItems,
  work: RunWork,
): Promise<SavedRun> {
  const { certain, charges, differs, tellAll, request } = work;
  const matched = countOf(certain()) + charges.length;
  const total = matched + differs.length;
  if (total === 0 && request.newLines === 0) return NOTHING_SAVED(lockedFund);
  if (tellAll) await items.load([...certain()].flatMap(({ entries }) => entries));
  const fees = [...feesWithin(items, certain()), ...charges];
  const { fund, posted, count } = await postFees(tx, actor, lockedFund, { items, fees });
  const run = await newIdentity(tx, 'reconciliations');
  const idsOf = await idsOfEntries(tx, fund.id, items, certain());
  const groups = (): Iterable<Group> => groupsOf(items, work, { idsOf, posted });
  const digest = matchesDigest(digestedGroups(groups(), request));
  await insertReconciliation(tx, {
    ...run,
    fundId: fund.id,
    statementId: request.statement?.id ?? null,
    mode: request.mode,
    ruleVersion: RULE_VERSION,
    matches: total,
    digest,
    createdBy: actor.userId,
    createdAt: tx.now,
  });
  const stored = await storeGroups(tx, actor, { run, groups: groups(), request, tellAll });
  await reconcilePayments(tx, { runId: run.id, groups: total });
  const head = await recordFundEvent(tx, fund, {
    actor: actor.username,
    action: 'statement.reconciled',
    subject: run.ref,
    origin: actor.origin,
    payload: {
      fund: fund.code,
      mode: request.mode,
      statement: request.statement?.ref ?? null,
      file: request.statement?.fileDigest ?? null,
      new_lines: request.newLines,
      lines_digest: request.linesDigest,
      matches: total,
      matches_digest: digest,
      rule_version: RULE_VERSION,
    },
  });
  return {
    ...{ ref: run.ref, matched },
    matches: tellAll ? stored.filter(({ group }) => !isDiffering(group)).map((match) => toldGroup(items, match)) : [],
    feesBooked: count,
    fund: { ...fund, ...head },
    differing: new Map(
      stored.filter(({ group }) => isDiffering(group)).map(({ id, group }) => [group.lines[0] ?? -1, id]),
    ),
  };
}

function countOf(values: Iterable<unknown>): number {
  let count = 0;
  for (const _ of values) count += 1;
  return count;
}

/** The ids of an entry and of what was adjusted of it. */
type IdsOfEntry = (entry: number) => readonly string[];

/** Looks up the entries that are certain; they take sixteen bytes each. */
async function idsOfEntries(
  tx: Tx,
  fundId: string,
  items: MatchedItems,
  certain: Iterable<Found>,
): Promise<IdsOfEntry> {
  const wanted = new Uint8Array(items.entryCount);
  for (const { entries } of certain) for (const entry of entries) wanted[entry] = 1;
  const ids = new IdArray(items.entryCount);
  let at = -1;
  await eachEntryId(tx, fundId, seqsOf(items, wanted), ({ id }) => {
    at = wanted.indexOf(1, at + 1);
    ids.set(at, id);
  });
  return (entry) => [ids.at(entry), ...items.adjustments(entry).map(({ id }) => id)];
}

function* seqsOf(items: MatchedItems, wanted: Uint8Array): Generator<number> {
  for (let entry = wanted.indexOf(1); entry !== -1; entry = wanted.indexOf(1, entry + 1)) yield items.seq(entry);
}

/** One match as it is stored: pairs of a line and an entry, of which one side is always the same. */
interface Group extends Pick<Found, 'pass' | 'score' | 'reasons'> {
  readonly lines: readonly number[];
  readonly entries: readonly number[];
  /** What was booked for it. */
  readonly fee: PostedFee | undefined;
  readonly entryIds: readonly string[];
}

type Booked = ReadonlyMap<number, PostedFee>;

function* groupsOf(
  items: MatchedItems,
  { certain, charges, differs }: RunWork,
  { idsOf, posted }: { readonly idsOf: IdsOfEntry; readonly posted: Booked },
): Generator<Group> {
  for (const { pass, score, reasons, lines, entries, fee: within } of certain()) {
    const fee = within === undefined ? undefined : posted.get(lines[0] ?? -1);
    const [entry] = entries;
    const own = entry !== undefined && entries.length === 1 ? idsOf(entry) : entries.flatMap((one) => idsOf(one));
    yield { pass, score, reasons, lines, entries, fee, entryIds: fee === undefined ? own : [...own, fee.entryId] };
  }
  for (const charge of charges) yield groupOfCharge(charge, posted);
  for (const difference of differs) yield groupOfDifference(items, difference);
}

function groupOfDifference(items: MatchedItems, { line, entry, reasons }: Difference): Group {
  const item = items.entry(entry.index);
  return {
    ...{ pass: 'amount_differs', score: SCORES.amount_differs, reasons: [...reasons, 'amount_differs'] },
    ...{ lines: [line.index], entries: [entry.index], fee: undefined },
    entryIds: [item.id, ...item.adjustments.map(({ id }) => id)],
  };
}

function groupOfCharge({ line }: FeeToBook, posted: Booked): Group {
  const fee = posted.get(line);
  if (fee === undefined) throw new Error(`the fee of line ${line} was not posted`);
  return {
    ...{ pass: 'fee_rule', score: SCORES.fee_rule, reasons: ['fee_within_tariff'] },
    ...{ lines: [line], entries: [], fee },
    entryIds: [fee.entryId],
  };
}

/** The fees that lines hold beside their entries. What has one was left by the first pass, so it was loaded. */
function* feesWithin(items: MatchedItems, certain: Iterable<Found>): Generator<FeeToBook> {
  for (const { fee, lines, entries } of certain) {
    const [line, entry] = [lines[0], entries[0]];
    if (fee === undefined || line === undefined || entry === undefined) continue;
    const { paymentId, executionId } = items.entry(entry);
    yield {
      ...{ line, amountMinor: fee.amountMinor, rule: fee.rule, paymentId, executionId },
      ...{ valueDate: valueDateOf(items, line), booked: null },
    };
  }
}

function* digestedGroups(groups: Iterable<Group>, { lineId }: RunRequest): Generator<DigestedGroup> {
  for (const { pass, lines, entryIds } of groups) yield { pass, lineIds: lines.map(lineId), entryIds };
}

/** A match as it was stored, by the first of its pairs. */
interface Stored extends Identity {
  readonly group: Group;
}

const isDiffering = ({ pass }: Group): boolean => pass === 'amount_differs';

const toldGroup = (items: MatchedItems, { group, ref }: Stored): ToldMatch => ({
  ref,
  lines: group.lines.map((line) => items.line(line)),
  entries: [
    ...group.entries.map((entry) => toldEntry(items.entry(entry))),
    ...(group.fee === undefined ? [] : [group.fee.told]),
  ],
  ...{ pass: group.pass, score: group.score, reasons: group.reasons },
});

/** Stores groups; answers those of which the amounts differ, and with `tellAll` every one. */
async function storeGroups(
  tx: Tx,
  actor: Actor,
  { run, groups, request, tellAll }: { run: Identity; groups: Iterable<Group>; request: RunRequest; tellAll: boolean },
): Promise<Stored[]> {
  const stored: Stored[] = [];
  const common = { reconciliationId: run.id, matchedBy: actor.userId, createdAt: tx.now };
  function* rows(): Generator<NewMatch> {
    let [number, groupSeq] = [0, 0];
    let [told, reasons]: [Group['reasons'], string] = [[], '[]'];
    for (const group of groups) {
      const { pass, score } = group;
      // The first pass has the same reasons for each of a million.
      if (group.reasons !== told) [told, reasons] = [group.reasons, JSON.stringify(group.reasons)];
      groupSeq += 1;
      for (const { line, first, ...pair } of pairsOf(group)) {
        number += 1;
        const identity = { id: newId(), ref: numberedReference('matches', run.ref, number) };
        if (first && (tellAll || isDiffering(group))) stored.push({ group, ...identity });
        yield { ...identity, ...common, groupSeq, lineId: request.lineId(line), ...pair, pass, score, reasons };
      }
    }
  }
  await insertMatches(tx, rows());
  return stored;
}

/** The first line with every entry, then every other line with the first entry: each part of a line or entry stands once. */
function* pairsOf({ lines, entryIds }: Group) {
  const [firstLine = -1] = lines;
  const [firstEntry = ''] = entryIds;
  for (const [at, entryId] of entryIds.entries())
    yield { first: at === 0, line: firstLine, linePart: at + 1, entryId, entryPart: 1 };
  for (let at = 1; at < lines.length; at += 1)
    yield { first: false, line: lines[at] ?? -1, linePart: 1, entryId: firstEntry, entryPart: at + 1 };
}
