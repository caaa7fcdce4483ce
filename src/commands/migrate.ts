import { usage } from '../domain/problem.ts';
import { repairSchema, type SchemaRepair } from '../operations/repair-schema.ts';
import { prepareRole, type DatabaseRole, type RoleKind } from '../store/database-roles.ts';
import { isPostgres, migrateStore, type MigrationReport } from '../store/open.ts';
import type { Command, Input, Result } from './command.ts';
import type { Context } from './context.ts';
import { inputsMissing } from './missing-inputs.ts';

export const command: Command = {
  path: 'migrate',
  summary: 'Bring the database to this release',
  details:
    'All missing migrations are applied in one transaction, or none. On Postgres, --app-role prints the SQL of a role that can do what ' +
    'treasury does and nothing else, --auditor-role of one that only reads, and no secrets; --apply runs it. Its password is set apart, with \\password in psql. --repair, run by the owner of the ' +
    'database, makes triggers, functions and indexes anew that are not the released ones; tables and their columns it only names.',
  options: [
    { flags: '--status', about: 'only say what is missing' },
    { flags: '--repair', about: 'put the guards of the released schema back' },
    { flags: '--app-role <name>', about: 'print the SQL of a least-privileged Postgres role' },
    { flags: '--auditor-role <name>', about: 'print the SQL of a Postgres role that reads all but secrets' },
    { flags: '--apply', about: 'with --app-role or --auditor-role: run that SQL' },
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
    const wanted = wantedRole(input);
    const apply = input.flag('apply') && !context.flags.dryRun;
    const onlyLook = input.flag('status') || context.flags.dryRun || (wanted !== null && !input.flag('apply'));
    const report = await migrateStore(url, { now: context.now(), create: false, onlyLook });
    if (input.flag('repair')) return repaired(report, await repair(context));
    if (wanted !== null) return prepared(report, wanted.kind, await prepareRole(url, { ...wanted, apply }));
    const said = saidOf(report);
    const upToDate = said.length === 0 ? [`${report.location} is up to date.`] : said;
    return { data: documentOf(report), human: { lines: upToDate, next: nextOf(report, url) } };
  },
};

function wantedRole(input: Input): { kind: RoleKind; role: string } | null {
  const [app, auditor] = [input.optional('appRole'), input.optional('auditorRole')];
  if (app !== undefined) return { kind: 'app', role: app };
  return auditor === undefined ? null : { kind: 'auditor', role: auditor };
}

const documentOf = (
  report: MigrationReport,
  done: { app_role?: DatabaseRole; auditor_role?: DatabaseRole; repair?: Omit<SchemaRepair, 'location'> } = {},
) => ({ ...report, app_role: null, auditor_role: null, repair: null, ...done });

function nextOf({ applied, pending }: MigrationReport, url: string): string[] {
  if (pending.length > 0) return ['treasury migrate'];
  // What is new in the database is granted to nobody yet.
  return applied.length > 0 && isPostgres(url) ? ['treasury migrate --app-role treasury_app --apply'] : [];
}

function prepared(report: MigrationReport, kind: RoleKind, role: DatabaseRole): Result {
  const next = role.applied
    ? `in psql: \\password ${role.role}`
    : `treasury migrate --${kind}-role ${role.role} --apply`;
  return {
    data: documentOf(report, { [`${kind}_role`]: role }),
    human: { lines: role.sql.map((statement) => `${statement};`), next: [next] },
  };
}

function refuseContradictions(input: Input): void {
  if (input.flag('apply') && wantedRole(input) === null) throw inputsMissing('migrate --apply', ['--app-role']);
  const doing = input.flag('apply') || input.flag('repair');
  const acts = {
    '--status': input.flag('status') && doing,
    '--repair': input.flag('repair'),
    '--app-role': input.optional('appRole') !== undefined,
    '--auditor-role': input.optional('auditorRole') !== undefined,
  };
  const together = Object.entries(acts).flatMap(([flag, given]) => (given ? [flag] : []));
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
    data: documentOf(report, { repair: { repaired: done, left, fix } }),
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
