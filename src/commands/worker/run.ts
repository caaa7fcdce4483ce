import { usage } from '../../domain/problem.ts';
import type { Command } from '../command.ts';
import { refusesKey, workOn, workOnce } from './working.ts';

export const command: Command = {
  path: 'worker run',
  summary: 'Carry out what is due, until it is stopped',
  details:
    'Payments for which people have given their code, jobs, payments in flight, evidence and letters. It executes, approves and confirms nothing of its own. Many may run on one database: each thing is done once. While the database is away it says so once, and goes on when it is back. Ctrl-C or SIGTERM lets the step at hand finish, then it ends with 0. Best with a token (--scope worker:run).',
  options: [
    { flags: '--once', about: 'do what is due now, then end; exit 12 when some of it failed or was refused' },
    { flags: '--until-empty', about: 'go on while something is due, then end; exit 12 likewise' },
  ],
  examples: [
    { command: 'treasury worker run --once', about: 'what is due now' },
    { command: 'treasury worker run --until-empty --quiet', about: 'until nothing is due any more' },
  ],
  access: 'worker.run',
  writes: true,
  refusesKey,
  exits: [12],
  document: 'work',
  async run(context, input) {
    const [once, untilEmpty] = [input.flag('once'), input.flag('untilEmpty')];
    if (once && untilEmpty)
      throw usage('ONE_WAY_ONLY', '--once and --until-empty exclude each other: give one of them.', {
        unchanged: 'Nothing was done.',
      });
    return once || untilEmpty || context.flags.dryRun ? workOnce(context, { untilEmpty }) : workOn(context);
  },
};
