import { usage } from '../domain/problem.ts';
import { repairSchema, type SchemaRepair } from '../operations/repair-schema.ts';
import { prepareAppRole } from '../store/app-role.ts';
import { migrateStore, type MigrationReport } from '../store/open.ts';
import type { Command, Input, Result } from './command.ts';
import type { Context } from './context.ts';
import { inputsMissing } from './missing-inputs.ts';

export const command: Command = {
  path: 'migrate',
  summary: 'Bring the database to this release',
  details:
    'All missing migrations are applied in one transaction, or none. On Postgres, --app-role prints the SQL of a role that can do what ' +
    'treasury does and nothing else; --apply runs it. Its password is set apart, with \\password in psql. --repair, run by the owner of the ' +
    'database, makes triggers, functions and indexes anew that are not the released ones; tables and their columns it only names.',
  options: [
    { flags: '--status', about: 'only say what is missing' },
    { flags: '--repair', about: 'put the guards of the released schema back' },
    { flags: '--app-role <name>', about: 'print the SQL of a least-privileged Postgres role' },
    { flags: '--apply', about: 'with --app-role: run that SQL' },
  ],
  examples: [
    { command: 'treasury migrate', about: 'apply what is missing' },
    { command: 'treasury migrate --status', about: 'only look' },
    { command: 'treasury migrate --repair', about: 'put altered guards back, as the owner of the database' },
  ],
  access: 'open',
  writes: true,
  exits: [9, 10, 11],
  document: 'migration',
  async run(context, input) {
    refuseContradictions(input);
    const url = context.places.databaseUrl;
    const role = input.optional('appRole');
    const onlyLook = input.flag('status') || context.flags.dryRun || (role !== undefined && !input.flag('apply'));
    const report = await migrateStore(url, { now: context.now(), create: false, onlyLook });
    if (input.flag('repair')) return repaired(report, await repair(context));
    const appRole =
      role === undefined
        ? null
        : await prepareAppRole(url, { role, apply: input.flag('apply') && !context.flags.dryRun });
    const data = { ...report, app_role: appRole, repair: null };
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
    const said = saidOf(report);
    const upToDate = said.length === 0 ? [`${report.location} is up to date.`] : said;
    return { data, human: { lines: upToDate, ...(report.pending.length > 0 ? { next: ['treasury migrate'] } : {}) } };
  },
};

function refuseContradictions(input: Input): void {
  const role = input.optional('appRole');
  if (input.flag('apply') && role === undefined) throw inputsMissing('migrate --apply', ['--app-role']);
  const together = ['apply', 'status', 'repair'].filter((name) => input.flag(name)).map((name) => `--${name}`);
  if (together.length < 2) return;
  throw usage('FLAGS_CONTRADICT', `Give only one of ${together.join(' and ')}.`, { unchanged: 'Nothing was changed.' });
}

const saidOf = ({ applied, pending }: MigrationReport): string[] => [
  ...applied.map((name) => `Applied ${name}.`),
  ...pending.map((name) => `Missing ${name}.`),
];

const repair = (context: Context): Promise<SchemaRepair> =>
  repairSchema(context.places.databaseUrl, {
    clock: context.now,
    dryRun: context.flags.dryRun,
    origin: context.origin,
  });

function repaired(report: MigrationReport, repair: SchemaRepair): Result {
  const { location, repaired: done, left, fix } = repair;
  const whole = done.length === 0 && left.length === 0 ? [`${location} is as this release made it.`] : [];
  return {
    data: { ...report, app_role: null, repair: { repaired: done, left, fix } },
    exitCode: left.length === 0 ? 0 : 10,
    human: {
      lines: [
        ...saidOf(report),
        ...whole,
        ...done.map((fault) => `Repaired: ${fault}.`),
        ...left.map((fault) => `Not repaired: ${fault}.`),
      ],
      // While a guard was away anything could be written.
      next: [
        ...(fix === null ? [] : [fix]),
        ...(done.length === 0 ? [] : ['treasury audit verify', 'treasury ledger verify']),
      ],
    },
  };
}
