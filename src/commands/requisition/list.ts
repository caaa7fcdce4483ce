import { decimalOfSum } from '../../domain/money.ts';
import { usage } from '../../domain/problem.ts';
import { isRequisitionStatus, REQUISITION_STATUSES } from '../../domain/requisition.ts';
import { requisitionDocument, type RequisitionDocument } from '../../documents/requisition.ts';
import { resolveUser } from '../../store/people.ts';
import { listRequisitions } from '../../store/requisitions.ts';
import type { Column } from '../../terminal/list.ts';
import { formatInstant } from '../../terminal/zone.ts';
import type { Command } from '../command.ts';
import { listResult, moneyColumn, PAGE_OPTIONS, pageRequest, PERIOD_OPTIONS, periodOf } from '../listing.ts';
import { placeOf } from './show.ts';

export const command: Command = {
  path: 'requisition list',
  summary: 'List requisitions, newest first',
  options: [
    { flags: '--status <status>', about: REQUISITION_STATUSES.join(', ') },
    { flags: '--requester <username>', about: 'who asked' },
    ...PERIOD_OPTIONS,
    { flags: '--search <text>', about: 'in payee, purpose, destination, category, number and reference' },
    ...PAGE_OPTIONS,
  ],
  examples: [
    { command: 'treasury requisition list --status submitted', about: 'what waits for approval' },
    {
      command: 'treasury requisition list --requester amina --since this-month --format csv',
      about: 'a month of one person for a spreadsheet',
    },
  ],
  access: 'books.read',
  writes: false,
  document: 'requisition',
  async run(context, input) {
    const store = await context.store();
    const actor = await context.actor();
    const status = input.optional('status');
    if (status !== undefined && !isRequisitionStatus(status)) throw unknownStatus(status);
    const page = pageRequest(input);
    const zone = await context.zone();
    const period = periodOf(input, context.now(), zone);
    const requester = input.optional('requester');
    const found = await store.read(async (tx) => {
      const requesterId = requester === undefined ? undefined : await resolveUser(tx, requester, actor.grants);
      return listRequisitions(
        tx,
        { status, requesterId, ...period, search: input.optional('search') },
        page,
        actor.grants,
      );
    });
    return listResult({
      noun: 'requisition',
      documents: found.rows.map((view) => requisitionDocument(view, null)),
      columns: columnsFor(zone),
      page: {
        next: found.next,
        count: found.count,
        totals: Object.fromEntries(found.totals.map(({ currency, sum }) => [currency, decimalOfSum(sum, currency)])),
      },
    });
  },
};

const unknownStatus = (status: string) =>
  usage(
    'CHOICE_UNKNOWN',
    `--status ${JSON.stringify(status.slice(0, 30))} is not one of ${REQUISITION_STATUSES.join(', ')}.`,
  );

const columnsFor = (zone: string): Column<RequisitionDocument>[] => [
  { key: 'number', title: 'Number', value: (one) => one.number, priority: 1 },
  moneyColumn('amount', 'Amount', 1),
  { key: 'status', title: 'Status', value: (one) => one.status, priority: 2 },
  { key: 'payee', title: 'Payee', value: (one) => one.payee, priority: 1, yields: true },
  { key: 'purpose', title: 'Purpose', value: (one) => one.purpose, priority: 4 },
  { key: 'requester', title: 'Requester', value: (one) => one.requester, priority: 3 },
  { key: 'place', title: 'Place', value: placeOf, priority: 6 },
  { key: 'method', title: 'Method', value: (one) => one.method, priority: 7 },
  { key: 'destination', title: 'To', value: (one) => one.destination, priority: 8 },
  { key: 'ref', title: 'Ref', value: (one) => one.ref, priority: 5 },
  {
    key: 'created_at',
    title: 'Created',
    kind: 'time',
    value: (one) => formatInstant(new Date(one.created_at), zone),
    csv: (one) => one.created_at,
    priority: 9,
  },
];
