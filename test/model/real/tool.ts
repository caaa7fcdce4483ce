import { createHash } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pepperFingerprint } from '../../../src/gateways/pepper-file.ts';
import type { Mail } from '../../../src/gateways/mail.ts';
import { EXIT_CODES } from '../../../src/main/app.ts';
import { run } from '../../../src/main/run.ts';
import { tokenHashOf } from '../../../src/operations/authenticate.ts';
import { recordOfficeEvent } from '../../../src/store/audit-chain.ts';
import { insertOffice } from '../../../src/store/office.ts';
import { insertGrants, insertUser } from '../../../src/store/people.ts';
import { insertPlace } from '../../../src/store/places.ts';
import { insertSession } from '../../../src/store/sessions.ts';
import type { Store } from '../../../src/store/store.ts';
import { insertToken } from '../../../src/store/tokens.ts';
import type { Origin, Place } from '../../../src/domain/access.ts';
import type { Tx } from '../../../src/store/transaction.ts';
import type { Output } from '../../../src/terminal/output.ts';
import type { Act } from '../acts.ts';
import { commandLineOf } from '../command-lines.ts';
import { SET_UP_AT, ZONES } from '../random-office.ts';
import { DAY, HOUR, the, type Spot, type World } from '../world.ts';
import type { Databases } from './databases.ts';
import { desks, type Desk } from './desk.ts';
import { openStore } from './seams/open-store.ts';

/** What the tool itself answered. */
export interface Answer {
  readonly exit: number;
  /** The one JSON document on its standard output. */
  readonly document: {
    readonly schema: string;
    readonly data?: Readonly<Record<string, unknown>>;
    readonly error?: { readonly code: string; readonly message: string; readonly checks: readonly Check[] };
  };
  readonly mails: readonly Mail[];
}

interface Check {
  readonly ok: boolean | null;
  readonly code: string | null;
}

/** The tool with an office of its own. */
export interface Tool {
  readonly store: Store;
  /** The reference of what the model calls so, as far as it was made. */
  readonly refs: ReadonlyMap<string, string>;
  /** Runs the command of an act at its time, as its person. */
  answer(act: Act, world: World): Promise<Answer>;
}

const clocks = new Map<string, { now: number }>();

/** One clock for all offices that come and go in a database: its connections stay open. */
function clockOf(url: string): { now: number } {
  const clock = clocks.get(url) ?? { now: SET_UP_AT };
  clocks.set(url, clock);
  return clock;
}

/** The pepper of every office, which is nobody's. */
const PEPPER = createHash('sha256').update('model').digest();

/** Sets up the office of a world, before anybody does anything, in an empty database. */
export async function openTool(databases: Databases, url: string, world: World): Promise<Tool> {
  const home = path.join(databases.directory, `home-${path.basename(new URL(url).pathname)}`);
  mkdirSync(home, { recursive: true, mode: 0o700 });
  writeFileSync(path.join(home, 'pepper'), PEPPER.toString('base64'), { mode: 0o600 });
  const clock = clockOf(url);
  clock.now = SET_UP_AT;
  const store = await openStore(url, { clock: () => new Date(clock.now) });
  await store.write((tx) => setUp(tx, world));
  for (const { name, token } of world.people.values()) {
    writeFileSync(path.join(home, name), tokenOf(name), { mode: 0o600 });
    rmSync(path.join(home, `${name}.token`), { force: true });
    if (token !== null) writeFileSync(path.join(home, `${name}.token`), tokenOf(`${name}.token`), { mode: 0o600 });
  }
  const passwordFile = passwordFiles(home);
  const refs = new Map<string, string>();
  const codes: { payment: string; person: string; code: string }[] = [];
  let sent = 0;
  const answer: Tool['answer'] = async (act, now) => {
    clock.now = SET_UP_AT + act.at;
    await findReplenishments(store, act, now, refs);
    const { argv, stdin } = commandLineOf(act, {
      ref: (id) => refs.get(id) ?? `${PREFIXES[id.charAt(0)] ?? 'rep'}_zzzzzzzz`,
      code: (typed) => {
        const mailed = codes.filter((one) => one.payment === typed?.payment && one.person === typed.person);
        return mailed.at(-1 - (typed?.back ?? 0))?.code ?? '000000';
      },
      passwordFile,
    });
    // Codes that differ, none of them 000000.
    const desk: Desk = { stdin, mails: [], nextCode: () => 100_003 + (sent += 1) * 7919 };
    const answer = await desks.run(desk, () =>
      running({ argv, home, url, by: act.by, token: act.token, clock: () => new Date(clock.now) }),
    );
    note(act, { ...answer, mails: desk.mails }, refs, codes);
    return { ...answer, mails: desk.mails };
  };
  return { store, refs, answer };
}

