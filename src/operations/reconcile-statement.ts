import { requireAbilityAt, type Actor } from '../domain/access.ts';
import type { StatementFinding } from '../domain/statement-continuity.ts';
import { getPolicy } from '../store/policies.ts';
import { balanceOn, differencesSum, neverOpen } from '../store/open-entries.ts';
import { getFund, resolveFund, type FundView } from '../store/funds.ts';
import { hasLines, openLinesSum } from '../store/statement-lines.ts';
import type { Store } from '../store/store.ts';
import type { Row } from '../store/tables.ts';
import type { Tx } from '../store/transaction.ts';
import { atLine } from '../statements/faults.ts';
import type { StatementLine } from '../statements/statement.ts';
import { chargesToBook } from './book-fees.ts';
import { examineFile, examineFirst } from './examine-file.ts';
import { LineIdentities } from './line-identity.ts';
import { matchOpenItems, type LineFeed, type MatchedItems, type OpenLine } from './match-open-items.ts';
import { outdatedMatches } from './outdated-matches.ts';
import { readForFund } from './read-for-fund.ts';
import { linesOf, type ReadAccount, type StatementPieces } from './read-statement.ts';
import { digestOfFound, type PlanBasis } from './reconciliation-plan.ts';
import { outcomeOf, type Outcome, type OutcomeRequest } from './reconciliation-outcome.ts';
import { seenLines, type SeenLines } from './seen-lines.ts';

export interface ReconcileRequest {
  readonly fund: string;
  readonly source: StatementPieces;
  /** Whether every match is told one by one. */
  readonly tellAll: boolean;
  /** Whether what a plan is made of is wanted. */
  readonly plan?: boolean;
  /** Takes the statement whatever speaks against it: a CFO's word. */
  readonly acceptUnbalanced?: boolean;
  /** The office's day of a movement, from its local time on the statement, where that is in another zone. */
  readonly dayOf?: (bookedAt: string) => string;
  /** Told now and then how many lines have been read. */
  readonly onProgress: (lines: number) => void;
}

export interface Reconciled {
  readonly view: FundView;
  readonly read: ReadAccount;
  /** Lines that were imported before. */
  readonly skipped: number;
  readonly outcome: Outcome;
  /** What was saved; null for a preview. */
  readonly applied: Saved | null;
  /** What a plan of this would be made of; null where nobody asked for one. */
  readonly basis: PlanBasis | null;
}

/** What a reconciliation left behind. */
export interface Saved {
  /** The statement that came with it; null when every line of it was known. */
  readonly statement: string | null;
  /** The run; null when it found nothing to match. */
  readonly reconciliation: string | null;
  readonly feesBooked: number;
  /** References of variances that wait for a CFO. */
  readonly variances: readonly string[];
}

/** What a statement and a fund's book explain of each other, saving nothing. Throws forbidden, not found, and usage for what is no statement. */
export async function previewStatement(store: Store, actor: Actor, request: ReconcileRequest): Promise<Reconciled> {
  return store.read(async (tx) => {
    const view = await getFund(tx, await resolveFund(tx, request.fund, actor.grants));
    requireAbilityAt(actor, 'reconcile.run', view.fund);
    const look = (await hasLines(tx, view.fund.id)) ? await lookAgain(tx, view, request) : firstLook(tx, view, request);
    const { feed, seen } = look;
    const items = await matchOpenItems(tx, actor, view.fund, feed, request);
    // Matching has walked the feed.
    const read = look.read();
    const basis = request.plan === true ? { head: view.fund.headHash, found: await digestOfFound(items) } : null;
    const charges = actor.token === undefined ? await chargesToBook(tx, actor, view.fund, items) : [];
    const outcome = await outcomeOf(items, {
      read,
      fund: view.fund,
      username: actor.username,
      file: request.source.name,
      tellAll: request.tellAll,
      staleDays: await staleDays(tx),
      balances: await balances(tx, view, { read, items, lookedAtMinor: seen.openMinor }),
      exactOnly: actor.token !== undefined,
      variances: new Map(),
      bookable: new Set(charges.map(({ line }) => line)),
    });
    const exceptions = [...outcome.exceptions, ...(await outdatedMatches(tx, view.fund.id))];
    return { view, read, skipped: seen.count, outcome: { ...outcome, exceptions }, applied: null, basis };
  });
}

const PROGRESS_LINES = 50_000;

/** Tells how far reading has come, at whichever line is read first after so many. */
function progressOf({ onProgress }: ReconcileRequest): (index: number) => void {
  let next = PROGRESS_LINES;
  return (index) => {
    if (index < next) return;
    next = index - (index % PROGRESS_LINES) + PROGRESS_LINES;
    onProgress(index - (index % PROGRESS_LINES));
  };
}

