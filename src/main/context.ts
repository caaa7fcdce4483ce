import { once } from './once.ts';
import { drawOn, type Face, sayOn } from '../commands/print.ts';
import type { Command } from '../commands/command.ts';
import type { Context, GlobalFlags, Places } from '../commands/context.ts';
import { bringUpToDate, requireAbility, type Actor, type Origin } from '../domain/access.ts';
import { Problem } from '../domain/problem.ts';
import { requireScope } from '../domain/token.ts';
import type { OfficeSettings } from '../store/office.ts';
import type { KeyedStore } from '../operations/keyed-store.ts';
import type { Row } from '../store/tables.ts';
import type { Store } from '../store/store.ts';
import { askingOf } from './asking.ts';
import { databaseOf } from './database.ts';
import { originOf } from './origin.ts';
import { sleep } from './sleep.ts';
import { directoriesOf, given, placesOf } from './places.ts';
import { readSessionToken, readTokenSecret } from './session.ts';
import { settingOf, settingsOf, zoneOf } from './settings.ts';
import { bytesOf, readStdin, textOfStdin, textsOf } from './stdin.ts';
import { VERSION } from './version.ts';
import type { Progress } from './watched-store.ts';

export interface ContextOptions {
  /** Which command acts: a token may not be used for every one, nor a person act without the role for it. */
  readonly command: Pick<Command, 'path' | 'access'>;
  readonly flags: GlobalFlags;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: () => Date;
  readonly talk: Face;
  readonly gently: Context['gently'];
}

/** A context with what only the frame may know of it: whom it served, what it kept, how to close it. */
export interface OpenedContext {
  readonly context: Context;
  readonly warnings: readonly string[];
  readonly actorName: () => string | null;
  readonly progress: () => Progress;
  /** The store of a command that is run under an idempotency key. */
  readonly keyed: () => Promise<KeyedStore>;
  /** Does what was left for afterwards, once everything is saved. */
  readonly settle: () => Promise<void>;
  close(): Promise<void>;
}

/** Everything a command may reach, opened at its first use. */
export async function openContext(options: ContextOptions): Promise<OpenedContext> {
  const { flags, env, clock, talk } = options;
  const directories = await directoriesOf(env);
  const unnamed = placesOf(env, directories, null);
  const settings = await settingsOf(flags, env, unnamed.configFile);
  const places = placesOf(env, directories, settingOf(settings, 'database_url'));
  if (flags.tz !== null) zoneOf(settings);
  const origin = originOf(env);
  const warnings: string[] = [];
  const warn = (text: string): void => void warnings.push(text);
  const acting = actingIn(() => database.frame(), { places, clock, origin, command: options.command });
  const database = databaseOf({ places, flags, clock, warn, token: () => acting.last()?.token });
  const waiting: (() => Promise<void>)[] = [];
  const office = once(async () => readOffice(await database.frame()));
  const actor = once(acting.now);
  const stdinBytes = once(async () => acting.heard(await readStdin()));
  const stdin = once(async () => textOfStdin(await stdinBytes()));
  const context: Context = {
    ...{ flags, env, places, origin },
    version: VERSION,
    now: clock,
    // Loaded at the first code only: most commands need no chance.
    randomInt: (below) => process.getBuiltinModule('node:crypto').randomInt(below),
    settings,
    zone: once(async () => zoneOf(settings) ?? (await readZone(await database.frame()))),
    store: database.store,
    actor,
    actorNow: acting.now,
    pepper: once(async () => {
      const { readPepper } = await import('./pepper.ts');
      return readPepper(places.pepperFile, await office(), { take: !flags.dryRun, warn });
    }),
    mailer: once(async () => openOfficeMailer(await office(), options, warn)),
    // Read anew each time: a worker that runs for weeks sees a new key.
    sms: async () => (await import('../gateways/open-sms.ts')).openSms(`${places.gatewaysDirectory}/sms.toml`),
    pause: sleep,
    sending: () => ({
      openRail: async (gateway) => (await import('./rails.ts')).openRail(gateway, { places, now: clock }),
      pause: sleep,
      origin,
    }),
    tryGateway: async (gateway) => (await import('./rails.ts')).tryDaraja(gateway, { places, now: clock }),
    lookAtSecrets: async () => (await import('./rails.ts')).lookAtSecrets(places),
    missingSecrets: async (gateway) =>
      gateway?.kind === 'daraja' ? (await import('./rails.ts')).missingSecrets(places) : [],
    ask: askingOf({ flags, env, settings, now: clock, answered: () => acting.heard(undefined) }),
    say: (text) => void (flags.quiet ? undefined : sayOn(talk, text)),
    warn,
    draw: (picture) => drawOn(talk, picture),
    readStdin: stdin,
    spoolStdin: async (mostBytes) => acting.heard(await (await import('./spool.ts')).spoolStdin(mostBytes)),
    readText: textsOf(stdin),
    readBytes: bytesOf(stdinBytes),
    gently: options.gently,
    afterwards: (work) => void waiting.push(work),
  };
  return {
    context,
    warnings,
    actorName: () => acting.last()?.username ?? null,
    progress: database.progress,
    keyed: database.keyed,
    settle: async () => {
      for (const work of waiting) await work();
    },
    close: database.close,
  };
}

