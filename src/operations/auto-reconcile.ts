import { requireAbilityAt, type Actor } from '../domain/access.ts';
import type { Difference } from '../domain/reconciliation/amount-pass.ts';
import type { Agreement } from '../domain/reconciliation/outcome.ts';
import { getFund, lockFund, resolveFund } from '../store/funds.ts';
import { balanceOn, differencesSum, openEntriesSum } from '../store/open-entries.ts';
import { closeExplainedLines, noteOpenLines } from '../store/open-lines.ts';
import { eachOpenLine, openLinesSum, type StoredLine } from '../store/statement-lines.ts';
import type { Store } from '../store/store.ts';
import type { Row } from '../store/tables.ts';
import type { Tx } from '../store/transaction.ts';
import { pendingVariances } from '../store/variances.ts';
import { chargesToBook, type FeeToBook } from './book-fees.ts';
import { IMPORTING, startImport, type ImportedFile, type StartedImport } from './import-statement.ts';
import { LineIdentities } from './line-identity.ts';
import { LinePlaces } from './line-places.ts';
import { matchOpenItems, type LineFeed, type MatchedItems, type OpenLine } from './match-open-items.ts';
import { outdatedMatches } from './outdated-matches.ts';
import { readForFund } from './read-for-fund.ts';
import { linesOf, type ReadAccount } from './read-statement.ts';
import { officeDay, staleDays, type Reconciled, type ReconcileRequest } from './reconcile-statement.ts';
import { digestOfFound, requireUnmoved, type Plan, type PlanBasis } from './reconciliation-plan.ts';
import { heldBack, outcomeOf } from './reconciliation-outcome.ts';
import { recordDifference } from './record-variance.ts';
import { getProfile } from './statement-profiles.ts';
import { saveMatches, type RunWork, type SavedRun } from './save-matches.ts';

/**
 * Saves a statement's new lines and whatever is certain between its open lines and the book, in one transaction. A token saves only
 * what has exact evidence. Throws forbidden, not found, usage for what is no statement, refused STATEMENT_UNBALANCED.
 */
export async function autoReconcile(store: Store, actor: Actor, request: ReconcileRequest): Promise<Reconciled> {
  return store.write((tx) => autoReconcileIn(tx, actor, request, null), IMPORTING);
}

/** Saves what a plan found. Throws as `autoReconcile` does, and conflict PLAN_OUTDATED when anything has moved since it was made. */
export async function applyPlan(store: Store, actor: Actor, plan: Plan): Promise<Reconciled> {
  const { map } = plan;
  const profile = map === null ? null : (await store.read((tx) => getProfile(tx, map))).profile;
  const source = { ...plan.source, profile };
  const request = { fund: plan.fund, source, tellAll: true, onProgress: () => undefined };
  return store.write((tx) => autoReconcileIn(tx, actor, request, plan.basis), IMPORTING);
}

async function autoReconcileIn(
  tx: Tx,
  actor: Actor,
  request: ReconcileRequest,
  planned: PlanBasis | null,
): Promise<Reconciled> {
  const view = await getFund(tx, await resolveFund(tx, request.fund, actor.grants));
  requireAbilityAt(actor, 'reconcile.run', view.fund);
  const fund = await lockFund(tx, view.fund.id);
  const identities = new LineIdentities();
  const read = await readForFund(tx, fund, request.source, (line) => identities.add(line));
  const importing = await startFile(tx, actor, fund, { request, read, identities });
  const { tellAll } = request;
  const { feed, lineId, imported } = importingFeed(tx, fund, { request, read, importing });
  const items = await matchOpenItems(tx, actor, fund, feed, { tellAll });
  if (planned !== null) requireUnmoved(planned, { head: fund.headHash, found: await digestOfFound(items) });
  const mode = planned === null ? 'auto' : 'plan';
  const work = await workOf(tx, actor, fund, { items, imported: imported(), mode, tellAll, lineId });
  const saved = await saveMatches(tx, actor, fund, items, work);
  await noteWhatIsOpen(tx, fund, imported());
  const variances = await recordDifferences(tx, actor, {
    items,
    differs: work.differs,
    saved,
    statement: work.request.statement,
  });
  const outcome = await outcomeOf(withoutCharges(items, work.charges), {
    ...{ read, fund, username: actor.username, file: request.source.name, tellAll: false },
    ...{ staleDays: await staleDays(tx), balances: null, exactOnly: actor.token !== undefined, variances },
  });
  const agreement = await agreementNow(tx, fund.id, read);
  return {
    view: await getFund(tx, fund.id),
    read,
    skipped: importing.skipped,
    outcome: {
      ...outcome,
      ...{ matches: saved.matches, matched: saved.matched, agreement },
      exceptions: [...outcome.exceptions, ...(await outdatedMatches(tx, fund.id))],
    },
    applied: {
      statement: importing.newLines > 0 ? work.request.statement.ref : null,
      reconciliation: saved.ref,
      feesBooked: saved.feesBooked,
      variances: [...variances.values()],
    },
    basis: null,
  };
}

