import { isMethod, isPaymentStatus, METHODS, PAYMENT_STATUSES } from '../../domain/payment.ts';
import { decimalOfSum, parseAmount } from '../../domain/money.ts';
import { usage } from '../../domain/problem.ts';
import { quoted } from '../../domain/quoted.ts';
import { paymentDocument, type PaymentDocument } from '../../documents/payment.ts';
import { resolveFund } from '../../store/funds.ts';
import { listPayments, type PaymentFilter } from '../../store/payments.ts';
import { resolveUser } from '../../store/people.ts';
import type { Tx } from '../../store/transaction.ts';
import type { Column } from '../../terminal/list.ts';
import { formatInstant } from '../../terminal/zone.ts';
import type { Actor } from '../../domain/access.ts';
import type { Command, Input } from '../command.ts';
import type { Context } from '../context.ts';
import { listResult, moneyColumn, pageRequest, PAGE_OPTIONS, PERIOD_OPTIONS, periodOf } from '../listing.ts';
import { officeFacts } from '../office-day.ts';

/** A payment executing for longer than this is called stuck. */
const STUCK_AFTER_MS = 60 * 60 * 1000;

export const command: Command = {
  path: 'payment list',
  summary: 'List payments, newest first',
  options: [
    { flags: '--status <status>', about: PAYMENT_STATUSES.join(', ') },
    { flags: '--fund <code>', about: 'paid from this fund' },
    { flags: '--method <method>', about: METHODS.join(', ') },
    { flags: '--requester <username>', about: 'whose requisition it pays' },
    { flags: '--executor <username>', about: 'who executed it' },
    ...PERIOD_OPTIONS,
    { flags: '--amount <range>', about: 'exactly A, or A..B' },
    { flags: '--search <text>', about: 'in payee, destination, purpose, references and numbers' },
    { flags: '--stuck', about: 'executing for more than an hour' },
    { flags: '--ready', about: 'pending, approved and with attempts left' },
    ...PAGE_OPTIONS,
  ],
  examples: [
    { command: 'treasury payment list --status pending', about: 'what waits to be paid' },
    {
      command: 'treasury payment list --since this-month --fund PETTY --format csv',
      about: 'a month of one fund for a spreadsheet',
    },
  ],
  access: 'books.read',
  writes: false,
  document: 'payment',
  async run(context, input) {
    const store = await context.store();
    const actor = await context.actor();
    const office = await officeFacts(store);
    const page = pageRequest(input);
    const found = await store.read(async (tx) =>
      listPayments(
        tx,
        await filterOf(tx, { context, input, actor, currency: office.currency, timezone: office.timezone }),
        page,
        actor.grants,
      ),
    );
    const zone = await context.zone();
    return listResult({
      noun: 'payment',
      documents: found.rows.map((view) => paymentDocument(view, context.now())),
      columns: columnsFor(zone),
      page: { next: found.next, count: found.count, totals: totalsOf(found.totals) },
    });
  },
};

const totalsOf = (totals: readonly { currency: string; sum: bigint }[]): Record<string, string> =>
  Object.fromEntries(totals.map((total) => [total.currency, decimalOfSum(total.sum, total.currency)]));

interface Question {
  readonly context: Context;
  readonly input: Input;
  readonly actor: Actor;
  readonly currency: string;
  readonly timezone: string;
}

