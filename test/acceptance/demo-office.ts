import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { desc, eq } from 'drizzle-orm';
import { officeFacts, type OfficeFacts } from '../../src/commands/office-day.ts';
import type { Actor } from '../../src/domain/access.ts';
import { ensurePepperFile, pepperFingerprint } from '../../src/gateways/pepper-file.ts';
import { addPlace } from '../../src/operations/add-place.ts';
import { approveRequisition } from '../../src/operations/approve-requisition.ts';
import { tokenHashOf } from '../../src/operations/authenticate.ts';
import { createFund } from '../../src/operations/create-fund.ts';
import { createPayment } from '../../src/operations/create-payment.ts';
import { createRequisition } from '../../src/operations/create-requisition.ts';
import { beginEnrolment, confirmOwnEnrolment } from '../../src/operations/enrol-totp.ts';
import { initOffice } from '../../src/operations/init-office.ts';
import { sendCode } from '../../src/operations/send-code.ts';
import { verifyCode } from '../../src/operations/verify-code.ts';
import { openStore } from '../../src/store/open.ts';
import { newId } from '../../src/store/references.ts';
import type { Store } from '../../src/store/store.ts';
import type { Row } from '../../src/store/tables.ts';
import type { Dialect, Tx } from '../../src/store/transaction.ts';
import { anApp, inMidStep, type App } from '../support/an-app.ts';
import { migrated, newMigratedDatabase } from '../support/databases.ts';
import { actorOf, anOffice, aPerson, ORIGIN } from '../support/people.ts';
import { scratchDirectory } from '../support/scratch.ts';
import {
  treasury,
  treasuryInTerminal,
  treasuryStanding,
  type TerminalOptions,
  type TerminalSession,
  type ToolOptions,
  type ToolRun,
} from '../support/tool.ts';

/** The people of the demo, and some who must not get far: a second cashier, one of another branch, and a CFO of another company. */
const CAST = [
  ['amina', 'requester', {}],
  ['brian', 'approver', {}],
  ['carol', 'cashier', {}],
  ['david', 'treasurer', {}],
  ['esther', 'cfo', {}],
  ['faith', 'auditor', {}],
  ['grace', 'cashier,requester', {}],
  ['musa', 'cashier', { branch: 'MOMBASA' }],
  ['olga', 'cfo', { company: 'BETA' }],
] as const;

export type Person = (typeof CAST)[number][0] | 'root-admin';

export const PASSWORD = 'correct horse battery';

/** What a payment is about; whatever a test does not say is right and does not matter. */
export interface Wish {
  readonly amount?: string;
  readonly method?: 'cash' | 'mpesa' | 'bank';
  readonly payee?: string;
  readonly purpose?: string;
  readonly fund?: string;
  readonly by?: Person;
  readonly maxRetries?: string;
  /** Where the money goes; a destination that fits the method without one. */
  readonly to?: string;
}

type Acting = (
  person: Person | null,
  args: readonly string[],
  options?: Pick<ToolOptions, 'env' | 'input' | 'cwd'>,
) => Promise<ToolRun>;

/** The demo's office without its story, to be used with the built tool. What only prepares a test goes through the operations. */
export interface DemoOffice {
  readonly home: string;
  /** As the owner of the tables; the tool works as the app role. */
  readonly url: string;
  readonly store: Store;
  environment(person: Person | null): Record<string, string>;
  /** Runs the built tool as a person who is logged in; null is nobody. It stands ready, unless it is at work already. */
  readonly as: Acting;
  /** The same in a process of its own, as a person at a shell does. */
  readonly alone: Acting;
  /** The data of a command that must succeed. */
  data<Data>(person: Person, args: readonly string[], input?: string): Promise<Data>;
  terminal(person: Person, args: readonly string[], options?: TerminalOptions): TerminalSession;
  /** An approved requisition. */
  requisition(wish?: Wish): Promise<Row<'requisitions'>>;
  /** A pending payment, ordered by Carol. */
  payment(wish?: Wish): Promise<string>;
  /** A payment that the person can execute now. */
  ready(wish?: Wish, person?: Person): Promise<string>;
  /** The code in the newest mail. */
  newestCode(): string;
  /** The codes of all mails, oldest first. */
  codes(): string[];
  mails(): string[];
  /** The reference of the change that was proposed last. */
  newestChange(): Promise<string>;
  actor(person: Person): Promise<Actor>;
  /** Enrols an app for a person; what it shows is fresh. */
  enrolled(person: Person): Promise<{ readonly app: App; readonly recoveryCodes: readonly string[] }>;
  facts: OfficeFacts;
  close(): Promise<void>;
}

