import { asc, eq } from 'drizzle-orm';
import type { Actor, Role } from '../../src/domain/access.ts';
import type { FundDraft } from '../../src/domain/fund.ts';
import { Problem } from '../../src/domain/problem.ts';
import type { Mail, Mailer } from '../../src/gateways/mail.ts';
import { officeFacts } from '../../src/commands/office-day.ts';
import { approveRequisition } from '../../src/operations/approve-requisition.ts';
import { createFund } from '../../src/operations/create-fund.ts';
import { createPayment } from '../../src/operations/create-payment.ts';
import { createRequisition } from '../../src/operations/create-requisition.ts';
import { confirmChange } from '../../src/operations/decide-change.ts';
import { isProposed } from '../../src/operations/two-people.ts';
import { executePayment, type Executed } from '../../src/operations/execute-payment.ts';
import type { OfficeDay } from '../../src/operations/judge-execution.ts';
import type { PaidOut } from '../../src/operations/post-payment.ts';
import { sendCode, type SentCode } from '../../src/operations/send-code.ts';
import { verifyCode, type VerifiedCode } from '../../src/operations/verify-code.ts';
import { GENESIS, linkHash } from '../../src/store/audit-chain.ts';
import { getFund, resolveFund } from '../../src/store/funds.ts';
import { judgeInvariants } from '../../src/store/invariants.ts';
import type { OpenOptions, Store } from '../../src/store/store.ts';
import type { Row } from '../../src/store/tables.ts';
import type { Tx } from '../../src/store/transaction.ts';
import type { Open } from './databases.ts';
import { anOffice, aPerson, PEPPER, type Office, type Person } from './office.ts';
import { HELD_RULES } from './held-rules.ts';

export const MINUTE = 60_000;
export const DAY = 24 * 60 * MINUTE;
export { PEPPER };

/** What a payment is about; whatever a test does not say is right and does not matter. */
export interface PaymentWish {
  readonly amount?: string;
  /** What the requisition is for, when it is more than this payment. */
  readonly approved?: string;
  readonly method?: 'cash' | 'mpesa' | 'bank';
  readonly destination?: string;
  readonly requester?: Actor;
  readonly approver?: Actor;
  readonly maxRetries?: string;
}

/** An office that pays: people, a clock that tests turn, mails that are kept, and statements that can be made to fail. */
export interface PayingOffice {
  readonly store: Store;
  readonly url: string;
  readonly people: Readonly<Record<Person | 'peter', Actor>>;
  readonly places: Office['places'];
  readonly clock: { now: Date };
  readonly mails: Mail[];
  /** Called before each statement; a throw makes it fail. */
  readonly fault: { strike: ((sql: string) => void) | null };
  readonly mailer: Mailer;
  readonly dayAt: (now: Date) => OfficeDay;
  pass(milliseconds: number): void;
  /** Turns the clock to a later instant; on the way something happens every week, as in any office. */
  leapTo(instant: Date): Promise<void>;
  person(username: string, roles: readonly Role[]): Promise<Actor>;
  /** Opens a fund; without an OTP threshold of its own it asks for no codes. */
  fund(change?: Partial<FundDraft>): Promise<Row<'funds'>>;
  requisition(wish?: PaymentWish): Promise<Row<'requisitions'>>;
  payment(fund: Row<'funds'>, wish?: PaymentWish): Promise<Row<'payments'>>;
  send(payment: Row<'payments'>, executor?: Actor, mailer?: Mailer): Promise<SentCode>;
  /** Sends a code and reads it out of the mail. */
  code(payment: Row<'payments'>, executor?: Actor): Promise<string>;
  verify(payment: Row<'payments'>, code: string, executor?: Actor, pepper?: Buffer): Promise<VerifiedCode>;
  execute(payment: Row<'payments'>, executor?: Actor, reference?: string | null): Promise<Executed>;
  /** Executes a payment that must be paid at once. */
  pay(payment: Row<'payments'>, executor?: Actor, reference?: string | null): Promise<PaidOut>;
  state(payment: Row<'payments'>): Promise<PaymentState>;
  fundNow(fund: Row<'funds'>): Promise<Row<'funds'>>;
}

/** Everything that the database holds of a payment. */
export interface PaymentState {
  readonly payment: Row<'payments'>;
  readonly fund: Row<'funds'>;
  readonly attempts: Row<'paymentAttempts'>[];
  readonly executions: Row<'paymentExecutions'>[];
  readonly entries: Row<'ledgerEntries'>[];
  readonly challenges: Row<'otpChallenges'>[];
  readonly replenishments: Row<'replenishmentRequests'>[];
  readonly totals: Row<'ledgerTotals'>[];
  /** Actions of the fund's chain, first to last. */
  readonly actions: string[];
}

