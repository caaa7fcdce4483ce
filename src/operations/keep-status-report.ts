import { belongsTo, mayAt, requireAbilityAt, roleMissing, type Actor } from '../domain/access.ts';
import { bankAccountOf } from '../domain/bank-file/bank-account.ts';
import { reportedResults } from '../domain/bank-file/reported-results.ts';
import type { FiledOrder, ReportedTransfer, StatusReport } from '../domain/bank-file/status-report.ts';
import { uetrOf } from '../domain/bank-file/uetr.ts';
import type { GatewayResult } from '../domain/gateway-result.ts';
import { notFound, Problem } from '../domain/problem.ts';
import { quoted } from '../domain/quoted.ts';
import { decidedBy } from '../store/approvals.ts';
import { recordFundEvent } from '../store/audit-chain.ts';
import { findBankFile, ordersOfFile, type FiledAttempt } from '../store/bank-files.ts';
import { getFund, lockFund } from '../store/funds.ts';
import { concludeMessage, keepMessage } from '../store/gateway-messages.ts';
import type { Row } from '../store/tables.ts';
import type { Tx } from '../store/transaction.ts';
import { filedResult } from './filed-result.ts';
import type { ReadBy } from './read-bank-outcomes.ts';

/** A report with what it says of each payment, in the inbox and still to be applied. */
export interface KeptReport {
  readonly report: StatusReport;
  readonly file: Row<'bankFiles'> | null;
  readonly fundCode: string | null;
  readonly results: readonly {
    readonly messageId: string;
    readonly result: GatewayResult;
    readonly filed: FiledAttempt;
  }[];
  readonly strays: readonly ReportedTransfer[];
  readonly known: boolean;
}

interface Reports {
  readonly reports: readonly StatusReport[];
  readonly raw: string;
  readonly sha256: string;
  /** The layout by which it was read, where that is not in the report itself. */
  readonly layout: ReadBy | null;
}

/** A report on a file of ours. */
interface OwnReport {
  readonly report: StatusReport;
  readonly file: Row<'bankFiles'>;
  readonly fund: Row<'funds'>;
  readonly results: readonly { readonly result: GatewayResult; readonly filed: FiledAttempt }[];
  readonly strays: readonly ReportedTransfer[];
}

/** Puts a file of reports into the inbox, and what each says of each payment beside it, once. Throws as `importStatusReport` does. */
export async function keepReports(
  tx: Tx,
  actor: Actor,
  { reports, raw, sha256, layout }: Reports,
): Promise<KeptReport[]> {
  const own = await ownReports(tx, actor, reports);
  const [first] = reports;
  if (own.every((one) => one === null))
    throw notFound(
      'bank file',
      quoted(first?.originalMessageId ?? ''),
      'treasury audit log --action bankfile.exported',
    );
  for (const one of own) if (one !== null) await requireMayImport(tx, actor, one, layout);
  // Read by another layout, or another version of it, the same bytes may say something else.
  const identity = layout === null ? sha256 : `${sha256} ${layout.name} ${layout.version ?? 0}`;
  const said = { gateway: 'bankfile', source: 'file', remote: null };
  const { message, known } = await keepMessage(tx, { ...said, externalId: identity, attemptId: null, raw });
  if (!known)
    await concludeMessage(tx, message.id, {
      outcome: 'noted',
      detail: `imported by ${actor.username}; what it says of each payment is kept beside it`,
      attemptId: null,
    });
  const kept: KeptReport[] = [];
  for (const [at, report] of reports.entries()) {
    const one = own[at] ?? null;
    if (one === null) {
      kept.push({ report, file: null, fundCode: null, results: [], strays: [], known });
      continue;
    }
    const results: KeptReport['results'][number][] = [];
    for (const { result, filed } of one.results) {
      const { message: own } = await keepMessage(tx, {
        ...said,
        // A file says one thing of a payment; of which files it speaks depends on who asks.
        externalId: `${identity} ${result.key ?? ''}`,
        attemptId: filed.attempt.id,
        raw: filedResult(result, { sha256, id: report.id }),
      });
      results.push({ messageId: own.id, result, filed });
    }
    if (!known) await recordReport(tx, actor, { ...one, sha256, message: message.ref, layout });
    kept.push({ report, file: one.file, fundCode: one.fund.code, results, strays: one.strays, known });
  }
  return kept;
}

/** What reports say of files of ours; null for one on a file that nobody here knows, or this person may not know of. */
async function ownReports(
  tx: Tx,
  actor: Actor,
  reports: readonly StatusReport[],
): Promise<readonly (OwnReport | null)[]> {
  const files = new Map<string, OwnFile | null>();
  for (const { originalMessageId } of reports)
    if (!files.has(originalMessageId)) files.set(originalMessageId, await ownFile(tx, actor, originalMessageId));
  const said = reportedResults(
    reports.map((report) => {
      const own = files.get(report.originalMessageId) ?? null;
      return { report, orders: own?.orders ?? [], file: own === null ? null : figuresOf(own.file) };
    }),
  );
  return reports.map((report, at) => {
    const own = files.get(report.originalMessageId) ?? null;
    if (own === null) return null;
    const { file, fund, byKey } = own;
    const { results, strays } = said[at] ?? { results: [], strays: [] };
    const filed = results.flatMap((result) => {
      const its = byKey.get(result.key ?? '');
      return its === undefined ? [] : [{ result, filed: its }];
    });
    return { report, file, fund, results: filed, strays };
  });
}

