import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { aDemoOffice, DIALECTS, type DemoOffice } from './demo-office.ts';

describe.each(DIALECTS)('whatever a thing is called, on %s', (dialect) => {
  let office: DemoOffice;
  beforeAll(async () => {
    office = await aDemoOffice(dialect);
  });
  afterAll(() => office.close());

  interface Called {
    readonly id: string;
    readonly ref: string;
  }
  const events = async (flag: '--subject' | '--actor', name: string) =>
    (await office.data<{ hash: string }[]>('faith', ['audit', 'log', flag, name, '--limit', '0'])).map(
      ({ hash }) => hash,
    );

  test('the audit log finds what happened to a fund, a person and a payment by every name of theirs', async () => {
    const ref = await office.ready({ amount: '10' });
    const outcome = await office.data<{
      payment: Called;
      execution: Called & { voucher: string };
      ledger_entry: Called;
    }>('carol', ['payment', 'execute', ref, '--yes']);
    const fund = await office.data<Called>('faith', ['fund', 'show', 'PETTY']);
    const user = await office.data<Called>('faith', ['user', 'show', 'carol']);
    const { payment, execution, ledger_entry: entry } = outcome;
    const names = {
      PETTY: [fund.ref, fund.ref.slice(0, 8), fund.id],
      carol: [user.ref, user.id],
      [payment.ref]: [payment.id, execution.voucher, execution.ref, execution.id, entry.ref, entry.id],
    };
    for (const [plain, others] of Object.entries(names)) {
      const expected = await events('--subject', plain);
      expect([plain, expected.length > 0]).toEqual([plain, true]);
      for (const other of others) expect([other, await events('--subject', other)]).toEqual([other, expected]);
    }
    const done = await events('--actor', 'carol');
    expect(done.length).toBeGreaterThan(0);
    for (const name of [user.ref, user.id, 'CAROL'])
      expect([name, await events('--actor', name)]).toEqual([name, done]);
    expect(await events('--subject', 'fnd_000000')).toEqual([]);
  });
});