const PREFIXES: Readonly<Record<string, string>> = { q: 'req', p: 'pay', c: 'chg' };

interface Running {
  readonly argv: readonly string[];
  readonly home: string;
  readonly url: string;
  readonly by: string;
  readonly token: boolean;
  /** The office's own: a store that was opened by one command serves the next. */
  readonly clock: () => Date;
}

async function running({ argv, home, url, by, token, clock }: Running): Promise<Pick<Answer, 'exit' | 'document'>> {
  const out: string[] = [];
  const exit = await run({
    argv: [...argv, '--json', '--no-input'],
    env: {
      TREASURY_HOME: home,
      TREASURY_DATABASE_URL: url,
      TREASURY_SESSION_FILE: path.join(home, by),
      ...(token ? { TREASURY_TOKEN_FILE: path.join(home, `${by}.token`) } : {}),
      CI: '1',
    },
    stdout: sink(out),
    stderr: sink([]),
    clock,
    exitCodes: EXIT_CODES,
    understood: () => undefined,
  });
  return { exit, document: JSON.parse(out.join('')) as Answer['document'] };
}

const sink = (pieces: string[]): Output => ({
  isTTY: false,
  columns: undefined,
  on: () => undefined,
  write: (text, written) => {
    pieces.push(String(text));
    written();
  },
});

/** Remembers what an act made, and the code that it had mailed. */
function note(
  act: Act,
  { exit, document, mails }: Answer,
  refs: Map<string, string>,
  codes: { payment: string; person: string; code: string }[],
): void {
  const { deed, id, by, dryRun } = act;
  if (dryRun || exit !== 0) return;
  const ref = document.data?.['ref'];
  const pending = document.data?.['pending_change'];
  if (deed.what === 'requisition create' && typeof ref === 'string') refs.set(`q${id}`, ref);
  if (deed.what === 'payment create' && typeof ref === 'string') refs.set(`p${id}`, ref);
  if (deed.what === 'user add' && typeof pending === 'string') refs.set(`c${id}`, pending);
  if (document.schema === 'treasury.change/1' && !deed.what.startsWith('change') && typeof ref === 'string')
    refs.set(`c${id}`, ref);
  if (deed.what !== 'payment otp --send') return;
  for (const { text } of mails) {
    const code = /^\d{6}$/m.exec(text)?.[0];
    if (code !== undefined) codes.push({ payment: deed.payment, person: by, code });
  }
}

/** Requests that a fund makes by itself are in nobody's answer: they are found by their fund and order when one is needed. */
async function findReplenishments(store: Store, act: Act, world: World, refs: Map<string, string>): Promise<void> {
  const id = 'replenishment' in act.deed ? act.deed.replenishment : undefined;
  const wanted = id === undefined ? undefined : world.replenishments.get(id);
  if (id === undefined || wanted === undefined || refs.has(id)) return;
  const rows = await store.read(async (tx) => {
    const { replenishmentRequests: requests, funds } = tx.t;
    const all = await tx.db.select().from(requests).orderBy(requests.createdAt, requests.id);
    const [fund] = (await tx.db.select().from(funds)).filter(({ code }) => code === wanted.fund);
    return all.filter(({ fundId }) => fundId === fund?.id);
  });
  const ref = rows[wanted.ordinal]?.ref;
  if (ref !== undefined) refs.set(id, ref);
}