const figuresOf = ({ orders, sumMinor, currency }: Row<'bankFiles'>) => ({ count: orders, sumMinor, currency });

interface OwnFile extends Pick<OwnReport, 'file' | 'fund'> {
  readonly orders: readonly FiledOrder[];
  readonly byKey: ReadonlyMap<string, FiledAttempt>;
}

async function ownFile(tx: Tx, actor: Actor, messageId: string): Promise<OwnFile | null> {
  const file = await findBankFile(tx, messageId);
  if (file === undefined) return null;
  const { fund } = await getFund(tx, file.fundId);
  if (!belongsTo(actor, fund.companyId)) return null;
  const orders = await ordersOfFile(tx, file.id);
  const byKey = new Map(orders.map((filed) => [filed.attempt.idempotencyKey, filed]));
  return { file, fund, orders: orders.map(filedOrder), byKey };
}

function filedOrder({ attempt, payment }: FiledAttempt): FiledOrder {
  const account = bankAccountOf(payment.destination);
  const key = attempt.idempotencyKey;
  return {
    key,
    uetr: uetrOf(key),
    account: typeof account === 'string' ? '' : account.number,
    receiver: payment.destination,
  };
}

const OPEN: ReadonlySet<string> = new Set(['sent', 'accepted', 'unknown']);

/**
 * Who may settle payments may import what settles them. That money did not leave is a treasurer's or CFO's word who did not execute
 * the payment, nor requested or judged it, as with `payment resolve --not-paid`: it may be paid again.
 */
async function requireMayImport(
  tx: Tx,
  actor: Actor,
  { fund, results }: OwnReport,
  layout: ReadBy | null,
): Promise<void> {
  requireAbilityAt(actor, 'payment.resolve', fund);
  const failing = results.filter(({ result, filed }) => result.outcome === 'failed' && OPEN.has(filed.attempt.state));
  if (failing.length === 0) return;
  if (!mayAt(actor, 'payment.declare_not_paid', fund)) throw roleMissing(actor.username, 'payment.declare_not_paid');
  requireForeignLayout(failing, layout);
  const payments = failing.map(({ filed }) => filed.payment);
  const executed = failing.flatMap(({ filed }) => (filed.attempt.executorId === actor.userId ? [filed.payment] : []));
  const judged = await decidedBy(
    tx,
    payments.map(({ requisitionId }) => requisitionId),
    actor.userId,
  );
  const involved = payments.filter(
    ({ requesterId, requisitionId }) => requesterId === actor.userId || judged.has(requisitionId),
  );
  const did = [
    ...(executed.length === 0 ? [] : [`executed ${namesOf(executed)}`]),
    ...(involved.length === 0 ? [] : [`requested or approved ${namesOf(involved)}`]),
  ];
  if (did.length === 0) return;
  throw new Problem(
    'forbidden',
    executed.length > 0 ? 'RESOLVER_IS_EXECUTOR' : 'RESOLVER_IS_INVOLVED',
    `${actor.username} ${did.join(' and ')}, which the bank rejects; somebody else must import this report.`,
    { unchanged: 'Nothing of it was used; every payment is as it was.' },
  );
}

const namesOf = (payments: readonly Row<'payments'>[]): string => {
  const refs = payments.map(({ ref }) => ref);
  const more = refs.length > MOST_NAMED ? ` and ${refs.length - MOST_NAMED} more` : '';
  return `${refs.slice(0, MOST_NAMED).join(', ')}${more}`;
};

/** By the words of their layout they could say of what they paid that it failed, and be paid twice. */
function requireForeignLayout(failing: OwnReport['results'], layout: ReadBy | null): void {
  const own = failing.find(({ filed }) => layout !== null && filed.attempt.executorId === layout.authorId);
  if (own === undefined) return;
  throw new Problem(
    'forbidden',
    'RESOLVER_IS_EXECUTOR',
    `${layout?.author ?? ''} executed ${own.filed.payment.ref}, which the bank rejects, and wrote the layout ${layout?.name ?? ''}, which says so.`,
    {
      unchanged: 'Nothing of it was used; every payment is as it was.',
      fix: 'somebody else adds the layout under another name, and it is imported by that',
    },
  );
}

const MOST_NAMED = 5;

async function recordReport(
  tx: Tx,
  actor: Actor,
  {
    report,
    file,
    fund: { id },
    results,
    strays,
    sha256,
    message,
    layout,
  }: OwnReport & { readonly sha256: string; readonly message: string; readonly layout: ReadBy | null },
): Promise<void> {
  const fund = await lockFund(tx, id);
  await recordFundEvent(tx, fund, {
    actor: actor.username,
    action: 'bankfile.reported',
    subject: file.ref,
    origin: actor.origin,
    payload: {
      message_id: file.messageId,
      report: report.id,
      message,
      sha256,
      ...(layout === null ? {} : { layout: layout.name, layout_version: layout.version }),
      fund: fund.code,
      group: report.group?.code ?? null,
      results: results.length,
      strays: strays.length,
    },
  });
}
