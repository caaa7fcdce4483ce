import { requireAbilityAt, type Actor } from '../domain/access.ts';
import { bankFileText, debtorOf, type FileKind, type WishedFile } from '../domain/bank-file/bank-file-format.ts';
import {
  bankOrderOf,
  controlSum,
  messageIdFault,
  type BankFile,
  type BankOrder,
} from '../domain/bank-file/bank-order.ts';
import { layoutMisfits } from '../domain/bank-file/csv-layout.ts';
import { isDay } from '../domain/day.ts';
import { Problem, usage } from '../domain/problem.ts';
import { quoted } from '../domain/quoted.ts';
import type { BankfileSettings } from '../domain/rail.ts';
import { requirePerson } from '../domain/token.ts';
import { recordFundEvent } from '../store/audit-chain.ts';
import {
  findBankFile,
  insertBankFile,
  lockExportable,
  markExported,
  ordersOfFile,
  waitingForFile,
  type Exportable,
  type FiledAttempt,
} from '../store/bank-files.ts';
import { lockFund, resolveFund } from '../store/funds.ts';
import { gatewayOfAccount } from '../store/gateways.ts';
import { resolvePayment } from '../store/payments.ts';
import { newIdentity } from '../store/references.ts';
import { sha256Hex } from '../store/sha256.ts';
import type { Store } from '../store/store.ts';
import type { Row } from '../store/tables.ts';
import type { Tx } from '../store/transaction.ts';
import type { OfficeDay } from './judge-execution.ts';
import { getLayout } from './bank-layouts.ts';
import { exportedAgain } from './export-again.ts';

/** A bank takes more, but nobody looks through more. */
const MOST_ORDERS = 10_000;
const UNCHANGED = 'Nothing was exported; every payment is as it was.';

export interface ExportRequest {
  readonly fund: string;
  /** References of payments; none for everything that waits. */
  readonly payments: readonly string[];
  /** Null as long as nothing was said of it: then an earlier file keeps its own. */
  readonly kind: WishedFile | null;
  readonly messageId: string | null;
  /** The day on which the bank shall pay; today where nothing is said. */
  readonly payOn: string | null;
  readonly dayAt: (now: Date) => OfficeDay;
  /** The place of the file where something lies there already, which only the same file may take; null for a free one. */
  readonly taken: string | null;
}

export interface ExportedBankFile {
  readonly file: Row<'bankFiles'>;
  readonly fund: Row<'funds'>;
  readonly orders: readonly FiledAttempt[];
  /** Whether the file had been exported before: nothing was changed. */
  readonly again: boolean;
  /** Payments that wait for another file. */
  readonly left: number;
}

/**
 * Puts payments whose money is reserved into a file for the bank, in one transaction: its text is kept under a message id that is
 * used once for ever, and each attempt counts as sent from then on. The same id again gives the same text. Throws usage, refused
 * PAYMENTS_NOT_EXPORTABLE with every fault, refused NOTHING_TO_EXPORT, conflict MESSAGE_ID_USED, not found for a layout.
 */
export async function exportBankFile(store: Store, actor: Actor, request: ExportRequest): Promise<ExportedBankFile> {
  requirePerson(actor);
  requireUsable(request);
  return store.write(async (tx) => {
    const fundId = await resolveFund(tx, request.fund, actor.grants);
    const known = request.messageId === null ? undefined : await findBankFile(tx, request.messageId);
    const named = await Promise.all(request.payments.map((name) => resolvePayment(tx, name, actor.grants)));
    const waiting = await waitingForFile(tx, fundId, MOST_ORDERS);
    if (known !== undefined) {
      const fund = await lockFund(tx, fundId);
      requireAbilityAt(actor, 'payment.execute', fund);
      return exportedAgain(tx, { known, fund, named, request, left: waiting.count });
    }
    if (request.taken !== null)
      throw usage('FILE_EXISTS', `${request.taken} is there already, and is not written over.`, {
        unchanged: UNCHANGED,
        fix: '--out ANOTHER_FILE',
      });
    const found = await lockExportable(tx, named.length > 0 ? [...new Set(named)] : waiting.ids);
    const fund = await lockFund(tx, fundId);
    requireAbilityAt(actor, 'payment.execute', fund);
    const file = await makeFile(tx, { actor, fund, found, request });
    const orders = await ordersOfFile(tx, file.id);
    return { file, fund, orders, again: false, left: waiting.count - orders.length };
  });
}

