import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Mail } from '../../../src/gateways/mail.ts';
import { EXIT_CODES } from '../../../src/main/app.ts';
import { run } from '../../../src/main/run.ts';
import type { Store } from '../../../src/store/store.ts';
import type { Output } from '../../../src/terminal/output.ts';
import type { Act } from '../acts.ts';
import { commandLineOf } from '../command-lines.ts';
import { SET_UP_AT } from '../random-office.ts';
import type { World } from '../world.ts';
import type { Databases } from './databases.ts';
import { desks, type Desk } from './desk.ts';
import { openStore } from './seams/open-store.ts';
import { firstTokenFile, sessionFile, setUpFiles, setUpOffice } from './set-up.ts';

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

/** Sets up the office of a world, before anybody does anything, in an empty database. */
export async function openTool(databases: Databases, url: string, world: World): Promise<Tool> {
  const home = path.join(databases.directory, `home-${path.basename(new URL(url).pathname)}`);
  setUpFiles(home, world);
  const clock = clockOf(url);
  clock.now = SET_UP_AT;
  const store = await openStore(url, { clock: () => new Date(clock.now) });
  await store.write((tx) => setUpOffice(tx, world));
  const passwordFile = passwordFiles(home);
  const tokenFile = ({ id, by }: Act): string => path.join(home, `${by}-${id}.token`);
  const newestTokens = new Map<string, string>();
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
      ...{ passwordFile, tokenFile },
    });
    // Codes that differ, none of them 000000.
    const desk: Desk = { stdin, mails: [], nextCode: () => 100_003 + (sent += 1) * 7919 };
    const session = sessionFile(home, act.by);
    const token = act.token ? (newestTokens.get(act.by) ?? firstTokenFile(home, act.by)) : null;
    const answer = await desks.run(desk, () =>
      running({ argv, home, url, session, token, clock: () => new Date(clock.now) }),
    );
    if (act.deed.what === 'token create' && answer.exit === 0) newestTokens.set(act.by, tokenFile(act));
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
  /** The file of the session of who runs it. */
  readonly session: string;
  /** The file of the token with which it is run; null runs it as a person. */
  readonly token: string | null;
  /** The office's own: a store that was opened by one command serves the next. */
  readonly clock: () => Date;
}

async function running({
  argv,
  home,
  url,
  session,
  token,
  clock,
}: Running): Promise<Pick<Answer, 'exit' | 'document'>> {
  const out: string[] = [];
  const exit = await run({
    argv: [...argv, '--json', '--no-input'],
    env: {
      TREASURY_HOME: home,
      TREASURY_DATABASE_URL: url,
      TREASURY_SESSION_FILE: session,
      ...(token === null ? {} : { TREASURY_TOKEN_FILE: token }),
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
