import type { Actor } from '../domain/access.ts';
import type { Difference } from '../domain/reconciliation/amount-pass.ts';
import { RULE_VERSION, SCORES, type Found } from '../domain/reconciliation/facts.ts';
import type { ToldMatch } from '../domain/reconciliation/outcome.ts';
import { recordFundEvent } from '../store/audit-chain.ts';
import { insertMatches, insertReconciliation, movePayments, type NewMatch } from '../store/matches.ts';
import { matchesDigest, type DigestedGroup } from '../store/match-digest.ts';
import { newId, newIdentity, numberedReference, type Identity } from '../store/references.ts';
import type { Row } from '../store/tables.ts';
import type { Tx } from '../store/transaction.ts';
import { postFees, valueDateOf, type FeeToBook, type PostedFee } from './book-fees.ts';
import { toldEntry, type MatchedItems, type OpenItem } from './match-open-items.ts';

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
  readonly certain: readonly Found[];
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
  const total = certain.length + charges.length + differs.length;
  if (total === 0 && request.newLines === 0) return NOTHING_SAVED(lockedFund);
  await items.load(certain.flatMap(({ entries }) => entries));
  const fees = [...certain.flatMap((found) => feeWithin(items, found)), ...charges];
  const { fund, posted, count } = await postFees(tx, actor, lockedFund, { items, fees });
  const run = await newIdentity(tx, 'reconciliations');
  const groups = [
    ...certain.map((found) => groupOf(items, found, posted)),
    ...charges.map((charge) => groupOfCharge(charge, posted)),
    ...differs.map((difference) => groupOfDifference(items, difference)),
  ];
  const digest = matchesDigest(groups.map((group) => digestedGroup(group, request)));
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
  const stored = await storeGroups(tx, actor, { run, groups, request });
  const reconciled = stored.filter(({ group }) => !isDiffering(group));
  await movePayments(
    tx,
    groups.flatMap(({ paymentIds }) => paymentIds),
    { from: 'success', to: 'reconciled' },
  );
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
    ref: run.ref,
    matched: reconciled.length,
    matches: tellAll ? reconciled.map((match) => toldGroup(items, match)) : [],
    feesBooked: count,
    fund: { ...fund, ...head },
    differing: new Map(
      stored.filter(({ group }) => isDiffering(group)).map(({ id, group }) => [group.lines[0] ?? -1, id]),
    ),
  };
}

/** One match as it is stored: pairs of a line and an entry, of which one side is always the same. */
interface Group extends Pick<Found, 'pass' | 'score' | 'reasons'> {
  readonly lines: readonly number[];
  readonly entries: readonly number[];
  /** What was booked for it. */
  readonly fee: PostedFee | undefined;
  readonly entryIds: readonly string[];
  readonly paymentIds: readonly string[];
}

function groupOf(items: MatchedItems, found: Found, posted: ReadonlyMap<number, PostedFee>): Group {
  const entries = found.entries.map((entry) => items.entry(entry));
  const fee = found.fee === undefined ? undefined : posted.get(found.lines[0] ?? -1);
  return {
    ...{ pass: found.pass, score: found.score, reasons: found.reasons },
    ...{ lines: found.lines, entries: found.entries, fee },
    entryIds: [...entries.flatMap(idsOf), ...(fee === undefined ? [] : [fee.entryId])],
    paymentIds: entries.flatMap(({ kind, paymentId }) => (kind === 'payment' && paymentId !== null ? [paymentId] : [])),
  };
}

/** An entry's own id and those of what was adjusted of it. */
const idsOf = ({ id, adjustments }: OpenItem): string[] => [id, ...adjustments.map((adjustment) => adjustment.id)];

function groupOfDifference(items: MatchedItems, { line, entry, reasons }: Difference): Group {
  const item = items.entry(entry.index);
  return {
    ...{ pass: 'amount_differs', score: SCORES.amount_differs, reasons: [...reasons, 'amount_differs'] },
    ...{ lines: [line.index], entries: [entry.index], fee: undefined },
    entryIds: idsOf(item),
    paymentIds: [],
  };
}

function groupOfCharge({ line }: FeeToBook, posted: ReadonlyMap<number, PostedFee>): Group {
  const fee = posted.get(line);
  if (fee === undefined) throw new Error(`the fee of line ${line} was not posted`);
  return {
    ...{ pass: 'fee_rule', score: SCORES.fee_rule, reasons: ['fee_within_tariff'] },
    ...{ lines: [line], entries: [], fee },
    entryIds: [fee.entryId],
    paymentIds: [],
  };
}

const feeWithin = (items: MatchedItems, { fee, lines, entries }: Found): FeeToBook[] => {
  const [line, entry] = [lines[0], entries[0]];
  if (fee === undefined || line === undefined || entry === undefined) return [];
  const { paymentId, executionId } = items.entry(entry);
  return [
    {
      line,
      amountMinor: fee.amountMinor,
      rule: fee.rule,
      paymentId,
      executionId,
      valueDate: valueDateOf(items, line),
      booked: null,
    },
  ];
};

const digestedGroup = ({ pass, lines, entryIds }: Group, { lineId }: RunRequest): DigestedGroup => ({
  pass,
  lineIds: lines.map(lineId),
  entryIds,
});

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

async function storeGroups(
  tx: Tx,
  actor: Actor,
  { run, groups, request }: { run: Identity; groups: readonly Group[]; request: RunRequest },
): Promise<Stored[]> {
  const stored: Stored[] = [];
  let number = 0;
  function* rows(): Generator<NewMatch> {
    for (const [at, group] of groups.entries()) {
      const { pass, score } = group;
      const reasons = JSON.stringify(group.reasons);
      for (const [pairAt, { line, ...pair }] of pairsOf(group).entries()) {
        number += 1;
        const identity = { id: newId(), ref: numberedReference('matches', run.ref, number) };
        if (pairAt === 0) stored.push({ group, ...identity });
        yield {
          ...{ ...identity, reconciliationId: run.id, groupSeq: at + 1, lineId: request.lineId(line), ...pair },
          ...{ pass, score, reasons, matchedBy: actor.userId, createdAt: tx.now },
        };
      }
    }
  }
  await insertMatches(tx, rows());
  return stored;
}

/** The first line with every entry, then every other line with the first entry: each part of a line or entry stands once. */
function pairsOf({ lines, entryIds }: Group) {
  const [firstLine = -1, ...otherLines] = lines;
  const [firstEntry = ''] = entryIds;
  return [
    ...entryIds.map((entryId, at) => ({ line: firstLine, linePart: at + 1, entryId, entryPart: 1 })),
    ...otherLines.map((line, at) => ({ line, linePart: 1, entryId: firstEntry, entryPart: at + 2 })),
  ];
}