function requireUsable({ messageId, payOn }: ExportRequest): void {
  const fault = messageId === null ? null : messageIdFault(messageId);
  if (fault !== null)
    throw usage('MESSAGE_ID_INVALID', `${quoted(messageId ?? '')} is no message id: ${fault}.`, {
      unchanged: UNCHANGED,
    });
  if (payOn !== null && !isDay(payOn))
    throw usage('DATE_INVALID', `${quoted(payOn)} is no day; write it like 2026-11-30.`, { unchanged: UNCHANGED });
}

interface Making {
  readonly actor: Actor;
  readonly fund: Row<'funds'>;
  readonly found: readonly Exportable[];
  readonly request: ExportRequest;
}

async function makeFile(tx: Tx, { actor, fund, found, request }: Making): Promise<Row<'bankFiles'>> {
  const { kind, version } = await kindOf(tx, request.kind);
  if (fund.state === 'frozen')
    throw new Problem('refused', 'FUND_FROZEN', `Fund ${fund.code} is frozen: nothing leaves it.`, {
      unchanged: UNCHANGED,
      fix: `treasury fund unfreeze ${fund.code}`,
    });
  if (found.length === 0)
    throw new Problem('refused', 'NOTHING_TO_EXPORT', `No payment from fund ${fund.code} waits for a file.`, {
      unchanged: UNCHANGED,
      fix: `treasury payment list --fund ${fund.code} --method bank --status pending`,
    });
  const { orders, attempts } = requireExportable(found, fund);
  const [first] = attempts;
  if (first === undefined) throw new Error('orders without attempts');
  const settings = await gatewayOfAccount(tx, 'bankfile', first.gatewayAccount);
  if (settings === undefined) throw new Error(`nobody has set up the account of ${first.ref}`);
  const today = request.dayAt(tx.now).date;
  const payOn = request.payOn ?? today;
  if (payOn < today)
    throw usage('DATE_INVALID', `The bank cannot pay on ${payOn}: today is ${today}.`, { unchanged: UNCHANGED });
  const identity = await newIdentity(tx, 'bankFiles');
  const messageId = request.messageId ?? messageIdOf(fund.code, today, identity.ref);
  const debtor = debtorOf(JSON.parse(settings.body) as BankfileSettings);
  const told = { messageId, createdAt: tx.now, payOn, currency: fund.currency, debtor, orders };
  requireFit(told, { kind, found });
  const text = bankFileText(told, kind);
  const file: Row<'bankFiles'> = {
    ...identity,
    messageId,
    fundId: fund.id,
    gatewayAccount: first.gatewayAccount,
    format: kind.format,
    layout: kind.format === 'csv' ? kind.layout.name : null,
    layoutVersion: version,
    payOn,
    currency: fund.currency,
    orders: orders.length,
    sumMinor: controlSum(orders),
    content: text,
    contentDigest: sha256Hex(text),
    createdBy: actor.userId,
    createdAt: tx.now,
  };
  await insertBankFile(tx, file, attempts);
  const marked = await markExported(tx, attempts, messageId);
  if (marked !== attempts.length) throw new Error(`${marked} of ${attempts.length} attempts could be marked as sent`);
  await recordExport(tx, { actor, fund, file, found });
  return file;
}

/** NBI-20261128-7F3K2M: the random letters of the file's own reference make it unique. */
const messageIdOf = (code: string, today: string, ref: string): string =>
  [code.replaceAll(/[^A-Za-z0-9]/g, '').slice(0, 13), today.replaceAll('-', ''), ref.replace(/^.*_/, '')]
    .filter((part) => part !== '')
    .join('-')
    .toUpperCase();

