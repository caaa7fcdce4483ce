import { once } from './once.ts';
import { type Face, sayOn } from '../commands/print.ts';
import type { Context, GlobalFlags, Places } from '../commands/context.ts';
import type { Actor } from '../domain/access.ts';
import { requireScope } from '../domain/token.ts';
import type { OfficeSettings } from '../store/office.ts';
import type { Store } from '../store/store.ts';
import { askingOf } from './asking.ts';
import { originOf } from './origin.ts';
import { directoriesOf, given, placesOf } from './places.ts';
import { readPepper, readSessionToken, readTokenSecret } from './session.ts';
import { settingOf, settingsOf, zoneOf } from './settings.ts';
import { readStdin } from './stdin.ts';
import { VERSION } from './version.ts';
import { type Progress, watched } from './watched-store.ts';

export interface ContextOptions {
  /** Which command acts: a token may not be used for every one. */
  readonly command: string;
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
  let acting: Actor | null = null;
  const opened: Store[] = [];
  const rawStore = once(async () => {
    const store = await openDatabase(places, flags, clock);
    opened.push(store);
    return store;
  });
  const ownStore = once(async () => {
    if (places.tokenFile === null) return rawStore();
    const { whileTokenLives } = await import('../operations/authenticate-token.ts');
    return whileTokenLives(await rawStore(), () => acting?.token);
  });
  const store = once(async () => watched(await ownStore(), (now) => (progress = now), flags.dryRun));
  const office = once(async () => readOffice(await rawStore()));
  const actor = once(async (): Promise<Actor> => {
    const { tokenFile, sessionFile } = places;
    if (tokenFile === null) {
      const token = readSessionToken(sessionFile);
      const { authenticate } = await import('../operations/authenticate.ts');
      return (acting = await authenticate(await rawStore(), { token, now: clock(), origin }));
    }
    const secret = readTokenSecret(tokenFile);
    const { authenticateToken } = await import('../operations/authenticate-token.ts');
    const represented = await authenticateToken(await rawStore(), { secret, now: clock(), origin });
    acting = represented;
    requireScope(represented.token, options.command);
    return represented;
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
    actorName: () => acting?.username ?? null,
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