/** The passwords that anybody has, or tries, each in a file. */
function passwordFiles(home: string): (password: string) => string {
  const files = new Map<string, string>();
  return (password) => {
    const file = files.get(password) ?? path.join(home, `password-${files.size}`);
    if (!files.has(password)) writeFileSync(file, password, { mode: 0o600 });
    files.set(password, file);
    return file;
  };
}

/** 256 bits like any session's, which everybody may know here. */
const tokenOf = (name: string): string => createHash('sha256').update(name).digest('base64url');

async function setUp(tx: Tx, world: World): Promise<void> {
  await insertOffice(tx, {
    currency: 'KES',
    timezone: ZONES.find(({ ahead }) => ahead === world.ahead)?.name ?? 'UTC',
    mailUrl: 'file:/nowhere',
    mailFrom: 'treasury@acme.example',
    pepperFingerprint: pepperFingerprint(PEPPER),
  });
  const places = await setUpPlaces(tx, world);
  for (const { name, email, phone, displayName, password, grants, token } of world.people.values()) {
    const passwordHash = `plain:${password}`;
    const userId = await insertUser(tx, { username: name, email, phone, displayName, passwordHash });
    const roles = grants.map(({ role }) => role);
    const at = grants[0]?.at ?? null;
    const place = at === null ? null : the(places, placeKey(at));
    const until = grants[0]?.until ?? null;
    const endsAt = until === null ? null : new Date(until);
    await insertGrants(tx, { userId, roles, place, grantedBy: 'set-up', endsAt });
    const expiresAt = new Date(tx.now.getTime() + 12 * HOUR);
    const tokenHash = tokenHashOf(tokenOf(name));
    await insertSession(tx, { userId, tokenHash, openedAt: tx.now, expiresAt, origin: 'set-up' });
    if (token !== null) await setUpToken(tx, { userId, name, scopes: token.scopes });
  }
}

/** A token for cron, with the event that says who made it. */
async function setUpToken(
  tx: Tx,
  { userId, name, scopes }: { userId: string; name: string; scopes: readonly string[] },
): Promise<void> {
  const secretHash = tokenHashOf(tokenOf(`${name}.token`));
  const expiresAt = new Date(tx.now.getTime() + 90 * DAY);
  const { ref } = await insertToken(tx, { userId, name: 'cron', secretHash, scopes: scopes.join(','), expiresAt });
  const origin: Origin = { ipAddress: null, userAgent: 'set-up' };
  const payload = { name: 'cron', owner: name, scopes, expires_at: expiresAt };
  await recordOfficeEvent(tx, { actor: name, action: 'token.created', subject: ref, origin, payload });
}

const placeKey = ({ company, region, branch }: Spot): string => [company, region, branch].join('/');

/** The places of a world by their codes; each stands after those above it. */
async function setUpPlaces(tx: Tx, { places }: World): Promise<Map<string, Place>> {
  const found = new Map<string, Place>();
  for (const spot of places) {
    const { company, region, branch } = spot;
    const above: Spot = { company, region: branch === null ? null : region, branch: null };
    const within = branch === null && region === null ? null : the(found, placeKey(above));
    const kind = branch !== null ? 'branch' : region !== null ? 'region' : 'company';
    const code = branch ?? region ?? company;
    const id = await insertPlace(tx, { kind, code, name: `${code} place`, within });
    const { companyId, regionId = null } = within ?? { companyId: id };
    found.set(placeKey(spot), {
      companyId,
      regionId: kind === 'region' ? id : regionId,
      branchId: kind === 'branch' ? id : null,
    });
  }
  return found;
}
