import type { PagePart } from '../domain/statement-pages.ts';
import type { ProvedStatement } from './proof.ts';
import type { StatementHeader } from './statement.ts';

/** The oldest and the newest of the statements of a file, which stand oldest or newest first; null where there are none. */
export function firstAndLast(
  statements: readonly ProvedStatement[],
): { readonly first: ProvedStatement; readonly last: ProvedStatement } | null {
  const [head, tail] = [statements[0], statements.at(-1)];
  if (head === undefined || tail === undefined) return null;
  return isNewestFirst(statements) ? { first: tail, last: head } : { first: head, last: tail };
}

/** Statements of one day stand in the order in which each opens with what another closed with. */
function isNewestFirst([head, next, ...more]: readonly ProvedStatement[]): boolean {
  if (head === undefined || next === undefined) return false;
  const [begins, ends] = [head.from ?? '', (more.at(-1) ?? next).from ?? ''];
  if (begins !== ends) return begins > ends;
  return (
    head.openingMinor !== null && head.openingMinor === next.closingMinor && head.closingMinor !== next.openingMinor
  );
}

/** Which page of a statement this is; null where pages are put together when they are read. */
export const pageOf = ({ id, page, paging }: StatementHeader): PagePart => ({
  number: id,
  page: paging === undefined ? null : page,
  paging: paging ?? null,
});
