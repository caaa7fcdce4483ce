import fc from 'fast-check';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Dialect } from '../../src/store/transaction.ts';
import { aTamperer, type Tamperer } from '../support/tampering.ts';
import { treasury } from '../support/tool.ts';
import { SEED } from '../support/seed.ts';
import { aLiveOffice, type LiveOffice } from './live-office.ts';

/** Repeats the changes of a run that failed. */
const CHANGES = 12;

/** The immutable tables, with what of them a person with the database's password would change; and what names a row. */
const TABLES = {
  ledger_entries: ['id', 'description', 'ref', 'amount_minor', 'balance_after_minor'],
  payment_executions: ['id', 'ref', 'voucher_number', 'gateway_reference', 'amount_minor'],
  audit_events: ['body', 'body', 'hash', 'previous_hash'],
} as const;

const change = fc.constantFrom(...(Object.keys(TABLES) as (keyof typeof TABLES)[])).chain((table) =>
  fc.record({
    table: fc.constant(table),
    column: fc.constantFrom(...TABLES[table].filter((column) => column !== 'id')),
    row: fc.nat(99),
    byte: fc.nat(9999),
    bit: fc.nat(3),
  }),
);

/** The value with a byte that is another, as a database takes it: a hash stays one, and so does JSON. */
function changed(was: unknown, column: string, byte: number, bit: number): unknown {
  if (column.endsWith('_minor')) return Number(was) ^ (1 << bit);
  const text = String(was);
  for (let at = byte % text.length; ; at = (at + 1) % text.length) {
    const letter = text[at] === 'a' ? 'b' : 'a';
    const next = `${text.slice(0, at)}${letter}${text.slice(at + 1)}`;
    if (column !== 'body' || isJson(next)) return next;
  }
}

function isJson(text: string): boolean {
  try {
    return typeof JSON.parse(text) === 'object';
  } catch {
    return false;
  }
}

describe.each(['sqlite', 'postgres'] as const satisfies Dialect[])('audit verify on %s', (dialect) => {
  let office: LiveOffice;
  let tamperer: Tamperer;
  const value = (index: number) => (dialect === 'sqlite' ? '?' : `$${index}`);

  beforeAll(async () => {
    office = await aLiveOffice(dialect, { payments: 4, moneyFor: 4 });
    for (const payment of office.payments)
      expect((await office.as('carol', ['payment', 'execute', payment, '--yes'])).exitCode).toBe(0);
    tamperer = await aTamperer(office.url, dialect);
  });
  afterAll(async () => {
    await tamperer.close();
    await office.close();
  });

  const verify = () => office.as('faith', ['audit', 'verify', '--json']);
  const isBroken = async (about: string): Promise<void> => {
    const run = await verify();
    expect(run.exitCode, `${about}\n${run.stdout}`).toBe(11);
    const { error } = run.json<{ error: { code: string; checks: { ok: boolean | null }[] } }>();
    expect(error.code).toBe('AUDIT_BROKEN');
    expect(error.checks.some((check) => check.ok === false)).toBe(true);
  };

  test('ends with 0 before anything was changed', async () => {
    expect((await verify()).exitCode).toBe(0);
  });

  test(`names any byte that was changed (SEED=${SEED})`, async () => {
    for (const one of fc.sample(change, { seed: SEED, numRuns: CHANGES })) {
      const key = one.table === 'audit_events' ? "chain || '/' || seq" : 'id';
      const rows = await tamperer.rows(
        `select ${key} as name, ${one.column} as was from ${one.table} where ${one.column} is not null order by 1`,
      );
      const row = rows[one.row % rows.length];
      const next = changed(row?.['was'], one.column, one.byte, one.bit);
      const statement = `update ${one.table} set ${one.column} = ${value(1)} where ${key} = ${value(2)}`;
      await tamperer.during([one.table], statement, [next, row?.['name']], () =>
        isBroken(`${one.column} of ${one.table} ${String(row?.['name'])}: ${String(next)}`),
      );
    }
    expect((await verify()).exitCode).toBe(0);
  });

  test.each([
    ['an entry that was deleted', 'ledger_entries', 'delete from ledger_entries where seq = 3'],
    [
      'an execution that was deleted',
      'payment_executions',
      "delete from payment_executions where voucher_number like '%2'",
    ],
    ['an event that was deleted', 'audit_events', 'delete from audit_events where seq = 3'],
    ['an event that was moved', 'audit_events', 'update audit_events set seq = seq + 900 where seq = 2'],
  ])('names %s', async (about, table, statement) => {
    await tamperer.during([table], statement, [], () => isBroken(about));
  });
});