async function filterOf(tx: Tx, { context, input, actor, currency, timezone }: Question): Promise<PaymentFilter> {
  const status = input.optional('status');
  const method = input.optional('method');
  if (status !== undefined && !isPaymentStatus(status)) throw unknownWord('--status', status, PAYMENT_STATUSES);
  if (method !== undefined && !isMethod(method)) throw unknownWord('--method', method, METHODS);
  const fund = input.optional('fund');
  const person = async (name: string): Promise<string | undefined> => {
    const username = input.optional(name);
    return username === undefined ? undefined : resolveUser(tx, username, actor.grants);
  };
  const requesterId = await person('requester');
  const executorId = await person('executor');
  const search = searchText(input.optional('search'));
  return {
    ...(status === undefined ? {} : { status }),
    ...(method === undefined ? {} : { method }),
    ...(fund === undefined ? {} : { fundId: await resolveFund(tx, fund, actor.grants) }),
    ...(requesterId === undefined ? {} : { requesterId }),
    ...(executorId === undefined ? {} : { executorId }),
    ...periodOf(input, context.now(), timezone),
    ...amountRange(input.optional('amount'), currency),
    ...(search === undefined ? {} : { search }),
    ...(input.flag('stuck') ? { stuckBefore: new Date(tx.now.getTime() - STUCK_AFTER_MS) } : {}),
    ...(input.flag('ready') ? { ready: true } : {}),
  };
}

const LONGEST_SEARCH = 200;

function searchText(text: string | undefined): string | undefined {
  if (text === undefined || text.length <= LONGEST_SEARCH) return text;
  throw usage('SEARCH_TOO_LONG', `--search takes at most ${LONGEST_SEARCH} characters, not ${text.length}.`, {
    unchanged: 'Nothing was changed.',
    fix: 'treasury payment list --help',
  });
}

function amountRange(
  text: string | undefined,
  currency: string,
): Pick<PaymentFilter, 'amountFromMinor' | 'amountToMinor'> {
  if (text === undefined) return {};
  const dots = text.indexOf('..');
  if (dots === -1) {
    const exact = parseAmount(text, currency);
    return { amountFromMinor: exact, amountToMinor: exact };
  }
  // What stands behind the first dots is one amount: of `1..2..3` nothing is left out in silence.
  const [from, to] = [text.slice(0, dots), text.slice(dots + 2)];
  const amountFromMinor = from === '' ? undefined : parseAmount(from, currency, { zero: true });
  const amountToMinor = to === '' ? undefined : parseAmount(to, currency, { zero: true });
  if (amountFromMinor !== undefined && amountToMinor !== undefined && amountFromMinor > amountToMinor)
    throw usage('AMOUNT_INVALID', `${quoted(text)} is no range of amounts: it ends below where it begins.`, {
      unchanged: 'Nothing was changed.',
      fix: `treasury payment list --amount ${to}..${from}`,
    });
  return {
    ...(amountFromMinor === undefined ? {} : { amountFromMinor }),
    ...(amountToMinor === undefined ? {} : { amountToMinor }),
  };
}

const unknownWord = (flag: string, word: string, known: readonly string[]) =>
  usage('CHOICE_UNKNOWN', `${flag} ${JSON.stringify(word.slice(0, 30))} is not one of ${known.join(', ')}.`);

const columnsFor = (zone: string): Column<PaymentDocument>[] => [
  { key: 'ref', title: 'Payment', value: (payment) => payment.ref, priority: 1 },
  moneyColumn('amount', 'Amount', 1),
  { key: 'status', title: 'Status', value: (payment) => payment.status, priority: 2 },
  { key: 'payee', title: 'Payee', value: (payment) => payment.payee, priority: 1, yields: true },
  { key: 'method', title: 'Method', value: (payment) => payment.method, priority: 4 },
  { key: 'fund', title: 'Fund', value: (payment) => payment.fund, priority: 3 },
  { key: 'destination', title: 'To', value: (payment) => payment.destination, priority: 6 },
  { key: 'requester', title: 'Requester', value: (payment) => payment.requester, priority: 7 },
  { key: 'executor', title: 'Executor', value: (payment) => payment.executor, priority: 8 },
  {
    key: 'voucher',
    title: 'Voucher',
    kind: 'whole',
    value: (payment) => payment.execution?.voucher ?? null,
    priority: 5,
  },
  {
    key: 'created_at',
    title: 'Created',
    kind: 'time',
    value: (payment) => formatInstant(new Date(payment.created_at), zone),
    csv: (payment) => payment.created_at,
    priority: 9,
  },
];
