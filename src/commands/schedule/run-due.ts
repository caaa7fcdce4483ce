import type { Command } from '../command.ts';
import { refusesKey, workOnce } from '../worker/working.ts';

export const command: Command = {
  path: 'schedule run-due',
  summary: 'Do once what is due, for cron',
  details:
    'Schedules of which the time has come, payments in flight that are to be looked after, evidence and letters that wait. Safe to run beside others. Exit 12 when some of it failed or was refused.',
  examples: [{ command: 'treasury schedule run-due --quiet', about: 'every minute, from cron' }],
  access: 'worker.run',
  writes: true,
  refusesKey,
  exits: [12],
  document: 'work',
  run: (context) => workOnce(context, { untilEmpty: false }),
};