const FUNDS = [
  ['PETTY', 'Petty cash Westlands', { company: 'ACME', branch: 'WESTLANDS' }, '50000', '20000', '60000'],
  ['MPESA', 'M-Pesa till Nairobi', { company: 'ACME', region: 'NBI-R' }, '250000', '50000', '250000'],
  ['BANK', 'Main bank account', { company: 'ACME' }, '1500000', '400000', '1500000'],
] as const;

/** Another way for its mail, or an empty database of which the test itself has the server. */
export interface OfficeChange {
  readonly mailUrl?: string;
  readonly url?: string;
}

/** Sets the office up in a database of its own. */
export async function aDemoOffice(dialect: Dialect, change: OfficeChange = {}): Promise<DemoOffice> {
  const home = scratchDirectory('treasury-office-');
  const { url, appUrl } = await (change.url === undefined
    ? newMigratedDatabase(dialect, join(home, 'treasury.db'))
    : migrated(change.url));
  const store = await openStore(url, { clock: () => new Date(), connections: 2 });
  const pepper = await ensurePepperFile(join(home, 'pepper'));
  const mailUrl = change.mailUrl ?? `file:${join(home, 'outbox')}`;
  const office = anOffice({
    mailUrl,
    mailFrom: 'treasury@acme.example',
    admin: { username: 'root-admin', email: 'root@acme.example', password: PASSWORD },
  });
  await initOffice(store, { office, pepperFingerprint: pepperFingerprint(pepper), origin: ORIGIN });
  await populate(store, home);
  const environment: DemoOffice['environment'] = (person) => ({
    TREASURY_DATABASE_URL: appUrl,
    TREASURY_SESSION_FILE: join(home, 'sessions', person ?? 'nobody'),
  });
  const by =
    (run: typeof treasury): Acting =>
    (person, args, options = {}) =>
      run([...args], { home, ...options, env: { ...environment(person), ...options.env } });
  const [as, alone] = [by(treasuryStanding), by(treasury)];
  const facts = await officeFacts(store);
  return {
    ...{ home, url, store, environment, as, alone, facts },
    data: async <Data>(person: Person, args: readonly string[], input?: string) => {
      const run = await as(person, [...args, '--json'], input === undefined ? {} : { input });
      const answer = run.json<{ ok: boolean; data: Data }>();
      if (!answer.ok) throw new Error(`${person}: treasury ${args.join(' ')} failed:\n${run.stdout}`);
      return answer.data;
    },
    terminal: (person, args, options = {}) =>
      treasuryInTerminal([...args], { home, ...options, env: { ...environment(person), ...options.env } }),
    ...orders(store, { pepper, facts }),
    newestCode: () => codeIn(readFileSync(join(home, 'outbox', newest(join(home, 'outbox'))), 'utf8')),
    codes: () => mailsIn(join(home, 'outbox')).map(codeIn),
    mails: () => mailsIn(join(home, 'outbox')),
    newestChange: () => store.read(newestChangeIn),
    actor: (person) => actorOf(store, person),
    enrolled: (person) => enrolledIn(store, person, pepper),
    close: async () => {
      await store.close();
      rmSync(home, { recursive: true, force: true });
    },
  };
}

