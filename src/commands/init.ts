import { resolve } from 'node:path';
import { officeDocument } from '../documents/office.ts';
import { newOfficeFaults, initOffice, invalidOffice, type NewOffice } from '../operations/init-office.ts';
import { pepperTrouble } from '../domain/pepper.ts';
import { Problem } from '../domain/problem.ts';
import { quoted } from '../domain/quoted.ts';
import { ensurePepperFile, lookAtPepper, pepperFingerprint, readPepperFile } from '../gateways/pepper-file.ts';
import { migrateStore, isPostgres } from '../store/open.ts';
import { releasedMigrations } from '../store/migrations.ts';
import { olderSchema } from '../store/schema-age.ts';
import type { Store } from '../store/store.ts';
import { findOfficeSetUp } from '../store/office.ts';
import { isZone } from '../terminal/zone.ts';
import type { Command, Input, Result } from './command.ts';
import type { Context } from './context.ts';
import { inputsMissing } from './missing-inputs.ts';
import { readSecret, secretFlags, secretOptions, secretReachable } from './secret-input.ts';

const PASSWORD = {
  flag: '--admin-password',
  question: "The admin's password (15 characters or more)",
  twice: true,
} as const;
const NEEDED = [
  ['company', '--company'],
  ['companyCode', '--company-code'],
  ['admin', '--admin'],
  ['adminEmail', '--admin-email'],
] as const;

export const command: Command = {
  path: 'init',
  summary: 'Set up an office: database, pepper file and first admin',
  details:
    'Needs --company, --company-code, --admin, --admin-email and a password. Safe to run again: it says what exists and changes nothing. ' +
    'Mail transport and sender are kept in the database from here on; the password of the mail server stays in the file that ' +
    'TREASURY_MAIL_PASSWORD_FILE names. Keep a copy of the pepper file apart from the database: without it no code can be checked.',
  options: [
    { flags: '--company <name>', about: "the first company's name" },
    { flags: '--company-code <code>', about: 'its code, such as ACME' },
    { flags: '--currency <code>', about: 'the currency of the office (KES)' },
    { flags: '--timezone <zone>', about: 'the zone of the office (Africa/Nairobi)' },
    { flags: '--mail-url <url>', about: 'smtp://user@host:port, smtps:// or file:DIR (an outbox beside the database)' },
    { flags: '--mail-from <address>', about: 'sender of the mails (treasury@localhost)' },
    { flags: '--admin <username>', about: 'username of the first admin' },
    { flags: '--admin-email <email>', about: 'email of the first admin' },
    ...secretOptions('--admin-password', "the admin's password"),
  ],
  examples: [
    {
      command:
        'treasury init --company "Acme Ltd" --company-code ACME --admin root-admin --admin-email root@acme.example --admin-password-file passwords/root-admin',
      about: 'an office in Kenya shillings, in Nairobi time',
    },
  ],
  access: 'open',
  writes: true,
  exits: [9],
  document: 'office',
  async run(context, input) {
    if (await isPrepared(context)) {
      const there = await existing(context, input);
      if (there !== null) return there;
    }
    const office = await readOffice(context, input);
    const faults = [
      ...newOfficeFaults(office),
      ...(isZone(office.timezone) ? [] : [`${quoted(office.timezone)} is not a time zone, such as Africa/Nairobi`]),
    ];
    if (faults.length > 0) throw invalidOffice(faults);
    return context.flags.dryRun ? rehearsed(context, office) : setUp(context, input, office);
  },
};

/** Whether the database is there with the schema of this release. Throws SCHEMA_OLDER when another release made it. */
async function isPrepared(context: Context): Promise<boolean> {
  const url = context.places.databaseUrl;
  try {
    const { pending, location } = await migrateStore(url, { now: context.now(), create: false, onlyLook: true });
    const all = releasedMigrations(isPostgres(url) ? 'postgres' : 'sqlite').length;
    if (pending.length > 0 && pending.length < all) throw olderSchema(location);
    return pending.length === 0;
  } catch (error) {
    if (error instanceof Problem && error.code === 'DATABASE_NOT_FOUND') return false;
    throw error;
  }
}

/** What there already is; null when the database holds no office yet. */
async function existing(context: Context, input: Input): Promise<Result | null> {
  const store = await context.store();
  const found = await store.read(findOfficeSetUp);
  if (found === undefined) return null;
  const { pepperFile } = context.places;
  const trouble = pepperTrouble(await lookAtPepper(pepperFile, found.office));
  const data = officeDocument(found.office, {
    created: false,
    database: store.location,
    pepperFile,
    company: found.company,
    admin: found.admin,
  });
  return {
    data,
    warnings: [
      ...(trouble === null ? [] : [`${trouble.message} No other was made. ${trouble.fix}`]),
      ...ignoredMail(context, input, found.office),
    ],
    human: {
      lines: [
        `The office is already set up, since ${data.created_at ?? 'long ago'}: nothing was changed.`,
        `Database ${data.database}, first company ${found.company ?? '-'}, first admin ${found.admin ?? '-'}, ${data.currency}, ${data.timezone}.`,
        `Mail goes to ${data.mail_url} from ${data.mail_from}. Pepper file: ${pepperFile}.`,
      ],
      next: ['treasury doctor'],
    },
  };
}

