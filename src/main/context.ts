import { once } from './once.ts';
import { type Face, sayOn } from '../commands/print.ts';
import type { Context, GlobalFlags, Places } from '../commands/context.ts';
import type { Actor } from '../domain/access.ts';
import type { OfficeSettings } from '../store/office.ts';
import type { Store } from '../store/store.ts';
import { askingOf } from './asking.ts';
import { originOf } from './origin.ts';
import { directoriesOf, given, placesOf } from './places.ts';
import { readPepper, readSessionToken } from './session.ts';
import { settingOf, settingsOf, zoneOf } from './settings.ts';
import { readStdin } from './stdin.ts';
import { VERSION } from './version.ts';
import { type Progress, watched } from './watched-store.ts';

export interface ContextOptions {
  readonly flags: GlobalFlags;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: () => Date;
  readonly talk: Face;
}

/** A context with what only the frame may know of it: whom it served, what it kept, how to close it. */
export interface OpenedContext {
  readonly context: Context;
  readonly warnings: readonly string[];
  readonly actorName: () => string | null;
  readonly progress: () => Progress;
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
  let progress: Progress = 'nothing';
  let actorName: string | null = null;
  const opened: Store[] = [];
  const rawStore = once(async () => {
    const store = await openDatabase(places, flags, clock);
    opened.push(store);
    return store;
  });
  const store = once(async () => watched(await rawStore(), (now) => (progress = now), flags.dryRun));
  const office = once(async () => readOffice(await rawStore()));
  const actor = once(async (): Promise<Actor> => {
    const token = readSessionToken(places.sessionFile);
    const { authenticate } = await import('../operations/authenticate.ts');
    const person = await authenticate(await rawStore(), { token, now: clock(), origin });
    actorName = person.username;
    return person;
  });
  const warn = (text: string): void => void warnings.push(text);
  const context: Context = {
    flags,
    env,
    version: VERSION,
    places,
    origin,
    now: clock,
    // Loaded at the first code only: most commands need no chance.
    randomInt: (below) => process.getBuiltinModule('node:crypto').randomInt(below),
    settings,
    zone: async () => zoneOf(settings) ?? (await office()).timezone,
    store,
    actor,
    pepper: once(async () => readPepper(places.pepperFile, (await office()).pepperFingerprint)),
    mailer: once(async () => openOfficeMailer(await office(), options, warn)),
    ask: askingOf({ flags, env, settings, now: clock }),
    say: (text) => void (flags.quiet ? undefined : sayOn(talk, text)),
    warn,
    readStdin: once(readStdin),
  };
  return {
    context,
    warnings,
    actorName: () => actorName,
    progress: () => progress,
    close: async () => void (await Promise.all(opened.map((one) => one.close()))),
  };
}

async function openDatabase(places: Places, flags: GlobalFlags, clock: () => Date): Promise<Store> {
  const { openStore } = await import('../store/open.ts');
  return openStore(places.databaseUrl, { clock, dryRun: flags.dryRun, readOnly: flags.readOnly });
}

async function readOffice(store: Store): Promise<OfficeSettings> {
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
