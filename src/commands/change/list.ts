import { CHANGE_STATUSES, isChangeStatus } from '../../domain/change.ts';
import { usage } from '../../domain/problem.ts';
import { quoted } from '../../domain/quoted.ts';
import { changeDocument, type ChangeDocument } from '../../documents/change.ts';
import { listChanges } from '../../store/changes.ts';
import type { Column } from '../../terminal/list.ts';
import { formatInstant } from '../../terminal/zone.ts';
import type { Command } from '../command.ts';
import { listResult, PAGE_OPTIONS, pageRequest, PERIOD_OPTIONS, periodOf } from '../listing.ts';
import { beforeAfterLines } from './before-after.ts';

export const command: Command = {
  path: 'change list',
  summary: 'Changes that need two people, newest first',
  options: [
    { flags: '--status <status>', about: CHANGE_STATUSES.join(', ') },
    { flags: '--what <kind>', about: 'only of this kind: user.roles, fund.edit, payment.reverse ...' },
    { flags: '--subject <name>', about: 'only about this user, fund or payment' },
    ...PERIOD_OPTIONS,
    ...PAGE_OPTIONS,
  ],
  examples: [{ command: 'treasury change list --status pending', about: 'what waits to be confirmed' }],
  access: 'change.read',
  writes: false,
  document: 'change',
  async run(context, input) {
    const status = input.optional('status');
    if (status !== undefined && !isChangeStatus(status)) {
      throw usage('CHOICE_UNKNOWN', `--status ${quoted(status)} is not one of ${CHANGE_STATUSES.join(', ')}.`);
    }
    const zone = await context.zone();
    const filter = {
      status,
      kind: input.optional('what'),
      subject: input.optional('subject'),
      ...periodOf(input, context.now(), zone),
    };
    const page = pageRequest(input);
    const { grants } = await context.actor();
    const found = await (await context.store()).read((tx) => listChanges(tx, filter, page, grants));
    return listResult({
      noun: 'change',
      documents: found.rows.map(changeDocument),
      columns: columnsFor(zone),
      page: { next: found.next, count: found.count, totals: {} },
    });
  },
};

const columnsFor = (zone: string): Column<ChangeDocument>[] => [
  { key: 'ref', title: 'Change', value: (change) => change.ref, priority: 1 },
  { key: 'what', title: 'What', value: (change) => change.what, priority: 1 },
  { key: 'subject', title: 'About', value: (change) => change.subject, priority: 1 },
  {
    key: 'after',
    title: 'Before > after',
    value: (change) => beforeAfterLines(change, zone).join('; '),
    csv: (change) => JSON.stringify(change.after),
    priority: 3,
  },
  { key: 'status', title: 'Status', value: (change) => change.status, priority: 1 },
  { key: 'proposed_by', title: 'Proposed by', value: (change) => change.proposed_by, priority: 2 },
  { key: 'decided_by', title: 'Decided by', value: (change) => change.decided_by, priority: 4 },
  {
    key: 'created_at',
    title: 'Proposed',
    kind: 'time',
    value: (change) => formatInstant(new Date(change.created_at), zone),
    csv: (change) => change.created_at,
    priority: 3,
  },
];