/** The first code is that of the step before, so that the one that the app shows now is not used up yet. */
async function enrolledIn(store: Store, person: Person, pepper: Buffer): ReturnType<DemoOffice['enrolled']> {
  const actor = await actorOf(store, person);
  const { uri } = await beginEnrolment(store, actor, { password: PASSWORD, pepper });
  const app = anApp(uri);
  const code = app.codeAt(new Date((await inMidStep()).getTime() - 30_000));
  const { recoveryCodes } = await confirmOwnEnrolment(store, actor, { code, pepper });
  return { app, recoveryCodes };
}

async function newestChangeIn(tx: Tx): Promise<string> {
  const { changes } = tx.t;
  const [row] = await tx.db
    .select({ ref: changes.ref })
    .from(changes)
    .orderBy(desc(changes.createdAt), desc(changes.id));
  if (row === undefined) throw new Error('no change was proposed');
  return row.ref;
}

/** A copy of a SQLite office as it is now, in a home of its own; only for the tool. */
export function copyOf(office: DemoOffice): { home: string; environment: DemoOffice['environment']; remove(): void } {
  const home = scratchDirectory('treasury-copy-');
  // By another process: closing a database file in this one would give up the locks that the office's store holds on it.
  execFileSync('cp', ['-a', `${office.home}/.`, home]);
  return {
    home,
    environment: (person) => ({
      TREASURY_DATABASE_URL: `sqlite:${join(home, 'treasury.db')}`,
      TREASURY_SESSION_FILE: join(home, 'sessions', person ?? 'nobody'),
    }),
    remove: () => rmSync(home, { recursive: true, force: true }),
  };
}

async function populate(store: Store, home: string): Promise<void> {
  const admin = await actorOf(store, 'root-admin');
  await addPlace(store, admin, { kind: 'region', code: 'NBI-R', name: 'Nairobi', within: { company: 'ACME' } });
  await addPlace(store, admin, { kind: 'region', code: 'COAST', name: 'Coast', within: { company: 'ACME' } });
  await addPlace(store, admin, { kind: 'branch', code: 'WESTLANDS', name: 'Westlands', within: { region: 'NBI-R' } });
  await addPlace(store, admin, { kind: 'branch', code: 'MOMBASA', name: 'Mombasa', within: { region: 'COAST' } });
  await addPlace(store, admin, { kind: 'company', code: 'BETA', name: 'Beta Ltd', within: {} });
  mkdirSync(join(home, 'passwords'), { mode: 0o700 });
  mkdirSync(join(home, 'sessions'), { mode: 0o700 });
  const people = CAST.map(async ([username, roles, place]) => {
    await aPerson(store, admin, username, {
      roles,
      place: Object.keys(place).length === 0 ? { company: 'ACME' } : place,
      password: PASSWORD,
    });
  });
  await Promise.all(people);
  for (const person of ['root-admin', ...CAST.map(([username]) => username)]) {
    writeFileSync(join(home, 'passwords', person), `${PASSWORD}\n`, { mode: 0o600 });
    writeFileSync(join(home, 'sessions', person), await aSession(store, person), { mode: 0o600 });
  }
  const david = await actorOf(store, 'david');
  for (const [code, name, place, opening, reorderLevel, imprestLevel] of FUNDS) {
    await createFund(store, david, {
      draft: { code, name, opening, reorderLevel, imprestLevel, autoReplenish: true },
      place,
      currency: null,
    });
  }
}

/** The token of a session as `login` makes it. */
export async function aSession(store: Store, username: string): Promise<string> {
  const token = randomBytes(32).toString('base64url');
  const { userId } = await actorOf(store, username);
  await store.write(async (tx) => {
    const expiresAt = new Date(tx.now.getTime() + 12 * 3_600_000);
    const row = {
      id: newId(),
      userId,
      tokenHash: tokenHashOf(token),
      createdAt: tx.now,
      lastUsedAt: tx.now,
      expiresAt,
      revokedAt: null,
      origin: 'test',
    };
    await tx.db.insert(tx.t.sessions).values(row);
  });
  return token;
}

