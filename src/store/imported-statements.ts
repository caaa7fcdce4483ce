import { aliasedTable as alias, and, desc, eq, isNull, ne, sql, type SQL } from 'drizzle-orm';
import type { Grant } from '../domain/access.ts';
import { resolveName, type Naming } from './naming.ts';
import { afterCursor, cutPage, rowsToAsk, type PageRequest } from './paging.ts';
import { withinCompanies, withinScope } from './scope.ts';
import type { Row } from './tables.ts';
import type { Tx } from './transaction.ts';

const naming: Naming = {
  table: 'statements',
  noun: 'statement',
  codes: [],
  listCommand: 'treasury statement list',
};

/** The id of the statement that a reference or id names, among the companies of the grants. Throws not found or ambiguous. */
export async function resolveStatement(tx: Tx, text: string, grants: readonly Grant[]): Promise<string> {
  const { funds, statements } = tx.t;
  const companies = withinCompanies(funds, grants);
  const theirs =
    companies && sql`exists (select 1 from ${funds} where ${funds.id} = ${statements.fundId} and ${companies})`;
  return resolveName(tx, naming, text, theirs);
}

/** A statement that was imported, with the names that people know its parts by. */
export interface ImportedView {
  readonly statement: Row<'statements'>;
  readonly fundCode: string;
  readonly importedBy: string;
  readonly acceptedBy: string | null;
  /** Reference of the statement that came in its place. */
  readonly replacedBy: string | null;
}

export interface ImportedFilter {
  readonly fundId?: string | undefined;
  /** Only those that were taken with faults, and in whose place no whole one has come. */
  readonly unbalanced?: boolean;
}

export interface ImportedPage {
  readonly rows: ImportedView[];
  readonly next: string | null;
  readonly count: number;
}

/** Statements of funds that the grants reach, newest first, with how many there are in all. */
export async function listImported(
  tx: Tx,
  filter: ImportedFilter,
  page: PageRequest,
  grants: readonly Grant[],
): Promise<ImportedPage> {
  const { funds, statements } = tx.t;
  const condition = and(
    filter.fundId === undefined ? undefined : eq(statements.fundId, filter.fundId),
    filter.unbalanced === true ? and(ne(statements.faults, '[]'), isNull(statements.replacedBy)) : undefined,
    withinScope(funds, grants),
  );
  const found = await views(tx, and(condition, afterCursor(statements, page.after)), rowsToAsk(page));
  const { rows, next } = cutPage(
    found.map((view) => ({ view, createdAt: view.statement.createdAt, id: view.statement.id })),
    page,
  );
  const [counted] = await tx.db
    .select({ count: sql<number>`count(*)`.mapWith(Number) })
    .from(statements)
    .innerJoin(funds, eq(funds.id, statements.fundId))
    .where(condition);
  return { rows: rows.map(({ view }) => view), next, count: counted?.count ?? 0 };
}

/** One statement with everything that is shown of it. */
export async function getImported(tx: Tx, id: string): Promise<ImportedView> {
  const [view] = await views(tx, eq(tx.t.statements.id, id), 1);
  if (view === undefined) throw new Error(`statement ${id} has gone`);
  return view;
}

async function views(tx: Tx, condition: SQL | undefined, limit: number): Promise<ImportedView[]> {
  const { funds, users, statements } = tx.t;
  const importer = alias(users, 'importer');
  const acceptor = alias(users, 'acceptor');
  const successor = alias(statements, 'successor');
  return tx.db
    .select({
      statement: statements,
      fundCode: funds.code,
      importedBy: importer.username,
      acceptedBy: acceptor.username,
      replacedBy: successor.ref,
    })
    .from(statements)
    .innerJoin(funds, eq(funds.id, statements.fundId))
    .innerJoin(importer, eq(importer.id, statements.createdBy))
    .leftJoin(acceptor, eq(acceptor.id, statements.acceptedBy))
    .leftJoin(successor, eq(successor.id, statements.replacedBy))
    .where(condition)
    .orderBy(desc(statements.createdAt), desc(statements.id))
    .limit(limit);
}
