import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { expect } from 'vitest';
import { lookAtDarajaSecrets } from '../../src/gateways/daraja-secrets.ts';
import { startSimulator, type Simulator } from '../../src/gateways/mpesa/simulator/simulator.ts';
import { openSms } from '../../src/gateways/open-sms.ts';
import { examineOffice } from '../../src/operations/examine-office.ts';
import { setGateway } from '../../src/operations/set-gateway.ts';
import { moveAttempt } from '../../src/store/attempts.ts';
import type { Row } from '../../src/store/tables.ts';
import type { Dialect } from '../../src/store/transaction.ts';
import { beginTool, stoppingAt, stoppingInside, type Begun, type Ended, type Stopping } from '../support/begun-tool.ts';
import { openGatewayGate, type GatewayGate, type Kept, type KeptReport } from '../support/gateway-gate.ts';
import type { Moment } from '../support/moments.ts';
import { openPostgresGate, type Fate } from '../support/postgres-gate.ts';
import { toolEnvironment } from '../support/tool.ts';
import { aDemoOffice, type DemoOffice, type OfficeChange, type Person } from './demo-office.ts';

/** An office that pays through M-Pesa, whose processes can be stopped at an exact point and killed there. */
export interface CrashOffice extends DemoOffice {
  readonly simulator: Simulator;
  readonly gateway: GatewayGate;
  begin(person: Person, args: readonly string[], env?: Readonly<Record<string, string>>): Begun;
  /** Begins a run that will stand still at the moment. */
  stopping(person: Person, args: readonly string[], moment: Moment, env?: Readonly<Record<string, string>>): Stopping;
  /** The same, and kills it there. */
  killedAt(person: Person, args: readonly string[], moment: Moment): Promise<void>;
  /** Begins a run of which the order, or the reply to it, will be kept at the gate of the gateway. */
  keeping(person: Person, args: readonly string[], what: Kept): Stopping;
  /** On Postgres: runs to the end, with such a fate for the transaction at the moment. */
  fated(person: Person, args: readonly string[], moment: Moment, fate: Fate): Promise<Ended>;
  /** Hands a report to who listens. */
  deliver(report: KeptReport, port?: number): Promise<void>;
  /** Who holds a lease is dead: what would take minutes has passed. */
  passLeases(): Promise<void>;
  attempts(ref: string): Promise<Row<'paymentAttempts'>[]>;
  statusOf(ref: string): Promise<string>;
  /** Waits until the outcome of a payment is known. */
  settled(ref: string): Promise<string>;
  /**
   * What M-Pesa paid is posted or held, receipt by receipt, and no order went out twice; nothing is open but these; and what doctor
   * and audit verify examine is in order.
   */
  expectSound(about?: { readonly open?: readonly string[] }): Promise<void>;
  /** The same as the tool says it: doctor, ledger verify and audit verify. */
  expectProven(): Promise<void>;
}

/** Sets it up, with somebody who listens. */
export async function aCrashOffice(dialect: Dialect, change: OfficeChange = {}): Promise<CrashOffice> {
  const office = await aDemoOffice(dialect, change);
  const simulator = await reportingAtOnce();
  const gateway = await openGatewayGate(() => simulator.url);
  await payThrough(office, simulator, gateway);
  const postgres = dialect === 'postgres' ? await openPostgresGate(office.url) : null;
  const environment = (person: Person, more: Readonly<Record<string, string>> = {}) =>
    toolEnvironment(office.home, { ...office.environment(person), ...more });
  const begin: CrashOffice['begin'] = (person, args, env) => beginTool(args, environment(person, env));
  const gated = (person: Person, args: readonly string[], { moment, fate, env = {} }: Gated): Stopping => {
    if (postgres === null) throw new Error('a file has no gate');
    const there = postgres.close(moment, fate);
    const url = postgres.through(office.environment(person)['TREASURY_DATABASE_URL'] ?? '');
    return stoppingAt(begin(person, args, { ...env, TREASURY_DATABASE_URL: url }), there);
  };
  const stopping: CrashOffice['stopping'] = (person, args, moment, env = {}) =>
    postgres === null || moment.at === 'linked'
      ? stoppingInside(args, environment(person, env), moment)
      : gated(person, args, { moment, fate: 'stand', env });
  const listener = begin('carol', ['listen', '--port', '0', '--for', '60min']);
  const port = await portOf(listener);
  return {
    ...office,
    ...{ simulator, gateway, begin, stopping },
    killedAt: async (person, args, moment) => {
      const run = stopping(person, args, moment);
      await run.stands;
      await run.kill();
    },
    fated: async (person, args, moment, fate) => {
      const run = gated(person, args, { moment, fate });
      await run.stands;
      return run.ended;
    },
    keeping: (person, args, what) => {
      const there = gateway.keep(what);
      return stoppingAt(begin(person, args), there);
    },
    deliver: ({ path, body }, to = port) => delivered(`http://127.0.0.1:${to}${path}`, body),
    ...looking(office),
    expectSound: (about = {}) => expectSound({ office, simulator, gateway }, about),
    expectProven: () => expectProven(office),
    close: async () => {
      await listener.kill();
      await Promise.all([simulator.close(), gateway.end(), postgres?.end()]);
      await office.close();
    },
  };
}

interface Gated {
  readonly moment: Moment;
  readonly fate: Fate;
  readonly env?: Readonly<Record<string, string>>;
}

/** The port on which a listener says that it listens. */
export async function portOf(listener: Begun): Promise<number> {
  return Number((await listener.said(/Listening on http:\/\/127\.0\.0\.1:(\d+)/))[1]);
}

