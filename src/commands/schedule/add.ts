import { lstatSync } from 'node:fs';
import path from 'node:path';
import type { Actor } from '../../domain/access.ts';
import { usage } from '../../domain/problem.ts';
import { quoted } from '../../domain/quoted.ts';
import { isJob, JOBS, jobNames, requireKind, type Job } from '../../domain/schedule.ts';
import { scheduleDocument } from '../../documents/schedule.ts';
import { scheduleJob, schedulePayment } from '../../operations/add-schedule.ts';
import type { ScheduleView } from '../../store/schedules.ts';
import { nextTime, usableCron } from '../../terminal/cron.ts';
import type { Command, Input, Result } from '../command.ts';
import type { Context } from '../context.ts';
import { officeFacts } from '../office-day.ts';
import { scheduleCard } from './card.ts';
import { parseTime } from './time.ts';

export const command: Command = {
  path: 'schedule add',
  summary: 'Order a payment for a time, or a job again and again',
  details: [
    'A payment: every check is made now, and its code used up, so verify one first (`payment otp`); you are its executor. When it is due',
    'all checks but the code are made again and a worker carries it out; balance and limits count on that day. Cash is handed over, not',
    `scheduled. Jobs by --cron, in the office's zone: ${jobNames()
      .map((job) => `${job} (${JOBS[job].about})`)
      .join(', ')}. They are done for you, with the roles that you hold then.`,
  ].join(' '),
  arguments: [
    { name: 'what', about: 'payment: reference or id; or the name of a job' },
    { name: 'folder', about: 'for reconcile: where files are dropped', optional: true },
  ],
  options: [
    { flags: '--at <time>', about: 'when to pay: 2026-12-01T09:30 where the office is, 2026-12-01T06:30Z, or 2h' },
    { flags: '--cron <expression>', about: 'when to do a job: minute, hour, day of month, month, day of week' },
    { flags: '--fund <code>', about: 'for reconcile and replenish-check: the fund' },
  ],
  examples: [
    { command: 'treasury schedule add {READY_MPESA} --at 2h', about: 'pay it in two hours' },
    { command: "treasury schedule add replenish-check --cron '0 6 * * 1-5'", about: 'on weekdays at six' },
  ],
  access: 'payment.execute',
  writes: true,
  exits: [4, 6, 8],
  document: 'schedule',
  async run(context, input) {
    const what = input.text('what');
    const [at, cron] = [input.optional('at'), input.optional('cron')];
    requireKind({ what, at: at !== undefined, cron: cron !== undefined });
    if (at !== undefined) return addPayment(context, what, at);
    if (!isJob(what) || cron === undefined) throw new Error(`${what} is no job after all`);
    return addJob(context, input, { job: what, typed: cron });
  },
};

async function addPayment(context: Context, payment: string, typed: string): Promise<Result> {
  const store = await context.store();
  const { dayAt } = await officeFacts(store);
  const at = parseTime(typed, { now: context.now(), zone: await context.zone() });
  const { view, postponed } = await schedulePayment(store, await context.actor(), { payment, at, dayAt });
  return resultOf(
    context,
    view,
    postponed.map(({ message }) => `As things stand it would be refused when it is due: ${message}`),
  );
}

async function addJob(context: Context, input: Input, { job, typed }: { job: Job; typed: string }): Promise<Result> {
  const store = await context.store();
  const { timezone: zone } = await officeFacts(store);
  const cron = usableCron(typed, { zone, now: context.now() });
  const { fund, folder } = takes(job, input);
  const actor: Actor = await context.actor();
  const nextAfter = (after: Date) => nextTime(cron, { zone, after });
  return resultOf(context, await scheduleJob(store, actor, { job, cron, nextAfter, fund, folder }), []);
}

/** What a job takes. Throws usage JOB_INVALID with everything that is missing or too much. */
function takes(job: Job, input: Input): { fund: string | null; folder: string | null } {
  const fund = input.optional('fund') ?? null;
  const folder = input.optional('folder') ?? null;
  const faults = [
    ...(job === 'reconcile' && fund === null ? ['reconcile needs --fund'] : []),
    ...(job === 'reconcile' && folder === null ? ['reconcile needs the folder where files are dropped'] : []),
    ...(job !== 'reconcile' && folder !== null ? [`${job} takes no folder`] : []),
    ...(job !== 'reconcile' && job !== 'replenish-check' && fund !== null ? [`${job} takes no --fund`] : []),
    ...(folder !== null && !isFolder(folder) ? [`${quoted(folder)} is not a folder`] : []),
  ];
  if (faults.length === 0) return { fund, folder: folder === null ? null : path.resolve(folder) };
  throw usage('JOB_INVALID', `${job} cannot be scheduled like this.`, {
    unchanged: 'Nothing was scheduled.',
    faults,
    fix: 'treasury schedule add --help',
  });
}

const isFolder = (folder: string): boolean =>
  lstatSync(path.resolve(folder), { throwIfNoEntry: false })?.isDirectory() === true;

async function resultOf(context: Context, view: ScheduleView, warnings: readonly string[]): Promise<Result> {
  const document = scheduleDocument(view);
  return {
    data: document,
    warnings,
    human: {
      card: scheduleCard(document, await context.zone()),
      next: [`treasury schedule remove ${document.ref}`, 'treasury schedule crontab'],
    },
  };
}
