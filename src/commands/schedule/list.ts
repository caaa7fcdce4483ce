import { usage } from '../../domain/problem.ts';
import { quoted } from '../../domain/quoted.ts';
import { isScheduleStatus, SCHEDULE_STATUSES } from '../../domain/schedule.ts';
import { scheduleDocument, type ScheduleDocument } from '../../documents/schedule.ts';
import { listSchedules } from '../../store/schedules.ts';
import type { Column } from '../../terminal/list.ts';
import { formatInstant } from '../../terminal/zone.ts';
import type { Command } from '../command.ts';
import { listResult, PAGE_OPTIONS, pageRequest } from '../listing.ts';
import { subjectOf, timeOf } from './card.ts';

export const command: Command = {
  path: 'schedule list',
  summary: 'List schedules, newest first',
  options: [{ flags: '--status <status>', about: SCHEDULE_STATUSES.join(', ') }, ...PAGE_OPTIONS],
  examples: [
    { command: 'treasury schedule list --status active', about: 'what comes, and when' },
    { command: 'treasury schedule list --status refused', about: 'what was due and was not paid, and why' },
  ],
  access: 'books.read',
  writes: false,
  document: 'schedule',
  async run(context, input) {
    const status = input.optional('status');
    if (status !== undefined && !isScheduleStatus(status))
      throw usage('CHOICE_UNKNOWN', `--status ${quoted(status)} is not one of ${SCHEDULE_STATUSES.join(', ')}.`);
    const page = pageRequest(input);
    const { grants } = await context.actor();
    const found = await (await context.store()).read((tx) => listSchedules(tx, { status }, page, grants));
    return listResult({
      noun: 'schedule',
      documents: found.rows.map(scheduleDocument),
      columns: columnsFor(await context.zone()),
      page: { next: found.next, count: found.count, totals: {} },
    });
  },
};

const columnsFor = (zone: string): Column<ScheduleDocument>[] => [
  { key: 'ref', title: 'Schedule', value: ({ ref }) => ref, priority: 1 },
  { key: 'payment', title: 'Of', value: subjectOf, csv: ({ payment, job }) => payment ?? job, priority: 1 },
  { key: 'at', title: 'When', value: (one) => timeOf(one, zone), csv: ({ at, cron }) => at ?? cron, priority: 2 },
  { key: 'status', title: 'Status', value: ({ status }) => status, priority: 1 },
  {
    key: 'next_at',
    title: 'Next',
    kind: 'time',
    value: ({ next_at: next }) => (next === null ? null : formatInstant(new Date(next), zone)),
    csv: ({ next_at: next }) => next,
    priority: 2,
  },
  { key: 'last_outcome', title: 'Last', value: (one) => one.last_outcome, priority: 3 },
  { key: 'last_detail', title: 'Last said', value: (one) => one.last_detail, priority: 5 },
  { key: 'created_by', title: 'For', value: (one) => one.created_by, priority: 4 },
];