/** A file, told line by line to the matching, and what is known of it then. */
interface Look {
  readonly feed: LineFeed;
  readonly seen: SeenLines;
  /** Throws before the feed was walked. */
  read(): ReadAccount;
}

/** The first file of a fund: it is read once, and held against nothing but itself. */
function firstLook(tx: Tx, { fund }: FundView, request: ReconcileRequest): Look {
  let read: ReadAccount | undefined;
  return {
    seen: NOTHING_SEEN,
    feed: async (take, takeBlock) => {
      let unlikeAt: number | null = null;
      const progress = progressOf(request);
      const account = await readForFund(tx, fund, request.source, {
        onLine: (line, { type }, index) => {
          progress(index);
          if (line.otherCurrency !== undefined) unlikeAt ??= line.position;
          take(openLine(line, { ref: null, type }, request));
        },
        onBlock: (block, index) => {
          progress(index);
          takeBlock({
            figures: block,
            line: (at) => openLine(block.line(at), { ref: null, type: 'mpesa' }, request),
          });
        },
      });
      read = withFaults(account, examineFirst(fund, account.statements, unlikeAt));
    },
    read: () => {
      if (read === undefined) throw new Error('nothing was read');
      return read;
    },
  };
}

/** A file of a fund that has statements: it is held against them first, and told to the matching after that. */
async function lookAgain(tx: Tx, { fund }: FundView, request: ReconcileRequest): Promise<Look> {
  const identities = new LineIdentities();
  const progress = progressOf(request);
  const account = await readForFund(tx, fund, request.source, (line, _header, index) => {
    progress(index);
    identities.add(line);
  });
  const { findings, stored } = await examineFile(tx, fund, { statements: account.statements, identities });
  const read = withFaults(account, findings);
  const seen = await seenLines(tx, stored.ids, identities.size);
  const walk = await linesOf(request.source, fund.currency);
  return {
    seen,
    read: () => read,
    feed: async (take) => {
      let index = -1;
      for (const line of walk()) {
        index += 1;
        if (!seen.isMatched(index)) take(openLine(line, { ref: seen.refOf(index), type: read.type }, request));
      }
    },
  };
}

const withFaults = (read: ReadAccount, findings: readonly StatementFinding[]): ReadAccount => ({
  ...read,
  faults: findings.map(({ position, message }) => atLine(position, message)),
});

/** A file for a fund that has no statements yet. */
const NOTHING_SEEN: SeenLines = { count: 0, openMinor: 0, isMatched: () => false, refOf: () => null };

/** Days after which an entry without a line is missed: as the policy says, else at once. */
export async function staleDays(tx: Tx): Promise<number> {
  const { terms } = await getPolicy(tx);
  return terms?.stale.statementDays ?? 0;
}

/** The book's sum on the statement's last day, and what is open of statements beside the lines that are looked at. */
async function balances(
  tx: Tx,
  { fund }: FundView,
  { read, items, lookedAtMinor }: { read: ReadAccount; items: MatchedItems; lookedAtMinor: number },
): Promise<OutcomeRequest['balances']> {
  if (read.to === null) return null;
  return {
    ledgerMinor: await bookOn(tx, fund, read.to, items),
    openLinesMinor: (await openLinesSum(tx, fund.id, read.to)) - lookedAtMinor,
    differsMinor: await differencesSum(tx, fund.id),
  };
}

/** The book's sum up to and with a day. Where every entry was looked at just now or is of a rare kind, none is looked at again. */
async function bookOn(tx: Tx, fund: Row<'funds'>, day: string, items: MatchedItems): Promise<number> {
  const { count, sumMinor } = await neverOpen(tx, fund.id, day);
  return items.openCount + count === fund.entrySeq ? items.openMinor(day) + sumMinor : balanceOn(tx, fund.id, day);
}

/** A line of a file as the matching takes it. */
const openLine = (
  line: StatementLine,
  { ref, type }: { readonly ref: string | null; readonly type: string },
  { dayOf }: ReconcileRequest,
): OpenLine => ({
  bookedOn: officeDay(line, dayOf),
  amountMinor: line.amountMinor,
  externalId: line.externalId,
  isReceipt: type === 'mpesa',
  references: line.references,
  counterparty: line.counterparty,
  counterpartyAccount: line.counterpartyAccount,
  description: line.description,
  isCharge: line.isCharge,
  told: () => ({
    id: null,
    ref,
    position: line.position,
    bookedOn: line.bookedOn,
    amountMinor: line.amountMinor,
    externalId: line.externalId,
    counterparty: line.counterparty,
    description: line.description,
  }),
});

/** The office's day of a line: as the statement says, unless its clock is another. */
export const officeDay = (
  { bookedOn, bookedAt }: { readonly bookedOn: string; readonly bookedAt: string | null },
  dayOf: ReconcileRequest['dayOf'],
): string => (bookedAt === null || dayOf === undefined ? bookedOn : dayOf(bookedAt));