interface Identifying extends Pick<ContextOptions, 'clock'> {
  readonly places: Places;
  readonly origin: Origin;
}

interface Acting {
  /**
   * Who acts, read now: it stays the same person, and is refused once they may no longer do what was begun. One and the same object,
   * so that whoever was given it before goes on with the roles that they hold now.
   */
  readonly now: () => Promise<Actor>;
  /** Who it was when it was asked last. */
  readonly last: () => Actor | undefined;
  /** Hands on what a person or their standard input was waited for; who acts is read again, where that was known before. */
  readonly heard: <Answer>(answer: Answer) => Promise<Answer>;
}

function actingIn(
  frame: () => Promise<Store>,
  { command, ...identifying }: Identifying & Pick<ContextOptions, 'command'>,
): Acting {
  let last: Actor | undefined;
  const now = async (): Promise<Actor> => {
    const found = await identify(await frame(), identifying);
    if (found.token !== undefined) requireScope(found.token, command.path);
    if (last !== undefined && last.userId !== found.userId) throw anotherPerson(last, found);
    last = last === undefined ? found : bringUpToDate(last, found);
    if (command.access !== 'open' && command.access !== 'anyone') requireAbility(last, command.access);
    return last;
  };
  return {
    now,
    last: () => last,
    heard: async (answer) => {
      if (last !== undefined) await now();
      return answer;
    },
  };
}

/** Who acts: a token goes before a login, as it does for whoever sets it in a script. */
async function identify(store: Store, { places, clock, origin }: Identifying): Promise<Actor> {
  const { tokenFile, sessionFile } = places;
  if (tokenFile === null) {
    const token = readSessionToken(sessionFile);
    const { authenticate } = await import('../operations/authenticate.ts');
    return authenticate(store, { token, now: clock(), origin });
  }
  const secret = readTokenSecret(tokenFile);
  const { authenticateToken } = await import('../operations/authenticate-token.ts');
  return authenticateToken(store, { secret, now: clock(), origin });
}

/** Somebody else has logged in where this began: what it goes on with would be done in their name. */
const anotherPerson = (before: Actor, now: Actor): Problem =>
  new Problem('auth', 'SESSION_MISSING', `${now.username} has logged in here; this was begun by ${before.username}.`, {
    unchanged: 'Nothing was changed.',
    fix: 'begin it again',
  });

/** Most who ask for the zone need nothing else of the office, and short commands need not load more for it. */
async function readZone(store: Store): Promise<string> {
  const { getOfficeZone } = await import('../store/office.ts');
  return (await store.read(getOfficeZone)).timezone;
}

async function readOffice(store: Store): Promise<Row<'office'>> {
  const { getOffice } = await import('../store/office.ts');
  return store.read(getOffice);
}

/** Mail goes the way the office has chosen: a session's own environment must not lead codes elsewhere. */
async function openOfficeMailer(
  office: OfficeSettings,
  { env, clock: now }: ContextOptions,
  warn: (text: string) => void,
) {
  for (const [variable, kept] of [
    ['TREASURY_MAIL_URL', office.mailUrl],
    ['TREASURY_MAIL_FROM', office.mailFrom],
  ] as const) {
    const set = given(env, variable);
    if (set !== undefined && set !== kept) {
      warn(`${variable} is ignored: the office sends its mail as it was set up, with ${kept}.`);
    }
  }
  const { openMailer } = await import('../gateways/open-mailer.ts');
  const passwordFile = given(env, 'TREASURY_MAIL_PASSWORD_FILE') ?? null;
  return openMailer({ url: office.mailUrl, from: office.mailFrom, passwordFile, now });
}