interface Matching {
  readonly items: MatchedItems;
  readonly imported: ImportedLast;
  readonly mode: 'auto' | 'plan';
  readonly tellAll: boolean;
  /** The stored line that an index stands for. */
  readonly lineId: (line: number) => string;
}

/** What of all that was found is saved: what is certain, charges that rules allow, and differences of payments that nobody has recorded yet. */
async function workOf(
  tx: Tx,
  actor: Actor,
  fund: Row<'funds'>,
  { items, imported, mode, tellAll, lineId }: Matching,
): Promise<RunWork & { readonly request: { readonly statement: Row<'statements'> } }> {
  const exactOnly = actor.token !== undefined;
  const waiting = new Set((await pendingVariances(tx, fund.id, 'anything')).map(({ paymentId }) => paymentId));
  const isNew = ({ entry }: Difference): boolean => {
    const { kind, paymentId, paymentStatus } = items.entry(entry.index);
    return kind === 'payment' && paymentStatus === 'success' && !waiting.has(paymentId) && !items.isOwn(entry.index);
  };
  return {
    *certain() {
      for (const found of items.found()) if (heldBack(items, found, { exactOnly }) === null) yield found;
    },
    charges: exactOnly ? [] : await chargesToBook(tx, actor, fund, items),
    differs: exactOnly ? [] : items.rest.differs.filter(isNew),
    tellAll,
    request: {
      mode,
      statement: imported.statement,
      linesDigest: imported.digest,
      newLines: imported.newLines,
      lineId,
    },
  };
}

/** Records each difference as a variance with the line as its evidence; answers their references by line. */
async function recordDifferences(
  tx: Tx,
  actor: Actor,
  found: { items: MatchedItems; differs: readonly Difference[]; saved: SavedRun; statement: { ref: string } },
): Promise<ReadonlyMap<number, string>> {
  const { items, differs, saved, statement } = found;
  const recorded = new Map<number, string>();
  for (const { line, entry } of differs) {
    const { paymentId } = items.entry(entry.index);
    const matchId = saved.differing.get(line.index);
    if (paymentId === null || matchId === undefined) throw new Error('a difference without its match');
    const { ref, bookedOn, externalId } = items.line(line.index);
    const { view } = await recordDifference(tx, actor, {
      paymentId,
      adjustedMinor: () => Math.abs(line.amountMinor),
      reason: `The statement ${statement.ref} has another amount.`,
      evidence: `line ${ref ?? ''} of ${bookedOn}, reference ${externalId ?? 'none'}`,
      matchId,
    });
    recorded.set(line.index, view.variance.ref);
  }
  return recorded;
}

interface ImportedLast extends Pick<ImportedFile, 'statements' | 'added' | 'newLines' | 'digest'> {
  /** The last of the file's statements. */
  readonly statement: Row<'statements'>;
}

/** Stores the statements of a file; their lines follow. Throws refused STATEMENT_UNBALANCED with everything that speaks against it. */
async function startFile(
  tx: Tx,
  actor: Actor,
  fund: Row<'funds'>,
  { request, read, identities }: { request: ReconcileRequest; read: ReadAccount; identities: LineIdentities },
): Promise<StartedImport> {
  const walk = await linesOf(request.source, fund.currency);
  const [first] = read.statements;
  return startImport(tx, actor, {
    fundId: fund.id,
    source: {
      digest: read.digest,
      name: request.source.name === '-' ? null : request.source.name,
      type: first?.header.type ?? 'csv',
      profile: request.source.profile?.name ?? null,
    },
    statements: read.statements,
    lines: { [Symbol.iterator]: walk },
    identities,
    acceptFaults: request.acceptUnbalanced === true,
  });
}

