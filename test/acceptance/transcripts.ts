import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runTranscript, type TranscriptOptions } from '../support/transcript.ts';
import { payByFile, waitingForFile } from './a-bank-file.ts';
import { paidThroughMpesa, statementFile } from './a-statement.ts';
import type { Dialect } from '../../src/store/transaction.ts';
import { aDemoOffice, notThe, type DemoOffice } from './demo-office.ts';

const DIRECTORY = join(import.meta.dirname, 'transcripts');

/** What each transcript is about, made before it begins. */
const BEFORE: Readonly<Record<string, (office: DemoOffice) => Promise<Record<string, string>>>> = {
  codes: async (office) => ({ PAY: await office.payment(), OTHER: await office.payment() }),
  balance: async (office) => ({
    MORE: await office.payment({ amount: '50,000.01' }),
    ALL: await office.payment({ amount: '50,000.00' }),
    CENT: await office.payment({ amount: '0.01' }),
  }),
  limits: async (office) => ({
    OVER: await office.payment({ amount: '1,000.01' }),
    LIMIT: await office.payment({ amount: '1,000.00' }),
    HALF: await office.payment({ amount: '500.00' }),
    CENT: await office.payment({ amount: '0.01' }),
    HERS: await office.payment({ amount: '1,600.00', by: 'grace' }),
  }),
  outcomes: async (office) => ({
    FIRST: await office.payment({ method: 'mpesa' }),
    SECOND: await office.payment({ method: 'mpesa' }),
    ONCE: await office.payment({ method: 'mpesa', maxRetries: '1' }),
  }),
  changes: async (office) => ({ PAY: await office.ready(), SECOND: await office.ready({ method: 'mpesa' }) }),
  policy: async (office) => {
    const { number } = await office.requisition({ amount: '901.00' });
    const order = ['payment', 'create', '--requisition', number, '--fund', 'PETTY'];
    const cash = await office.data<{ ref: string }>('carol', order);
    const [first, bank] = [await office.ready(), await office.ready({ method: 'bank' })];
    return { FIRST: first, BANK: bank, CASH: cash.ref, CASHREQ: number };
  },
  schedules: async (office) => ({
    PAY: await office.payment({ method: 'mpesa' }),
    CASH: await office.ready(),
    SOLD: await office.ready({ method: 'mpesa' }),
    HAND: await office.ready({ method: 'mpesa' }),
  }),
  layouts: async (office) => {
    await payByFile(office);
    return {
      HOME: office.home,
      ONE: await waitingForFile(office, '1000'),
      TWO: await waitingForFile(office, '250.50'),
    };
  },
  status: async (office) => ({
    PAY: await office.ready(),
    OPEN: await office.ready({ method: 'mpesa' }),
    NEXT: await office.payment({ amount: '2,500.00' }),
  }),
  variance: async (office) => {
    const paid = async (person: 'carol' | 'esther', wish: Parameters<DemoOffice['ready']>[0] = {}) => {
      const ref = await office.ready(wish, person);
      await office.data(person, ['payment', 'execute', ref, '--yes']);
      return ref;
    };
    return { PAY: await paid('carol'), HERS: await paid('esther'), WAITING: await office.payment() };
  },
  fees: async (office) => {
    const own = await office.ready({ method: 'mpesa', amount: '600' }, 'david');
    const pay = await paidThroughMpesa(office, 'SKF1FEES11', '500');
    await office.data('david', ['payment', 'execute', own, '--gateway-reference', 'SKF2FEES22', '--yes']);
    statementFile(office, 'fees.csv', 250_000, [
      { receipt: 'SKF1FEES11', amount: -500 },
      { receipt: 'SKF1FEES11', amount: -7, reason: 'Business Payment Charge' },
      { receipt: 'SKF2FEES22', amount: -613 },
    ]);
    return { PAY: pay, OWN: own };
  },
  replenishment: async (office) => ({
    EXACT: await office.payment({ amount: '30,000.00' }),
    CENT: await office.payment({ amount: '0.01' }),
  }),
};

/** The transcript with everything that it needs. */
async function optionsFor(name: string, office: DemoOffice): Promise<TranscriptOptions> {
  const made = await BEFORE[name]?.(office);
  const variables = {
    ...made,
    CODE: () => office.newestCode(),
    WRONG: () => notThe(office.newestCode()),
    CHANGE: () => office.newestChange(),
    OLD: () => office.codes().at(-2) ?? '',
  };
  return { home: office.home, env: { ...office.environment(null), COLUMNS: '150' }, variables };
}

/** Plays every transcript in an office of its own, on one kind of database: two files of tests take half as long as one. */
export function testTranscripts(dialect: Dialect): void {
  test.each(readdirSync(DIRECTORY).filter((file) => file.endsWith('.txt')))(`%s on ${dialect}`, async (file) => {
    const office = await aDemoOffice(dialect);
    try {
      await runTranscript(join(DIRECTORY, file), await optionsFor(file.replace('.txt', ''), office));
      for (const proof of ['ledger', 'audit']) expect((await office.as('faith', [proof, 'verify'])).exitCode).toBe(0);
    } finally {
      await office.close();
    }
  });
}