/** What is given for the office's mail and counts no more: it keeps what it was set up with. */
function ignoredMail(
  { env }: Context,
  input: Input,
  { mailUrl, mailFrom }: { readonly mailUrl: string; readonly mailFrom: string },
): string[] {
  const asked = [
    ['--mail-url', input.optional('mailUrl'), mailUrl],
    ['TREASURY_MAIL_URL', given(env['TREASURY_MAIL_URL']), mailUrl],
    ['--mail-from', input.optional('mailFrom'), mailFrom],
    ['TREASURY_MAIL_FROM', given(env['TREASURY_MAIL_FROM']), mailFrom],
  ] as const;
  return asked.flatMap(([name, text, kept]) =>
    text === undefined || absolute(text) === kept
      ? []
      : [`${name} is ignored: the office sends its mail as it was set up, with ${kept}.`],
  );
}

/** The office as the flags and the environment describe it. Throws INPUT_MISSING naming everything that is not given. */
async function readOffice(context: Context, input: Input): Promise<NewOffice> {
  const missing = [
    ...NEEDED.flatMap(([name, flag]) => (input.optional(name) === undefined ? [flag] : [])),
    ...(secretReachable(context, input, PASSWORD) ? [] : [secretFlags('--admin-password')]),
  ];
  if (missing.length > 0) throw inputsMissing('init', missing);
  const { env, places } = context;
  const outbox = `file:${resolve(places.dataDirectory, 'outbox')}`;
  return {
    companyName: input.text('company'),
    companyCode: input.text('companyCode').trim().toUpperCase(),
    currency: (input.optional('currency') ?? 'KES').trim().toUpperCase(),
    timezone: input.optional('timezone') ?? 'Africa/Nairobi',
    mailUrl: absolute(input.optional('mailUrl') ?? given(env['TREASURY_MAIL_URL']) ?? outbox),
    mailFrom: input.optional('mailFrom') ?? given(env['TREASURY_MAIL_FROM']) ?? 'treasury@localhost',
    admin: {
      username: input.text('admin').trim(),
      email: input.text('adminEmail'),
      password: await readSecret(context, input, PASSWORD),
    },
  };
}

const given = (text: string | undefined): string | undefined => (text === '' ? undefined : text);

/** `file:outbox` means the directory it meant at `init`, wherever later commands run. */
const absolute = (mailUrl: string): string => {
  const path = /^file:(?:\/\/)?(.+)$/.exec(mailUrl)?.[1];
  return path === undefined ? mailUrl : `file:${resolve(path)}`;
};

/** Ctrl-C or SIGTERM waits for a step to end, so that what is left can be said; once the office is saved, there is nothing to break off. */
const setUp = (context: Context, input: Input, office: NewOffice): Promise<Result> =>
  context.gently(async (stop) => {
    const left: string[] = [];
    return setUpStepwise(context, input, {
      office,
      made: (what) => {
        if (what !== null) left.push(what);
        const exitCode = stop();
        if (exitCode !== null) throw interrupted(left, exitCode);
      },
    });
  });

const interrupted = (left: readonly string[], exitCode: number): Problem =>
  new Problem('cancelled', 'INTERRUPTED', exitCode === 143 ? 'Terminated.' : 'Interrupted.', {
    unchanged:
      left.length === 0
        ? 'Nothing was changed.'
        : `No office was set up. What was made before stays: ${left.join(' and ')}.`,
    ...(left.length === 0 ? {} : { fix: 'run the same treasury init again: it goes on from there' }),
    exitCode,
  });

interface Stepwise {
  readonly office: NewOffice;
  /** Told after each step what it has made, null for nothing. Throws INTERRUPTED where somebody wants to stop. */
  readonly made: (what: string | null) => void;
}

async function setUpStepwise(context: Context, input: Input, { office, made }: Stepwise): Promise<Result> {
  const { databaseUrl, pepperFile } = context.places;
  const { applied, location } = await migrateStore(databaseUrl, {
    now: context.now(),
    create: true,
    onlyLook: false,
  });
  made(applied.length === 0 ? null : `the empty tables of ${location}`);
  // The pepper comes first: an office whose pepper was never written could check no code.
  const hadPepper = (await readPepperFile(pepperFile)) !== null;
  const fingerprint = pepperFingerprint(await ensurePepperFile(pepperFile));
  made(hadPepper ? null : `the pepper file ${pepperFile}`);
  const store = await context.store();
  const asking: Store = {
    ...store,
    // By now the password was hashed, which takes a while.
    write: (work, options) => {
      made(null);
      return store.write(work, options);
    },
  };
  const created = await initOffice(asking, { office, pepperFingerprint: fingerprint, origin: context.origin });
  if (!created) {
    const there = await existing(context, input);
    if (there !== null) return there;
  }
  const row = { ...office, pepperFingerprint: fingerprint, createdAt: context.now() };
  const { username } = office.admin;
  const data = officeDocument(row, {
    created,
    database: store.location,
    company: office.companyCode,
    admin: username,
    pepperFile,
  });
  return {
    data,
    human: {
      lines: [
        `Created ${data.database} (${applied.length} migrations), company ${office.companyCode}, admin ${username}.`,
        `Mail goes to ${office.mailUrl} from ${office.mailFrom}.`,
        `Created the pepper file ${pepperFile}: keep a copy of it apart from the database.`,
      ],
      next: [`treasury login --user ${username}`, 'treasury user add USERNAME --email E --name N --role requester'],
    },
  };
}

function rehearsed(context: Context, office: NewOffice): Result {
  const { databaseUrl, pepperFile } = context.places;
  const row = { ...office, pepperFingerprint: '0'.repeat(16), createdAt: null };
  const data = officeDocument(row, {
    created: false,
    database: databaseUrl,
    company: office.companyCode,
    admin: office.admin.username,
    pepperFile,
  });
  return {
    data,
    human: {
      lines: [
        `Would create ${databaseUrl}, company ${office.companyCode}, admin ${office.admin.username} and ${pepperFile}.`,
      ],
    },
  };
}