/** Sets an office up in a new database. */
export async function aPayingOffice(open: Open, options: Partial<OpenOptions> = {}): Promise<PayingOffice> {
  const clock = { now: new Date('2026-10-18T06:00:00.000Z') };
  const fault: PayingOffice['fault'] = { strike: null };
  const { store, url } = await open({ clock: () => clock.now, onStatement: (sql) => fault.strike?.(sql), ...options });
  const office = await anOffice(store);
  const person = (username: string, roles: readonly Role[]) =>
    store.write((tx) => aPerson(tx, username, roles, office.places.ACME));
  const people = { ...office.people, peter: await person('peter', ['cashier']) };
  const { dayAt } = await officeFacts(store);
  const mails: Mail[] = [];
  const mailer: Mailer = {
    send: async (mail) => {
      mails.push(mail);
    },
  };
  const pass = (milliseconds: number): void => {
    clock.now = new Date(clock.now.getTime() + milliseconds);
  };
  const ordering = orders(store, people);
  return {
    ...{ store, url, people, places: office.places, clock, mails, fault, mailer, dayAt, person, pass },
    leapTo: async (instant) => {
      while (instant.getTime() - clock.now.getTime() > 7 * DAY) {
        pass(7 * DAY);
        await ordering.requisition();
      }
      clock.now = instant;
    },
    ...ordering,
    ...payments({ store, carol: people.carol, mails, mailer, dayAt }),
    state: (payment) => store.read((tx) => stateOf(tx, payment)),
    fundNow: (fund) => store.read(async (tx) => (await getFund(tx, fund.id)).fund),
  };
}

function orders(store: Store, people: PayingOffice['people']): Pick<PayingOffice, 'fund' | 'requisition' | 'payment'> {
  let funds = 0;
  const requisition: PayingOffice['requisition'] = async (wish = {}) => {
    const {
      amount = '1,000.00',
      approved = amount,
      method = 'cash',
      requester = people.amina,
      approver = people.brian,
    } = wish;
    const usual = { cash: 'Jane Wanjiru', mpesa: '0712345678', bank: 'KCB:1234567890' }[method];
    const draft = {
      payee: 'Jane Wanjiru',
      amount: approved,
      purpose: 'Taxi',
      method,
      destination: wish.destination ?? usual,
      category: null,
    };
    const view = await createRequisition(store, requester, { draft, place: { branch: 'WESTLANDS' }, currency: null });
    return (await approveRequisition(store, approver, { requisition: view.requisition.ref, reason: null })).view
      .requisition;
  };
  return {
    requisition,
    fund: async (change = {}) => {
      const code = `FUND${(funds += 1)}`;
      const draft = {
        code,
        name: code,
        opening: '100,000',
        reorderLevel: '0',
        otpThreshold: '1,000,000',
        autoReplenish: true,
        ...change,
      };
      const answer = await createFund(store, people.david, { draft, place: { company: 'ACME' }, currency: null });
      if (!isProposed(answer)) return answer.view.fund;
      // An office that has paid opens funds with money in them by two people.
      await confirmChange(store, people.esther, { change: answer.proposed.change.ref, reason: null });
      return store.read(async (tx) => (await getFund(tx, await resolveFund(tx, code, people.esther.grants))).fund);
    },
    payment: async (fund, wish = {}) => {
      const { id } = await requisition(wish);
      const request = {
        requisitionId: id,
        fundId: fund.id,
        amount: wish.amount ?? null,
        maxRetries: wish.maxRetries ?? null,
      };
      return (await createPayment(store, people.carol, request)).payment;
    },
  };
}

interface Desk {
  readonly store: Store;
  readonly carol: Actor;
  readonly mails: Mail[];
  readonly mailer: Mailer;
  readonly dayAt: PayingOffice['dayAt'];
}

function payments({
  store,
  carol,
  mails,
  mailer,
  dayAt,
}: Desk): Pick<PayingOffice, 'send' | 'code' | 'verify' | 'execute' | 'pay'> {
  // Codes that differ and start with a 0, so that a lost zero would show.
  let codes = 12_345;
  const send: PayingOffice['send'] = ({ id }, executor = carol, through = mailer) =>
    sendCode(store, through, executor, {
      ...{ paymentId: id, dayAt, pepper: PEPPER, deadlineText: (at) => at.toISOString(), dryRun: false },
      randomInt: () => (codes += 1),
    });
  const execute: PayingOffice['execute'] = ({ id }, executor = carol, gatewayReference = null) =>
    executePayment(store, executor, { paymentId: id, gatewayReference, dayAt });
  return {
    send,
    execute,
    code: async (payment, executor = carol) => {
      await send(payment, executor);
      return codeIn(mails.at(-1));
    },
    verify: ({ id }, code, executor = carol, pepper = PEPPER) =>
      verifyCode(store, executor, { paymentId: id, code, pepper }),
    pay: async (payment, executor = carol, reference = null) => {
      const executed = await execute(payment, executor, reference);
      if (executed.state !== 'paid') throw new Error(`${payment.ref} is ${executed.state}, not paid`);
      return executed.paid;
    },
  };
}