describe('the doctor', () => {
  const home = mkdtempSync(path.join(os.tmpdir(), 'treasury-examined-'));
  const office = path.join(home, 'office');
  const env = { TREASURY_HOME: office, COLUMNS: '100' };
  const doctor = (...args: string[]) => treasury(['doctor', ...args], { home, env });
  beforeAll(async () => {
    expect((await treasury(['demo', '--dir', office], { home })).exitCode).toBe(0);
  }, 120_000);
  afterAll(() => rmSync(home, { recursive: true, force: true }));

  test('ends with 0 in a healthy office, without a login', async () => {
    const run = await doctor();
    expect(run.exitCode, run.stdout).toBe(0);
    expect(run.stdout).toMatch(/^(\d+) of \1 checks are well\.$/m);
  });

  test('ends with 10 when there is something to do, and says what to type', async () => {
    chmodSync(path.join(office, 'pepper'), 0o644);
    const run = await doctor();
    expect(run.exitCode).toBe(10);
    // On a line of its own, to be copied.
    expect(run.stdout).toContain(`\n  chmod 600 ${path.join(office, 'pepper')}\n`);
    // What is well is counted, and listed for who asks.
    expect(run.stdout).not.toContain('is new enough');
    expect((await doctor('--verbose')).stdout).toContain('is new enough');
    chmodSync(path.join(office, 'pepper'), 0o600);
    expect((await doctor()).exitCode).toBe(0);
  });

  test('says what is missing on this machine for the SMS that the policy wants', async () => {
    const file = path.join(office, 'gateways', 'sms.toml');
    const policy = path.join(home, 'policy.toml');
    writeFileSync(policy, '[notify]\npayment_failed = ["cfo"]\nsms = ["payment_failed"]\n');
    const as = async (username: string, ...args: string[]) => {
      const session = { ...env, TREASURY_SESSION_FILE: path.join(home, username) };
      const password = path.join(office, 'passwords', username);
      await treasury(['login', '--user', username, '--password-file', password], { home, env: session });
      const run = await treasury(args, { home, env: session });
      expect(run.exitCode, run.stderr).toBe(0);
      return run.json<{ data: { ref: string } }>().data;
    };
    const admin = readdirSync(path.join(office, 'passwords')).find((name) => name.includes('admin')) ?? '';
    const { ref } = await as(admin, 'policy', 'set', policy, '--reason', 'told by SMS', '--json');
    await as('esther', 'change', 'confirm', ref, '--yes', '--json');
    const run = await doctor();
    expect(run.exitCode).toBe(10);
    expect(run.stdout).toContain('The policy wants SMS (payment_failed).');
    expect(run.stdout.replaceAll(/\s+/g, ' ')).toContain(
      `write provider, username and api_key into ${file} and chmod 600 it`,
    );
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, 'provider = "africastalking"\nusername = "acme"\napi_key = "key"\n', { mode: 0o600 });
    expect((await doctor()).exitCode).toBe(0);
  });

  test('ends with 11 when the books cannot be believed, and lists what else it found', async () => {
    const tamperer = await aTamperer(`sqlite:${path.join(office, 'treasury.db')}`, 'sqlite');
    chmodSync(path.join(office, 'pepper'), 0o644);
    await tamperer.during(
      ['ledger_entries'],
      "update ledger_entries set description = 'x' where seq = 2",
      [],
      async () => {
        const run = await doctor('--json');
        expect(run.exitCode).toBe(11);
        const { error } = run.json<{ error: { checks: { id: string; code: string | null }[] } }>();
        expect(error.checks.filter((check) => check.code !== null).map(({ id, code }) => [id, code])).toEqual([
          ['pepper', 'ADVICE'],
          ['audit', 'BROKEN'],
        ]);
      },
    );
    await tamperer.close();
  });
});