/** The payments as orders of one file. Throws refused PAYMENTS_NOT_EXPORTABLE, which names everything that is in the way. */
function requireExportable(
  found: readonly Exportable[],
  fund: Row<'funds'>,
): { readonly orders: BankOrder[]; readonly attempts: Row<'paymentAttempts'>[] } {
  const account = found.find(({ attempt }) => attempt !== null)?.attempt?.gatewayAccount;
  const orders: BankOrder[] = [];
  const attempts: Row<'paymentAttempts'>[] = [];
  const faults: string[] = [];
  for (const one of found) {
    const { payment, attempt } = one;
    const fault = faultOf(one, fund, account);
    const order =
      fault === null && attempt !== null
        ? bankOrderOf({ ...payment, key: attempt.idempotencyKey, purpose: one.purpose })
        : [fault ?? ''];
    if (Array.isArray(order)) faults.push(...order.map((why) => `${payment.ref}: ${why}`));
    else if (attempt !== null) {
      orders.push(order);
      attempts.push(attempt);
    }
  }
  if (faults.length > 0) throw notExportable(faults, `treasury payment list --fund ${fund.code} --status executing`);
  return { orders, attempts };
}

const notExportable = (faults: readonly string[], fix: string): Problem =>
  new Problem(
    'refused',
    'PAYMENTS_NOT_EXPORTABLE',
    faults.length === 1 ? `${faults[0] ?? ''}.` : `${faults.length} things are in the way. ${faults[0] ?? ''}.`,
    { unchanged: UNCHANGED, faults, fix },
  );

/** The kind of file that was wished for; of a layout of the office the newest version, which the file remembers. */
async function kindOf(
  tx: Tx,
  wish: WishedFile | null,
): Promise<{ readonly kind: FileKind; readonly version: number | null }> {
  if (wish?.format !== 'csv') return { kind: wish ?? { format: 'pain001.09' }, version: null };
  const { layout, version } = await getLayout(tx, wish.layout);
  return { kind: { format: 'csv', layout }, version };
}

/** Throws refused PAYMENTS_NOT_EXPORTABLE with every cell that the bank would not take in its layout. */
function requireFit(
  file: BankFile,
  { kind, found }: { readonly kind: FileKind; readonly found: readonly Exportable[] },
): void {
  if (kind.format !== 'csv') return;
  const faults = layoutMisfits(file, kind.layout).map(
    ({ number, why }) => `${found[number - 1]?.payment.ref ?? ''}: ${why}`,
  );
  if (faults.length > 0) throw notExportable(faults, `treasury bankfile layout show ${kind.layout.name}`);
}

function faultOf({ payment, attempt }: Exportable, fund: Row<'funds'>, account: string | undefined): string | null {
  if (payment.fundId !== fund.id) return `it is not paid from fund ${fund.code}`;
  if (payment.method !== 'bank') return `it is paid by ${payment.method}, not through a bank`;
  if (attempt === null)
    return payment.status === 'pending'
      ? 'it has not been executed yet: only then is its money reserved'
      : `it is ${payment.status}; nothing of it is under way`;
  if (attempt.gateway !== 'bankfile')
    return `it is under way ${attempt.gateway === 'manual' ? 'by hand' : `through ${attempt.gateway}`}`;
  if (attempt.state !== 'reserved') return `it is in the file ${attempt.conversation ?? ''} already`;
  if (attempt.gatewayAccount !== account)
    return `it is to be paid from account ${attempt.gatewayAccount}, others from ${account ?? ''}: a file has one account`;
  return null;
}

interface Exporting extends Omit<Making, 'request'> {
  readonly file: Row<'bankFiles'>;
}

async function recordExport(tx: Tx, { actor, fund, file, found }: Exporting): Promise<void> {
  await recordFundEvent(tx, fund, {
    actor: actor.username,
    action: 'bankfile.exported',
    subject: file.ref,
    origin: actor.origin,
    payload: {
      message_id: file.messageId,
      format: file.format,
      ...(file.layout === null ? {} : { layout: file.layout, layout_version: file.layoutVersion }),
      sha256: file.contentDigest,
      fund: fund.code,
      orders: file.orders,
      sum_minor: file.sumMinor,
      currency: file.currency,
      pay_on: file.payOn,
      payments: found.map(({ payment }) => payment.ref),
    },
  });
}