const DESTINATIONS = { cash: 'Jane Wanjiru', mpesa: '0722123456', bank: 'KCB:1234567890' };

function orders(
  store: Store,
  { pepper, facts }: { pepper: Buffer; facts: OfficeFacts },
): Pick<DemoOffice, 'requisition' | 'payment' | 'ready'> {
  const requisition: DemoOffice['requisition'] = async (wish = {}) => {
    const {
      amount = '1,000.00',
      method = 'cash',
      payee = 'Jane Wanjiru',
      purpose = 'Taxi to the bank',
      by = 'amina',
    } = wish;
    const draft = { payee, amount, purpose, method, destination: wish.to ?? DESTINATIONS[method], category: null };
    const view = await createRequisition(store, await actorOf(store, by), {
      draft,
      place: { branch: 'WESTLANDS' },
      currency: null,
    });
    const brian = await actorOf(store, 'brian');
    return (await approveRequisition(store, brian, { requisition: view.requisition.ref, reason: null })).view
      .requisition;
  };
  const payment: DemoOffice['payment'] = async (wish = {}) => {
    const { id } = await requisition(wish);
    const fundId = await fundIdOf(
      store,
      wish.fund ?? { cash: 'PETTY', mpesa: 'MPESA', bank: 'BANK' }[wish.method ?? 'cash'],
    );
    const carol = await actorOf(store, 'carol');
    return (
      await createPayment(store, carol, {
        requisitionId: id,
        fundId,
        amount: null,
        maxRetries: wish.maxRetries ?? null,
      })
    ).payment.ref;
  };
  return {
    requisition,
    payment,
    ready: async (wish = {}, person = 'carol') => {
      const ref = await payment(wish);
      const paymentId = await paymentIdOf(store, ref);
      const executor = await actorOf(store, person);
      const deadlineText = (at: Date): string => at.toISOString();
      const letters: string[] = [];
      const mailer = { send: ({ text }: { text: string }) => Promise.resolve(void letters.push(text)) };
      await sendCode(store, mailer, executor, {
        paymentId,
        dayAt: facts.dayAt,
        randomInt: () => 271_828,
        pepper,
        deadlineText,
        dryRun: false,
      });
      await verifyCode(store, executor, { paymentId, code: codeIn(letters[0] ?? ''), pepper });
      return ref;
    },
  };
}

const fundIdOf = (store: Store, code: string): Promise<string> =>
  store.read(async (tx) =>
    only(await tx.db.select({ id: tx.t.funds.id }).from(tx.t.funds).where(eq(tx.t.funds.code, code)), code),
  );

const paymentIdOf = (store: Store, ref: string): Promise<string> =>
  store.read(async (tx) =>
    only(await tx.db.select({ id: tx.t.payments.id }).from(tx.t.payments).where(eq(tx.t.payments.ref, ref)), ref),
  );

function only([row]: { id: string }[], name: string): string {
  if (row === undefined) throw new Error(`there is no ${name}`);
  return row.id;
}

/** The code of a mail: six digits alone on a line. */
export function codeIn(mail: string): string {
  const code = /^(\d{6})\s*$/m.exec(mail)?.[1];
  if (code === undefined) throw new Error(`no code in the mail:\n${mail}`);
  return code;
}

/** Another code than this one. */
export const notThe = (code: string): string => (code === '999999' ? '999998' : '999999');

function newest(outbox: string): string {
  const name = readdirSync(outbox).toSorted().at(-1);
  if (name === undefined) throw new Error('no mail was sent');
  return name;
}

/** Every mail of an outbox, oldest first; none when there is no outbox yet. */
function mailsIn(outbox: string): string[] {
  try {
    return readdirSync(outbox)
      .toSorted()
      .map((name) => readFileSync(join(outbox, name), 'utf8'));
  } catch {
    return [];
  }
}

export const DIALECTS: readonly Dialect[] = ['sqlite', 'postgres'];