/** The code of a mail: six digits alone on a line. */
export function codeIn(mail: Mail | undefined): string {
  const code = /^\d{6}$/m.exec(mail?.text ?? '')?.[0];
  if (code === undefined) throw new Error('the mail holds no code');
  return code;
}

/** Another code than this one. */
export const notThe = (code: string): string => (code === '999999' ? '999998' : '999999');

/** The Problem that work ends with. */
export async function problemOf(work: Promise<unknown>): Promise<Problem> {
  const error = await errorOf(work);
  if (error instanceof Problem) return error;
  throw new Error(`no Problem, but ${String(error)}`, { cause: error });
}

/** Whatever work throws; undefined when it ends well. */
export const errorOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );

/** Codes of the checks that a refusal says have failed. */
export const failingCodes = (problem: Problem): (string | null)[] =>
  (problem.details.checks ?? []).filter((check) => check.ok === false).map((check) => check.code);

/** What the failing checks say, in one text. */
export const reasonsOf = (problem: Problem): string =>
  (problem.details.checks ?? []).flatMap((check) => (check.ok === false ? [check.message] : [])).join(' ');

async function stateOf(tx: Tx, { id, fundId }: Row<'payments'>): Promise<PaymentState> {
  const {
    payments,
    funds,
    paymentAttempts,
    paymentExecutions,
    ledgerEntries,
    otpChallenges,
    replenishmentRequests,
    ledgerTotals,
    auditEvents,
  } = tx.t;
  const [payment] = await tx.db.select().from(payments).where(eq(payments.id, id));
  const [fund] = await tx.db.select().from(funds).where(eq(funds.id, fundId));
  if (payment === undefined || fund === undefined) throw new Error('the payment has gone');
  const events = await tx.db
    .select()
    .from(auditEvents)
    .where(eq(auditEvents.chain, `fund:${fund.code}`))
    .orderBy(asc(auditEvents.seq));
  return {
    payment,
    fund,
    attempts: await tx.db
      .select()
      .from(paymentAttempts)
      .where(eq(paymentAttempts.paymentId, id))
      .orderBy(paymentAttempts.number),
    executions: await tx.db.select().from(paymentExecutions).where(eq(paymentExecutions.paymentId, id)),
    entries: await tx.db
      .select()
      .from(ledgerEntries)
      .where(eq(ledgerEntries.fundId, fundId))
      .orderBy(ledgerEntries.seq),
    challenges: await tx.db
      .select()
      .from(otpChallenges)
      .where(eq(otpChallenges.paymentId, id))
      .orderBy(otpChallenges.id),
    replenishments: await tx.db
      .select()
      .from(replenishmentRequests)
      .where(eq(replenishmentRequests.fundId, fundId))
      .orderBy(replenishmentRequests.id),
    totals: await tx.db.select().from(ledgerTotals).where(eq(ledgerTotals.fundId, fundId)).orderBy(ledgerTotals.kind),
    actions: events.map((event) => event.action ?? ''),
  };
}

/** What is wrong with an office: every invariant that is broken, and every chain with a bad link; nothing when all is right. */
export const bookFaults = (store: Store): Promise<string[]> =>
  store.read(async (tx) => {
    const verdicts = await judgeInvariants(tx, HELD_RULES, null);
    const broken = verdicts.flatMap(({ invariant, broken }) =>
      broken.map(({ subject, message }) => `${invariant.id} ${subject}: ${message}`),
    );
    const events = await tx.db.select().from(tx.t.auditEvents).orderBy(asc(tx.t.auditEvents.seq));
    const chains = Map.groupBy(events, (event) => event.chain);
    const unlinked = [...chains].filter(([, links]) => !linked(links)).map(([chain]) => `${chain}: a link is broken`);
    return [...broken, ...unlinked];
  });

const linked = (links: readonly Row<'auditEvents'>[]): boolean =>
  links.every(
    (link, at) =>
      link.seq === at + 1 &&
      link.previousHash === (links[at - 1]?.hash ?? GENESIS) &&
      link.hash === linkHash(link.chain, link.seq, link.previousHash, link.body),
  );
