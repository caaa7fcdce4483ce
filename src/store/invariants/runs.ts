import { aliasedTable, and, asc, eq, gt, inArray, sql } from 'drizzle-orm';
import { matchesDigest, type DigestedGroup } from '../match-digest.ts';
import type { Row } from '../tables.ts';
import type { Tx } from '../transaction.ts';
import { MOST_BROKEN, type Broken, type Invariant } from './invariant.ts';

const RUNS_AT_ONCE = 200;

/** Invariant 10: the matches of every run are those that it and its event vouch for. */
export const RUNS: readonly Invariant[] = [
  {
    id: 'run_digests',
    number: 10,
    title: 'Every reconciliation has the matches that its event vouches for',
    find: async (tx, fundId) => {
      const broken: Broken[] = [];
      for (let after = ''; broken.length <= MOST_BROKEN;) {
        const runs = await nextRuns(tx, fundId, after);
        for (const run of runs) broken.push(...(await faultsOf(tx, run)));
        const last = runs.at(-1);
        if (last === undefined || runs.length < RUNS_AT_ONCE) break;
        after = last.ref;
      }
      return broken.slice(0, MOST_BROKEN + 1);
    },
  },
];

function nextRuns(tx: Tx, fundId: string | null, after: string): Promise<Row<'reconciliations'>[]> {
  const { reconciliations: r } = tx.t;
  return tx.db
    .select()
    .from(r)
    .where(and(gt(r.ref, after), fundId === null ? undefined : eq(r.fundId, fundId)))
    .orderBy(asc(r.ref))
    .limit(RUNS_AT_ONCE);
}

async function faultsOf(tx: Tx, run: Row<'reconciliations'>): Promise<Broken[]> {
  const faults: string[] = [];
  const rows = await tx.db
    .select()
    .from(tx.t.matches)
    .where(eq(tx.t.matches.reconciliationId, run.id))
    .orderBy(asc(tx.t.matches.groupSeq), asc(tx.t.matches.linePart), asc(tx.t.matches.entryPart));
  // An adjustment joins the match that it was recorded with when it is approved; nothing else comes later.
  const all = rows.every(({ createdAt }) => createdAt.getTime() === run.createdAt.getTime());
  const joined = all ? NONE : await joinedLater(tx, run.id);
  const made = rows.filter(({ id }) => !joined.has(id));
  if (matchesDigest(groupsOf(made)) !== run.digest) faults.push('has other matches than it was made with');
  const vouched =
    run.mode === 'hand' ? await isInEventByHand(tx, made) : (await digestInEvent(tx, run.ref)) === run.digest;
  if (!vouched) faults.push('has no event that vouches for its matches');
  return faults.map((fault) => ({ subject: run.ref, message: `reconciliation ${run.ref} ${fault}`, facts: {} }));
}

const NONE: ReadonlySet<string> = new Set();

/** The matches of a run that tie an approved adjustment to what the match of its variance tied together. */
async function joinedLater(tx: Tx, runId: string): Promise<ReadonlySet<string>> {
  const { matches: m, varianceAdjustments: v } = tx.t;
  const first = aliasedTable(m, 'first');
  const rows = await tx.db
    .select({ id: m.id })
    .from(m)
    .innerJoin(v, and(eq(v.entryId, m.entryId), eq(v.status, 'approved')))
    .innerJoin(
      first,
      and(
        eq(first.id, v.matchId),
        eq(first.reconciliationId, m.reconciliationId),
        eq(first.groupSeq, m.groupSeq),
        sql`${first.lineId} is not distinct from ${m.lineId}`,
      ),
    )
    .where(eq(m.reconciliationId, runId));
  return new Set(rows.map(({ id }) => id));
}

/** The groups of a run, as they were made: the first line stands with every entry, the others with the first entry. */
function* groupsOf(rows: readonly Row<'matches'>[]): Generator<DigestedGroup> {
  for (const group of Map.groupBy(rows, ({ groupSeq }) => groupSeq).values()) {
    const [first] = group;
    const lines = group.filter(({ linePart }) => linePart === 1).map(({ lineId }) => lineId);
    yield {
      pass: first?.pass ?? '',
      lineIds: [...new Set(lines)].filter((id) => id !== null),
      entryIds: [...new Set(group.filter(({ entryPart }) => entryPart === 1).map(({ entryId }) => entryId))],
    };
  }
}

/** Events of a match by hand: of the match itself, where it has a line, else of its payment. */
const OF_MATCH = 'statement.matched';
const OF_PAYMENT = ['payment.reconciled', 'payment.amount_differs'];

/** Whether exactly one event says of the first match of a run by hand which line and entry it ties together. */
async function isInEventByHand(tx: Tx, made: readonly Row<'matches'>[]): Promise<boolean> {
  const [first] = made.toSorted((a, b) => (a.ref < b.ref ? -1 : 1));
  if (first === undefined) return false;
  const { auditEvents: events, ledgerEntries: e, payments, statementLines: l } = tx.t;
  const [entry] = await tx.db
    .select({ ref: e.ref, payment: payments.ref })
    .from(e)
    .leftJoin(payments, eq(payments.id, e.paymentId))
    .where(eq(e.id, first.entryId));
  const [line] = first.lineId === null ? [] : await tx.db.select({ ref: l.ref }).from(l).where(eq(l.id, first.lineId));
  const [subject, actions] = line === undefined ? [entry?.payment ?? '', OF_PAYMENT] : [first.ref, [OF_MATCH]];
  const rows = await tx.db
    .select({ body: events.body })
    .from(events)
    .where(and(eq(events.subject, subject), inArray(events.action, actions)));
  const ours = rows.filter(({ body }) => {
    // Only the tool writes bodies.
    const { payload } = JSON.parse(body) as { payload: { match?: string; line?: string; entry?: string } };
    return (
      payload.entry === entry?.ref && (line === undefined ? payload.match === first.ref : payload.line === line.ref)
    );
  });
  return ours.length === 1;
}

/** The digest that the event of a run carries; null when there is not exactly one event. */
async function digestInEvent(tx: Tx, ref: string): Promise<string | null> {
  const { auditEvents: events } = tx.t;
  const rows = await tx.db
    .select({ body: events.body })
    .from(events)
    .where(and(eq(events.subject, ref), inArray(events.action, ['statement.reconciled'])));
  const [row] = rows;
  if (row === undefined || rows.length > 1) return null;
  // Only the tool writes bodies.
  const { payload } = JSON.parse(row.body) as { payload: { matches_digest?: string } };
  return payload.matches_digest ?? null;
}
