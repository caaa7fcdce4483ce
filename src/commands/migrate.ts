import { usage } from '../domain/problem.ts';
import { prepareAppRole } from '../store/app-role.ts';
import { migrateStore } from '../store/open.ts';
import type { Command } from './command.ts';
import { inputsMissing } from './missing-inputs.ts';

export const command: Command = {
  path: 'migrate',
  summary: 'Bring the database to this release',
  details:
    'All missing migrations are applied in one transaction, or none. On Postgres, --app-role prints the SQL of a role that can do what ' +
    'treasury does and nothing else; --apply runs it. Its password is set apart, with \\password in psql.',
  options: [
    { flags: '--status', about: 'only say what is missing' },
    { flags: '--app-role <name>', about: 'print the SQL of a least-privileged Postgres role' },
    { flags: '--apply', about: 'with --app-role: run that SQL' },
  ],
  examples: [
    { command: 'treasury migrate', about: 'apply what is missing' },
    { command: 'treasury migrate --status', about: 'only look' },
  ],
  access: 'open',
  writes: true,
  exits: [9],
  document: 'migration',
  async run(context, input) {
    const url = context.places.databaseUrl;
    const role = input.optional('appRole');
    if (input.flag('apply') && role === undefined) throw inputsMissing('migrate --apply', ['--app-role']);
    if (input.flag('apply') && input.flag('status')) {
      throw usage('FLAGS_CONTRADICT', 'Give --status or --apply, not both.', { unchanged: 'Nothing was changed.' });
    }
    const onlyLook = input.flag('status') || context.flags.dryRun || (role !== undefined && !input.flag('apply'));
    const report = await migrateStore(url, { now: context.now(), create: false, onlyLook });
    const appRole =
      role === undefined
        ? null
        : await prepareAppRole(url, { role, apply: input.flag('apply') && !context.flags.dryRun });
    const data = { ...report, app_role: appRole };
    if (appRole !== null) {
      return {
        data,
        human: {
          lines: appRole.sql.map((statement) => `${statement};`),
          next: [
            appRole.applied
              ? `in psql: \\password ${appRole.role}`
              : `treasury migrate --app-role ${appRole.role} --apply`,
          ],
        },
      };
    }
    const said = [
      ...report.applied.map((name) => `Applied ${name}.`),
      ...report.pending.map((name) => `Missing ${name}.`),
    ];
    const upToDate = said.length === 0 ? [`${report.location} is up to date.`] : said;
    return { data, human: { lines: upToDate, ...(report.pending.length > 0 ? { next: ['treasury migrate'] } : {}) } };
  },
};
