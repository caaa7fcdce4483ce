import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { aLiveOffice, type LiveOffice } from './live-office.ts';

const PAYMENTS = 100;
const MONEY_FOR = 60;
const AT_ONCE = 40;

describe.each(['sqlite', 'postgres'] as const)('40 processes and 100 payments on %s', (dialect) => {
  let office: LiveOffice;
  beforeAll(async () => {
    office = await aLiveOffice(dialect, { payments: PAYMENTS, moneyFor: MONEY_FOR });
  });
  afterAll(() => office.close());

  test('exactly as many are paid as there is money for, and never is the balance below zero', async () => {
    const lowest = watchBalance(office);
    const exits = await executeAll(office);
    expect(await lowest.stop()).toBeGreaterThanOrEqual(0);
    expect(exits.filter((exit) => exit.code === 0)).toHaveLength(MONEY_FOR);
    const refused = exits.filter((exit) => exit.code !== 0);
    expect(refused.map((exit) => `${exit.code} ${exit.failing}`)).toEqual(refused.map(() => '6 INSUFFICIENT_FUNDS'));
    const { balance, vouchers } = await books(office);
    expect(balance).toBe(0);
    expect(vouchers).toEqual(Array.from({ length: MONEY_FOR }, (_, at) => at + 1));
    for (const proof of [
      ['ledger', 'verify'],
      ['audit', 'verify'],
    ]) {
      const ran = await office.as('faith', proof);
      expect(`${ran.exitCode} ${ran.stdout}${ran.stderr}`).toMatch(/^0 /);
    }
  });
});

interface Exit {
  readonly code: number;
  readonly failing: string;
}

/** Forty workers, each a process after another, until every payment was tried once. */
async function executeAll(office: LiveOffice): Promise<Exit[]> {
  const waiting = [...office.payments];
  const exits: Exit[] = [];
  const worker = async () => {
    for (let ref = waiting.pop(); ref !== undefined; ref = waiting.pop()) {
      const ran = await office.as('carol', ['payment', 'execute', ref, '--yes', '--json']);
      const { error } = ran.json<{
        error?: { checks: { ok: boolean | null; code: string }[]; code: string; message: string };
      }>();
      const failing = error?.checks.filter((check) => check.ok === false).map((check) => check.code) ?? [];
      exits.push({
        code: ran.exitCode,
        failing: failing.join(' ') || (error === undefined ? '' : `${error.code} ${error.message}`),
      });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return exits;
}

/** Reads the balance all the time and remembers the lowest. */
function watchBalance(office: LiveOffice) {
  let lowest = Number.POSITIVE_INFINITY;
  let on = true;
  const reading = (async () => {
    while (on) {
      const { balance } = await books(office);
      lowest = Math.min(lowest, balance);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return lowest;
  })();
  return {
    stop: () => {
      on = false;
      return reading;
    },
  };
}

const books = (office: LiveOffice): Promise<{ balance: number; vouchers: number[] }> =>
  office.store.read(async (tx) => {
    const [fund] = await tx.db.select().from(tx.t.funds).where(eq(tx.t.funds.id, office.fundId));
    const executions = await tx.db
      .select({ voucher: tx.t.paymentExecutions.voucherNumber })
      .from(tx.t.paymentExecutions);
    return {
      balance: fund?.balanceMinor ?? Number.NaN,
      vouchers: executions.map((row) => Number(row.voucher.split('-').at(-1))).toSorted((a, b) => a - b),
    };
  });
