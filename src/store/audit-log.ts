import { and, desc, eq, gte, inArray, like, lt, or, sql, type SQL } from 'drizzle-orm';
import type { Grant } from '../domain/access.ts';
import { usage } from '../domain/problem.ts';
import { fundChain, OFFICE_CHAIN } from './audit-chain.ts';
import { rowsToAsk, type PageRequest } from './paging.ts';
import { subjectsNamed, usernamesMeant } from './audit-subjects.ts';
import { withinCompanies } from './scope.ts';
import type { Row } from './tables.ts';
import type { Tx } from './transaction.ts';

export type AuditEventRow = Row<'auditEvents'>;

export interface AuditFilter {
  /** As typed: an id, a reference or the beginning of one, fund code, requisition number, voucher or username. */
  readonly subject?: string | undefined;
  /** As typed: a username, or a person's id or reference. */
  readonly actor?: string | undefined;
  /** `payment.executed`, or `payment` for all that begin so. */
  readonly action?: string | undefined;
  readonly since?: Date | undefined;
  readonly until?: Date | undefined;
}

export interface AuditPage {
  readonly rows: AuditEventRow[];
  readonly next: string | null;
  readonly count: number;
}

/** Events of the office and of the funds of the person's companies, newest first. */
export async function listAuditEvents(
  tx: Tx,
  filter: AuditFilter,
  page: PageRequest,
  grants: readonly Grant[],
): Promise<AuditPage> {
  const { auditEvents: events } = tx.t;
  const condition = and(await withinChains(tx, grants), await conditionOf(tx, filter));
  const found = await tx.db
    .select()
    .from(events)
    .where(and(condition, afterEvent(tx, page.after)))
    .orderBy(desc(events.at), desc(events.chain), desc(events.seq))
    .limit(rowsToAsk(page));
  const rows = page.limit === 0 ? found : found.slice(0, page.limit);
  const last = rows.at(-1);
  const [total] = await tx.db
    .select({ count: sql<number>`count(*)`.mapWith(Number) })
    .from(events)
    .where(condition);
  return {
    rows,
    next: last === undefined || rows.length === found.length ? null : cursorOf(last),
    count: total?.count ?? 0,
  };
}

const cursorOf = (event: AuditEventRow): string =>
  Buffer.from(JSON.stringify([event.at, event.chain, event.seq])).toString('base64url');

/** Events that come after a cursor in a list that is sorted newest first. Throws usage CURSOR_INVALID. */
function afterEvent(tx: Tx, cursor: string | null): SQL | undefined {
  if (cursor === null) return undefined;
  const { auditEvents: events } = tx.t;
  const [at, chain, seq] = placeOf(cursor);
  return sql`(${events.at}, ${events.chain}, ${events.seq}) < (${at}, ${chain}, ${seq})`;
}

function placeOf(cursor: string): [at: string, chain: string, seq: number] {
  try {
    const place: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    if (Array.isArray(place)) {
      const [at, chain, seq]: unknown[] = place;
      if (typeof at === 'string' && typeof chain === 'string' && Number.isSafeInteger(seq))
        return [at, chain, Number(seq)];
    }
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw usage('CURSOR_INVALID', 'The text after --after is not one that a list gave.', {
    fix: 'copy it from the footer of the list, or from page.next',
  });
}

async function withinChains(tx: Tx, grants: readonly Grant[]): Promise<SQL | undefined> {
  const { auditEvents: events, funds } = tx.t;
  const companies = withinCompanies(funds, grants);
  if (companies === undefined) return undefined;
  const theirs = await tx.db.select({ code: funds.code }).from(funds).where(companies);
  return inArray(events.chain, [OFFICE_CHAIN, ...theirs.map((fund) => fundChain(fund.code))]);
}

async function conditionOf(tx: Tx, filter: AuditFilter): Promise<SQL | undefined> {
  const { auditEvents: events } = tx.t;
  const { subject, actor, action, since, until } = filter;
  return and(
    subject === undefined ? undefined : await aboutSubject(tx, subject.trim()),
    actor === undefined ? undefined : await byActor(tx, actor.trim()),
    action === undefined
      ? undefined
      : action.includes('.')
        ? eq(events.action, action)
        : startingWith(events.action, `${action}.`),
    since === undefined ? undefined : gte(events.at, since.toISOString()),
    until === undefined ? undefined : lt(events.at, until.toISOString()),
  );
}

/** A reference that may be only the beginning of one. */
const BEGINNING = /^[a-z]{3}_[0-9a-z]{4,5}$/;

async function aboutSubject(tx: Tx, text: string): Promise<SQL | undefined> {
  const { auditEvents: events } = tx.t;
  const lower = text.toLowerCase();
  const names = [...new Set([text, lower, text.toUpperCase(), ...(await subjectsNamed(tx, text))])];
  return or(inArray(events.subject, names), BEGINNING.test(lower) ? startingWith(events.subject, lower) : undefined);
}

async function byActor(tx: Tx, text: string): Promise<SQL> {
  return inArray(tx.t.auditEvents.actor, [text.toLowerCase(), ...(await usernamesMeant(tx, text))]);
}

const startingWith = (column: Parameters<typeof like>[0], text: string): SQL =>
  sql`(${like(column, `${text.replaceAll(/[\\%_]/g, (sign) => `\\${sign}`)}%`)} escape '\\')`;
