import { ALERT_STATUSES, isAlertStatus } from '../../domain/alert.ts';
import { usage } from '../../domain/problem.ts';
import { quoted } from '../../domain/quoted.ts';
import { alertDocument, type AlertDocument } from '../../documents/alert.ts';
import { listAlerts } from '../../store/alerts.ts';
import { visible } from '../../terminal/clean.ts';
import type { Column } from '../../terminal/list.ts';
import { formatInstant } from '../../terminal/zone.ts';
import type { Command } from '../command.ts';
import { listResult, PAGE_OPTIONS, pageRequest } from '../listing.ts';

export const command: Command = {
  path: 'alert list',
  summary: 'What somebody has to look at, newest first',
  details:
    'Funds that are low or critical, payments that failed or are stuck for an hour, variances and replenishments that wait for a day. Raised by the job `alerts` (schedule add alerts --cron), each once, and resolved by it when the cause is gone. Without --status those that are not resolved.',
  options: [{ flags: '--status <status>', about: ALERT_STATUSES.join(', ') }, ...PAGE_OPTIONS],
  examples: [{ command: 'treasury alert list --status open', about: 'what nobody has acknowledged' }],
  access: 'books.read',
  writes: false,
  document: 'alert',
  async run(context, input) {
    const status = input.optional('status') ?? 'unresolved';
    if (status !== 'unresolved' && !isAlertStatus(status))
      throw usage('CHOICE_UNKNOWN', `--status ${quoted(status)} is not one of ${ALERT_STATUSES.join(', ')}.`);
    const page = pageRequest(input);
    const { grants } = await context.actor();
    const found = await (await context.store()).read((tx) => listAlerts(tx, { status }, page, grants));
    return listResult({
      noun: 'alert',
      documents: found.rows.map(alertDocument),
      columns: columnsFor(await context.zone()),
      page: { next: found.next, count: found.count, totals: {} },
    });
  },
};

const columnsFor = (zone: string): Column<AlertDocument>[] => [
  { key: 'ref', title: 'Alert', value: ({ ref }) => ref, priority: 1 },
  { key: 'message', title: 'What', value: ({ message }) => visible(message), priority: 1 },
  { key: 'status', title: 'Status', value: ({ status }) => status, priority: 1 },
  { key: 'subject', title: 'About', value: ({ subject }) => subject, priority: 4 },
  { key: 'fund', title: 'Fund', value: ({ fund }) => fund, priority: 3 },
  {
    key: 'created_at',
    title: 'Since',
    kind: 'time',
    value: ({ created_at: at }) => formatInstant(new Date(at), zone),
    csv: ({ created_at: at }) => at,
    priority: 2,
  },
  { key: 'acknowledged_by', title: 'Seen by', value: (alert) => alert.acknowledged_by, priority: 4 },
];
