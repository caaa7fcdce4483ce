import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { ImportedReport } from '../../src/operations/import-status-report.ts';
import { confirmChange } from '../../src/operations/decide-change.ts';
import { resolvePaymentOutcome } from '../../src/operations/resolve-payment.ts';
import { settleMessages } from '../../src/operations/settle-messages.ts';
import { isProposed } from '../../src/operations/two-people.ts';
import { oddMessages } from '../../src/store/gateway-messages.ts';
import type { Row } from '../../src/store/tables.ts';
import {
  exportFile,
  figuresSaid,
  importOutcomes,
  importReport,
  payByBankFile,
  statusReport,
  transferSaid,
} from '../support/a-bank.ts';
import { layoutAdded } from '../support/a-layout.ts';
import { aPayingOffice, bookFaults, type PayingOffice } from '../support/an-office.ts';
import { eachDatabase } from '../support/databases.ts';

const OUTCOMES = {
  ...{ separator: ',', key: 'Ref', status: 'Status', message_id: 'Batch' },
  ...{ paid: ['Paid'], rejected: ['Failed'] },
};

eachDatabase((open) => {
  let office: PayingOffice;

  beforeAll(async () => {
    office = await aPayingOffice(open);
    await payByBankFile(office);
    await layoutAdded(office, 'bank', { outcomes: OUTCOMES });
  });
  afterEach(async () => {
    expect(await bookFaults(office.store)).toEqual([]);
  });

  /** So many payments of KES 1,000.00 in a file at the bank. */
  const sent = async (count: number) => {
    const fund = await office.fund({ opening: '1,000,000.00' });
    const all: { payment: Row<'payments'>; key: string }[] = [];
    for (let at = 0; at < count; at += 1) {
      const payment = await office.payment(fund, { method: 'bank', amount: '1,000.00' });
      const executed = await office.execute(payment);
      if (executed.state !== 'executing') throw new Error('it was paid at once');
      all.push({ payment, key: executed.attempt.idempotencyKey });
    }
    const { file } = await exportFile(office, fund);
    const reservedNow = async () => (await office.fundNow(fund)).reservedMinor;
    return { file, all, reservedNow, reserved: await reservedNow() };
  };
  const statesOf = async (all: readonly { payment: Row<'payments'> }[]) => {
    const states: string[] = [];
    for (const { payment } of all) {
      const { payment: row, attempts, entries } = await office.state(payment);
      const debits = entries.filter((entry) => entry.paymentId === row.id && entry.kind === 'payment').length;
      states.push(`${row.status} ${attempts.at(-1)?.state} ${debits}`);
    }
    return states;
  };
  const toldOf = (reports: readonly ImportedReport[]) =>
    reports.flatMap(({ results }) => results.map(({ applied }) => [applied.outcome, applied.detail]));
  const IN_FLIGHT = 'executing sent 0';
  const said = (key: string, status: string) => `\n${transferSaid(key, status)}`;
  const csvOf = (rows: readonly (readonly string[])[]) =>
    `Batch,Ref,Status\n${rows.map((row) => row.join(',')).join('\n')}\n`;

  describe.each([
    ['ACSC', 'RJCT', 'Paid', 'Failed'],
    ['RJCT', 'ACSC', 'Failed', 'Paid'],
  ])('a payment that is first %s and then %s', (one, other, word, otherWord) => {
    test('within one report stays in flight, told with both lines; the others are settled', async () => {
      const { file, all, reserved, reservedNow } = await sent(2);
      const [odd, even] = all;
      const transfers = said(odd!.key, one) + said(even!.key, 'ACSC') + said(odd!.key, other);
      const xml = statusReport(file.messageId, { group: 'PART', transfers });
      expect(toldOf(await importReport(office, xml))).toEqual([
        ['contradicts', `${one} against ${other}: lines 2 and 4 say different things of it`],
        ['applied', expect.stringMatching(/^posted as /) as string],
      ]);
      expect(await statesOf(all)).toEqual([IN_FLIGHT, 'success paid 1']);
      expect(await reservedNow()).toBe(reserved / 2);
    });

    test('in two reports that came in one file', async () => {
      const { file, all, reserved, reservedNow } = await sent(1);
      const report = (id: string, status: string) =>
        statusReport(file.messageId, { id, transfers: said(all[0]!.key, status) });
      const xml = `<x>${report('R1', one)}${report('R2', other)}</x>`;
      expect(toldOf(await importReport(office, xml))).toEqual([
        ['contradicts', `${one} against ${other}: lines 2 and 3 say different things of it`],
      ]);
      expect([await statesOf(all), await reservedNow()]).toEqual([[IN_FLIGHT], reserved]);
    });

    test('by its whole file, and by its transfer', async () => {
      const { file, all, reserved, reservedNow } = await sent(1);
      const whole = statusReport(file.messageId, { id: 'R1', group: one });
      const single = statusReport(file.messageId, { id: 'R2', transfers: said(all[0]!.key, other) });
      expect(toldOf(await importReport(office, `<x>${whole}${single}</x>`))).toEqual([
        ['contradicts', `${one} against ${other}: lines 1 and 2 say different things of it`],
      ]);
      const within = statusReport(file.messageId, { id: 'R3', group: one, transfers: said(all[0]!.key, other) });
      expect(toldOf(await importReport(office, within))[0]?.[1]).toMatch(
        new RegExp(`^${other} within ${one}: lines 1 and 2 say different things of it`),
      );
      expect([await statesOf(all), await reservedNow()]).toEqual([[IN_FLIGHT], reserved]);
    });

    test('by its instruction in two places', async () => {
      const { file, all, reserved, reservedNow } = await sent(2);
      const part = (status: string) =>
        `<OrgnlPmtInfAndSts><OrgnlPmtInfId>${file.messageId}</OrgnlPmtInfId>\n<PmtInfSts>${status}</PmtInfSts></OrgnlPmtInfAndSts>`;
      const xml = statusReport(file.messageId).replace(
        '</CstmrPmtStsRpt>',
        `${part(one)}${part(other)}</CstmrPmtStsRpt>`,
      );
      const told = ['contradicts', `${one} against ${other}: lines 2 and 3 say different things of it`];
      expect(toldOf(await importReport(office, xml))).toEqual([told, told]);
      expect([await statesOf(all), await reservedNow()]).toEqual([[IN_FLIGHT, IN_FLIGHT], reserved]);
    });

    test('on two rows of CSV, with the name of its file or of another', async () => {
      const { file, all, reserved, reservedNow } = await sent(2);
      const [odd, other] = all;
      const elsewhere = await sent(1);
      const rows = (batch: string) => [
        ['', odd!.key, word],
        ['', other!.key, 'Failed'],
        [batch, odd!.key, otherWord],
      ];
      const told = ['contradicts', `${word} against ${otherWord}: lines 2 and 4 say different things of it`];
      for (const batch of ['', file.messageId, elsewhere.file.messageId]) {
        const reports = await importOutcomes(office, { layout: 'bank', csv: csvOf(rows(batch)) });
        expect(toldOf(reports)[0], batch).toEqual(told);
      }
      expect(await statesOf(all)).toEqual([IN_FLIGHT, 'failed failed 0']);
      expect(await reservedNow()).toBe(reserved / 2);
    });
  });

  test.each(['ACSC', 'ACCP', 'RJCT'])('a whole file (%s) of other figures than ours changes nothing', async (group) => {
    const { file, all, reserved, reservedNow } = await sent(2);
    const whole = (id: string, count: number, sum: string) =>
      importReport(office, statusReport(file.messageId, { id, group, figures: figuresSaid(count, sum) }));
    const ours = 'the file has 2 payments of KES 2,000.00 in all';
    for (const [count, sum] of [
      [3, '2000.00'],
      [2, '2000.01'],
    ] as const) {
      const told = ['contradicts', `${group}: said of ${count} payments and of ${sum} in all; ${ours}`];
      expect(toldOf(await whole(`${count} ${sum}`, count, sum))).toEqual([told, told]);
    }
    expect([await statesOf(all), await reservedNow()]).toEqual([[IN_FLIGHT, IN_FLIGHT], reserved]);
    const next = await sent(2);
    await importReport(office, statusReport(next.file.messageId, { group, figures: figuresSaid(2, '2000') }));
    const after = { ACSC: 'success paid 1', ACCP: IN_FLIGHT, RJCT: 'failed failed 0' }[group] ?? '';
    expect(await statesOf(next.all)).toEqual([after, after]);
  });

  describe('once it was contradicted', () => {
    const amount = '<OrgnlTxRef><Amt><InstdAmt Ccy="KES">1.00</InstdAmt></Amt></OrgnlTxRef>';
    const disputed = async (contradiction: (key: string) => string) => {
      const made = await sent(1);
      const { key, payment } = made.all[0]!;
      const { messageId } = made.file;
      const told = toldOf(await importReport(office, statusReport(messageId, { transfers: contradiction(key) })));
      expect(told.map(([outcome]) => outcome)).toEqual(['contradicts']);
      const later = (status: string, id: string) =>
        importReport(office, statusReport(messageId, { id, transfers: said(key, status) }));
      return { ...made, payment, later };
    };
    const CONTRADICTIONS = [
      ['rejected and settled', (key: string) => said(key, 'RJCT') + said(key, 'ACSC')],
      ['settled with another amount', (key: string) => `\n${transferSaid(key, 'ACSC', amount)}`],
      ['rejected with another amount', (key: string) => `\n${transferSaid(key, 'RJCT', amount)}`],
    ] as const;

    test.each(CONTRADICTIONS)('(%s) one person’s clear rejection releases nothing, again and again', async (_, odd) => {
      const { all, later, reserved, reservedNow } = await disputed(odd);
      for (const id of ['R2', 'R3']) {
        const [[outcome, detail] = []] = toldOf(await later('RJCT', id));
        expect(outcome).toBe('contradicts');
        expect(detail).toMatch(
          /^said to have failed \(RJCT: .*\), which msg_\w+ contradicts: two people say so with payment resolve --not-paid$/,
        );
      }
      expect([await statesOf(all), await reservedNow()]).toEqual([[IN_FLIGHT], reserved]);
    });

    test('a clear report that it was settled settles it, also after a rejection that was held back', async () => {
      const { all, later } = await disputed(CONTRADICTIONS[0][1]);
      await later('RJCT', 'R2');
      await later('ACSC', 'R3');
      expect(await statesOf(all)).toEqual(['success paid 1']);
    });

    test('two people release it: by --not-paid, or by putting the contradiction away before the rejection comes', async () => {
      const { store, people, dayAt } = office;
      const one = await disputed(CONTRADICTIONS[0][1]);
      await one.later('RJCT', 'R2');
      const outcome = { kind: 'not_paid', reason: 'the bank confirmed in writing' } as const;
      const said = await resolvePaymentOutcome(store, people.david, { paymentId: one.payment.id, outcome, dayAt });
      if (said.state !== 'proposed') throw new Error('one person released it');
      expect(await statesOf(one.all)).toEqual([IN_FLIGHT]);
      await confirmChange(store, people.esther, { change: said.proposed.change.ref, reason: null });
      expect(await statesOf(one.all)).toEqual(['failed failed 0']);

      const two = await disputed(CONTRADICTIONS[0][1]);
      const refs = (await store.read((tx) => oddMessages(tx, 1000)))
        .filter(({ detail }) => detail?.startsWith('RJCT against ACSC') === true)
        .map(({ ref }) => ref);
      const put = await settleMessages(store, people.david, { refs, reason: 'the bank was asked' });
      if (!isProposed(put)) throw new Error('one person put it away');
      await confirmChange(store, people.esther, { change: put.proposed.change.ref, reason: null });
      await two.later('RJCT', 'R2');
      expect(await statesOf(two.all)).toEqual(['failed failed 0']);
    });
  });

  test('the very same thing again is no contradiction, and settles once', async () => {
    const { file, all, reservedNow } = await sent(2);
    const [paid, failed] = all;
    const twice = said(paid!.key, 'ACSC') + said(failed!.key, 'RJCT');
    const xml = statusReport(file.messageId, { transfers: twice + twice });
    expect(toldOf(await importReport(office, `<x>${xml}${xml}</x>`))).toEqual([
      ['applied', expect.stringMatching(/^posted as /) as string],
      ['applied', expect.stringMatching(/^failed: /) as string],
    ]);
    expect(await statesOf(all)).toEqual(['success paid 1', 'failed failed 0']);
    expect(await reservedNow()).toBe(0);
  });

  test('a contradictory file that comes again says so again; one that is clear settles it', async () => {
    const { file, all } = await sent(1);
    const [order] = all;
    const both = statusReport(file.messageId, { transfers: said(order!.key, 'RJCT') + said(order!.key, 'ACSC') });
    await importReport(office, both);
    const [again] = await importReport(office, both);
    expect([again?.known, toldOf([again!]).map(([outcome]) => outcome)]).toEqual([true, ['contradicts']]);
    expect(await statesOf(all)).toEqual([IN_FLIGHT]);
    await importReport(office, statusReport(file.messageId, { id: 'R2', transfers: said(order!.key, 'ACSC') }));
    expect(await statesOf(all)).toEqual(['success paid 1']);
  });

  test('what somebody settled by the bank’s own reference is not paid a second time by the bank’s report on it', async () => {
    const { file, all } = await sent(1);
    const { store, people, dayAt } = office;
    const outcome = { kind: 'paid', reference: 'FT26332A1B2C' } as const;
    await resolvePaymentOutcome(store, people.david, { paymentId: all[0]!.payment.id, outcome, dayAt });
    const told = toldOf(await importReport(office, statusReport(file.messageId, { group: 'ACSC' })));
    expect(told).toEqual([['repeated', 'paid already, under the reference FT26332A1B2C']]);
    const wrong = said(all[0]!.key, 'ACSC').replace(
      '</TxInfAndSts>',
      '<OrgnlTxRef><Amt><InstdAmt Ccy="KES">1.00</InstdAmt></Amt></OrgnlTxRef></TxInfAndSts>',
    );
    const other = await importReport(office, statusReport(file.messageId, { id: 'R2', transfers: wrong }));
    expect(toldOf(other).map(([came]) => came)).toEqual(['contradicts']);
    expect(await statesOf(all)).toEqual(['success paid 1']);
  });

  test('whoever executed a payment may import that it contradicts itself: it releases nothing', async () => {
    const { file, all } = await sent(1);
    const transfers = said(all[0]!.key, 'RJCT') + said(all[0]!.key, 'ACSC');
    const reports = await importReport(office, statusReport(file.messageId, { transfers }), {
      actor: office.people.carol,
    });
    expect(toldOf(reports).map(([outcome]) => outcome)).toEqual(['contradicts']);
    expect(await statesOf(all)).toEqual([IN_FLIGHT]);
  });
});