/** A gateway that reports when it has paid, one report after the other. */
function reportingAtOnce(): Promise<Simulator> {
  let last = Promise.resolve();
  return startSimulator({
    ...{ host: '127.0.0.1', port: 0, seed: 1, shortCode: '600000', now: () => new Date() },
    later: (_, work) => void (last = last.then(work)),
  });
}

async function payThrough(office: DemoOffice, { credentials }: Simulator, gateway: GatewayGate): Promise<void> {
  const directory = join(office.home, 'gateways');
  mkdirSync(directory, { recursive: true });
  const { consumerKey, consumerSecret, initiatorPassword, certificate } = credentials;
  writeFileSync(join(directory, 'certificate.pem'), certificate, { mode: 0o600 });
  const secrets = `consumer_key = "${consumerKey}"\nconsumer_secret = "${consumerSecret}"\ninitiator_password = "${initiatorPassword}"\ncertificate = "certificate.pem"\n`;
  writeFileSync(join(directory, 'daraja.toml'), secrets, { mode: 0o600 });
  await setGateway(office.store, await office.actor('root-admin'), {
    ...{ method: 'mpesa', kind: 'daraja', reason: null },
    typed: { baseUrl: gateway.url, shortCode: '600000', initiator: 'treasury', resultUrl: gateway.resultUrl },
  });
}

async function delivered(url: string, body: string): Promise<void> {
  const answer = await fetch(url, { method: 'POST', body });
  expect([answer.status, await answer.text()]).toEqual([200, expect.stringContaining('Accepted')]);
}

const OPEN: ReadonlySet<string> = new Set(['reserved', 'sent', 'accepted', 'unknown']);
const SETTLED_MS = 60_000;

/** What is seen of the payments of an office, and what its owner alone can do with them. */
function looking({ store }: DemoOffice): Pick<CrashOffice, 'passLeases' | 'attempts' | 'statusOf' | 'settled'> {
  const rowsOf = (ref: string) =>
    store.read(async ({ db, t: { payments, paymentAttempts: attempts } }) => {
      const { asc, eq } = await import('drizzle-orm');
      const [payment] = await db.select().from(payments).where(eq(payments.ref, ref));
      if (payment === undefined) throw new Error(`there is no ${ref}`);
      const of = await db
        .select()
        .from(attempts)
        .where(eq(attempts.paymentId, payment.id))
        .orderBy(asc(attempts.number));
      return { payment, attempts: of };
    });
  const statusOf = async (ref: string): Promise<string> => (await rowsOf(ref)).payment.status;
  return {
    statusOf,
    attempts: async (ref) => (await rowsOf(ref)).attempts,
    settled: async (ref) => {
      for (const deadline = performance.now() + SETTLED_MS; performance.now() < deadline; await pause(10)) {
        const status = await statusOf(ref);
        if (status !== 'executing') return status;
      }
      throw new Error(`the outcome of ${ref} is still open`);
    },
    passLeases: () =>
      store.write(async (tx) => {
        for (const row of await tx.db.select().from(tx.t.paymentAttempts))
          if (row.leaseUntil !== null && OPEN.has(row.state))
            await moveAttempt(tx, { ...row, was: row.state, leaseUntil: tx.now, nextLookAt: tx.now });
      }),
  };
}

interface Books {
  readonly office: DemoOffice;
  readonly simulator: Simulator;
  readonly gateway: GatewayGate;
}

async function expectSound(
  { office, simulator, gateway }: Books,
  { open = [] }: { readonly open?: readonly string[] },
): Promise<void> {
  const { known, executing } = await office.store.read(async (tx) => {
    const executions = await tx.db.select().from(tx.t.paymentExecutions);
    const held = await tx.db.select().from(tx.t.suspenseItems);
    const payments = await tx.db.select().from(tx.t.payments);
    return {
      known: [...executions.filter((execution) => execution.gateway === 'daraja'), ...held],
      executing: payments.filter(({ status }) => status === 'executing').map(({ ref }) => ref),
    };
  });
  expect(known.map(({ gatewayReference }) => gatewayReference).toSorted()).toEqual(
    simulator.paid.map(({ receipt }) => receipt).toSorted(),
  );
  // Nothing was sent a second time, whatever the gateway would have made of it.
  expect(gateway.keys.toSorted()).toEqual([...new Set(gateway.keys)].toSorted());
  // Nobody is forgotten: what is open is known to be.
  expect(executing.toSorted()).toEqual(open.toSorted());
  // Every invariant and every link of the trail is among it.
  const findings = await examineOffice({
    ...{ databaseUrl: office.url, pepperFile: join(office.home, 'pepper'), now: new Date() },
    headsDirectory: join(office.home, 'heads'),
    ...{ node: process.versions.node, openStore: () => Promise.resolve(office.store) },
    openSms: () => openSms(join(office.home, 'gateways', 'sms.toml')),
    lookAtSecrets: () => lookAtDarajaSecrets(join(office.home, 'gateways', 'daraja.toml')),
  });
  expect(findings.filter(({ status }) => status === 'broken')).toEqual([]);
}

async function expectProven(office: DemoOffice): Promise<void> {
  const doctor = await office.as('root-admin', ['doctor']);
  expect([0, 10], doctor.stdout).toContain(doctor.exitCode);
  for (const book of ['ledger', 'audit'])
    expect((await office.as('faith', [book, 'verify'])).exitCode, `${book} verify`).toBe(0);
}
