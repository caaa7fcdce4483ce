import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { asRole } from '../support/databases.ts';
import { thingsFor, type Things } from './calls.ts';
import { aDemoOffice, type DemoOffice } from './demo-office.ts';

/** What an auditor reads with the role of the database that only reads, in the words of the calls (see calls.ts). */
const READING = [
  'whoami',
  'org tree',
  'user list',
  'user show carol',
  'token list',
  'fund list',
  'fund show PETTY',
  'fund balance PETTY',
  'requisition list',
  'requisition show @approved',
  'payment list',
  'payment show @inFlight',
  'payment history @inFlight',
  'change list',
  'replenish check',
  'replenish list',
  'replenish show @toApprove',
  'ledger list',
  'ledger show @entry',
  'variance list',
  'variance show @variance',
  'ledger verify',
  'audit log',
  'audit verify',
] as const;

describe('an auditor with the read-only role of Postgres', () => {
  let office: DemoOffice;
  let things: Things;
  let url: string;
  beforeAll(async () => {
    office = await aDemoOffice('postgres');
    things = await thingsFor(office);
    await office.data('carol', ['payment', 'execute', await office.ready(), '--yes']);
    await office.data('david', ['fund', 'edit', 'MPESA', '--payment-limit', '90,000']);
    things = { ...things, ref: { ...things.ref, change: await office.newestChange() } };
    url = await asRole(office.url, 'auditor');
  });
  afterAll(() => office.close());

  const run = (line: string, ...more: string[]) => {
    const words = line.split(' ').map((word) => (word.startsWith('@') ? (things.ref[word.slice(1)] ?? word) : word));
    return office.as('faith', [...words, '--json', ...more], { env: { TREASURY_DATABASE_URL: url } });
  };

  test.each(READING)('%s', async (line) => {
    const usual = await office.as('faith', (await words(line)).concat('--json'));
    for (const more of [[], ['--read-only']]) {
      const ran = await run(line, ...more);
      expect(ran.exitCode, ran.stdout).toBe(usual.exitCode);
      expect(ran.json<{ data: unknown }>().data).toEqual(usual.json<{ data: unknown }>().data);
    }
  });

  const words = async (line: string): Promise<string[]> =>
    line.split(' ').map((word) => (word.startsWith('@') ? (things.ref[word.slice(1)] ?? word) : word));

  test.each(READING.filter((line) => line.includes(' show ')))(
    '%s, for people: whom to ask is looked up too',
    async (line) => {
      const ran = await office.as('faith', await words(line), { env: { TREASURY_DATABASE_URL: url } });
      expect([ran.exitCode, ran.stderr]).toEqual([0, expect.not.stringContaining('Error')]);
    },
  );

  test('doctor: everything but what only the office’s own machine knows', async () => {
    const ran = await run('doctor');
    const { data } = ran.json<{ data: { id: string; status: string; message: string }[] }>();
    expect(ran.exitCode, ran.stdout).toBe(10);
    expect(data.filter(({ status }) => status !== 'ok')).toMatchObject([{ id: 'durability' }]);
    expect(data.map(({ id }) => id)).toEqual(expect.arrayContaining(['schema', 'privileges', 'audit', 'balance']));
  });

  test('does not see what a change would do word for word, which may hold what is kept of a password', async () => {
    const ran = await run(`change show @change`);
    expect(ran.exitCode).toBe(5);
    expect(ran.json<{ error: { code: string } }>().error.code).toBe('DATABASE_FORBIDS');
  });

  test('changes nothing, and is told so', async () => {
    const ran = await run('logout');
    expect(ran.exitCode, ran.stdout).not.toBe(0);
    expect(ran.json<{ error: { code: string } }>().error.code).toMatch(/^DATABASE_(FORBIDS|READ_ONLY)$/);
    expect((await run('whoami')).exitCode).toBe(0);
  });
});
