import { requireAbilityAt, type Actor } from '../domain/access.ts';
import type { Agreement } from '../domain/reconciliation/outcome.ts';
import { getFund, lockFund, resolveFund } from '../store/funds.ts';
import { balanceOn, openEntriesSum } from '../store/open-entries.ts';
import { eachOpenLine, openLinesSum, type StoredLine } from '../store/statement-lines.ts';
import type { Store } from '../store/store.ts';
import type { Row } from '../store/tables.ts';
import type { Tx } from '../store/transaction.ts';
import { chargesToBook } from './book-fees.ts';
import { IMPORTING, importStatements, type ImportedFile } from './import-statement.ts';
import { matchOpenItems, type LineFeed, type MatchedItems, type OpenLine } from './match-open-items.ts';
import { linesOf, readAccount, type ReadAccount } from './read-statement.ts';
import { staleDays, type Reconciled, type ReconcileRequest } from './reconcile-statement.ts';
import { heldBack, outcomeOf } from './reconciliation-outcome.ts';
import { saveMatches } from './save-matches.ts';

/**
 * Saves a statement's new lines and whatever is certain between its open lines and the book, in one transaction. A token saves only
 * what has exact evidence. Throws forbidden, not found, usage for what is no statement, refused STATEMENT_UNBALANCED.
 */
export async function autoReconcile(store: Store, actor: Actor, request: ReconcileRequest): Promise<Reconciled> {
  return store.write(async (tx) => {
    const view = await getFund(tx, await resolveFund(tx, request.fund, actor.grants));
    requireAbilityAt(actor, 'reconcile.run', view.fund);
    const fund = await lockFund(tx, view.fund.id);
    const read = await readAccount(request.source, fund.currency, () => undefined);
    const imported = await importAll(tx, actor, fund, { request, read });
    const days = { fundId: fund.id, from: read.firstDay, to: read.lastDay };
    const feed: LineFeed = (take) => eachOpenLine(tx, days, (row) => take(openLineOf(row)));
    const items = await matchOpenItems(tx, actor, fund, feed, { tellAll: true });
    const exactOnly = actor.token !== undefined;
    const charges = exactOnly ? [] : await chargesToBook(tx, actor, fund, items);
    const saved = await saveMatches(tx, actor, fund, items, {
      certain: [...items.found()].filter((found) => heldBack(items, found, { exactOnly }) === null),
      charges,
      request: {
        mode: 'auto',
        statement: imported.statement,
        linesDigest: imported.digest,
        newLines: imported.newLines,
        lineId: (line) => items.line(line).id ?? '',
      },
    });
    const outcome = await outcomeOf(withoutLines(items, new Set(charges.map(({ line }) => line))), {
      read,
      fund,
      username: actor.username,
      file: request.source.name,
      tellAll: false,
      staleDays: await staleDays(tx),
      balances: null,
      exactOnly,
    });
    return {
      view: { ...view, fund: saved.fund },
      read,
      skipped: imported.skipped,
      outcome: {
        ...outcome,
        matches: saved.matches,
        matched: saved.matches.length,
        agreement: await agreementNow(tx, fund.id, read),
      },
      applied: {
        statement: imported.newLines > 0 ? imported.statement.ref : null,
        reconciliation: saved.ref,
        feesBooked: saved.feesBooked,
        variances: [],
      },
    };
  }, IMPORTING);
}

interface ImportedLast extends Pick<ImportedFile, 'newLines' | 'skipped' | 'digest'> {
  /** The last of the file's statements. */
  readonly statement: Row<'statements'>;
}

/** Imports every statement of a file. Throws refused STATEMENT_UNBALANCED with everything that speaks against it. */
async function importAll(
  tx: Tx,
  actor: Actor,
  fund: Row<'funds'>,
  { request, read }: { request: ReconcileRequest; read: ReadAccount },
): Promise<ImportedLast> {
  const walk = await linesOf(request.source, fund.currency);
  const [first] = read.statements;
  const imported = await importStatements(tx, actor, {
    fundId: fund.id,
    source: {
      digest: read.digest,
      name: request.source.name === '-' ? null : request.source.name,
      type: first?.header.type ?? 'csv',
      profile: null,
    },
    statements: read.statements,
    lines: { [Symbol.iterator]: walk },
  });
  const statement = imported.statements.at(-1);
  if (statement === undefined) throw new Error('a file without a statement was read');
  return { ...imported, statement };
}

/** A stored line as the matching takes it. */
export const openLineOf = (row: StoredLine): OpenLine => ({
  bookedOn: row.bookedOn,
  amountMinor: row.amountMinor,
  externalId: row.externalId,
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

/** What is left when lines have found their entries meanwhile. */
const withoutLines = (items: MatchedItems, lines: ReadonlySet<number>): MatchedItems => ({
  ...items,
  rest: { ...items.rest, lines: items.rest.lines.filter(({ index }) => !lines.has(index)) },
});

/** How book and statement agree as they are stored now; null where the statement has no closing balance. */
async function agreementNow(tx: Tx, fundId: string, { to, closingMinor }: ReadAccount): Promise<Agreement | null> {
  if (to === null || closingMinor === null) return null;
  return {
    day: to,
    ledgerMinor: await balanceOn(tx, fundId, to),
    ledgerOnlyMinor: await openEntriesSum(tx, fundId, to),
    statementOnlyMinor: await openLinesSum(tx, fundId, to),
    closingMinor,
  };
}