interface ImportingFeed {
  readonly feed: LineFeed;
  readonly lineId: (line: number) => string;
  /** Throws before the feed was walked. */
  readonly imported: () => ImportedLast;
}

/**
 * Tells the open lines of the file's days. Where the feed is walked for the first time, the file's new lines are told while they
 * are stored, so that a million need not be read back; they follow what was stored before, as they do in the database.
 */
function importingFeed(
  tx: Tx,
  fund: Row<'funds'>,
  { request, read, importing }: { request: ReconcileRequest; read: ReadAccount; importing: StartedImport },
): ImportingFeed {
  const days = { fundId: fund.id, from: read.firstDay, to: read.lastDay };
  const places = new LinePlaces(importing.newLines);
  let stored: ImportedFile | undefined;
  return {
    lineId: (line) => places.idAt(line, fileOf(stored).ids),
    imported: () => {
      const file = fileOf(stored);
      const statement = file.statements.at(-1);
      if (statement === undefined) throw new Error('a file without a statement was read');
      return { ...file, statement };
    },
    feed: async (take) => {
      if (stored !== undefined) {
        await eachOpenLine(tx, days, (row, type) => take(openLineOf(row, type, request)));
        return;
      }
      await eachOpenLine(tx, days, (row, type) => {
        places.addOld(row.id);
        take(openLineOf(row, type, request));
      });
      stored = await importing.storeLines((row, index) => {
        places.addNew(index);
        take(openLineOf(row, read.type, request));
      });
    },
  };
}

function fileOf(stored: ImportedFile | undefined): ImportedFile {
  if (stored === undefined) throw new Error('the lines of the file were not stored yet');
  return stored;
}

/** Notes which of the new lines are open, and which of the old ones are open no more. */
async function noteWhatIsOpen(
  tx: Tx,
  fund: Row<'funds'>,
  { added, statements }: Pick<ImportedLast, 'added' | 'statements'>,
): Promise<void> {
  await closeExplainedLines(tx, fund.id);
  if (added) for (const { id } of statements) await noteOpenLines(tx, { statementId: id });
}

/** A stored line as the matching takes it. */
const openLineOf = (row: StoredLine, type: string, { dayOf }: ReconcileRequest): OpenLine => ({
  bookedOn: officeDay(row, dayOf),
  amountMinor: row.amountMinor,
  externalId: row.externalId,
  isReceipt: type === 'mpesa',
  // Only the tool writes them, as a list of texts.
  references: JSON.parse(row.references) as string[],
  counterparty: row.counterparty,
  counterpartyAccount: row.counterpartyAccount,
  description: row.description,
  isCharge: row.isCharge,
  told: () => ({
    id: row.id,
    ref: row.ref,
    position: row.position,
    bookedOn: row.bookedOn,
    amountMinor: row.amountMinor,
    externalId: row.externalId,
    counterparty: row.counterparty,
    description: row.description,
  }),
});

/** What is left when charges have found their fees meanwhile. */
function withoutCharges(items: MatchedItems, charges: readonly FeeToBook[]): MatchedItems {
  const lines = new Set(charges.map(({ line }) => line));
  const fees = new Set(charges.flatMap(({ booked }) => (booked === null ? [] : [booked.id])));
  return {
    ...items,
    rest: {
      ...items.rest,
      lines: items.rest.lines.filter(({ index }) => !lines.has(index)),
      entries: items.rest.entries.filter(({ index }) => !fees.has(items.entry(index).id)),
    },
  };
}

/** How book and statement agree as they are stored now; null where the statement has no closing balance. */
async function agreementNow(tx: Tx, fundId: string, { to, closingMinor }: ReadAccount): Promise<Agreement | null> {
  if (to === null || closingMinor === null) return null;
  return {
    day: to,
    ledgerMinor: await balanceOn(tx, fundId, to),
    ledgerOnlyMinor: await openEntriesSum(tx, fundId, to),
    statementOnlyMinor: await openLinesSum(tx, fundId, to),
    differsMinor: await differencesSum(tx, fundId),
    closingMinor,
  };
}
