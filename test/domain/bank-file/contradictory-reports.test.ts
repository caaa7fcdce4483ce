import { expect, test } from 'vitest';
import { reportedResults, type ReportOfFile } from '../../../src/domain/bank-file/reported-results.ts';
import type { ReportedTransfer } from '../../../src/domain/bank-file/status-report.ts';
import { FIGURES, on, ofTransfers, ORDERS, outcomes, part, report, resultsOf, status, transfer } from './a-report.ts';

const said = (code: string, change: Partial<ReportedTransfer> = {}) => transfer({ status: status(code), ...change });
const at = (position: number, code: string) => said(code, { position, status: on(position, code) });
const amount = (minor: number, currency = 'KES') => ({ amount: { minor, currency } });

test('that it was settled and that it was rejected is contradictory, whatever the order, and names both lines', () => {
  for (const [one, other] of [
    ['ACSC', 'RJCT'],
    ['RJCT', 'ACSC'],
    ['ACCC', 'CANC'],
    ['CANC', 'ACCC'],
  ] as const)
    expect(resultsOf(ofTransfers(at(7, one), at(19, other))), `${one} ${other}`).toEqual([
      expect.objectContaining({
        ...{ key: 'A', outcome: 'contradictory', code: `${one} against ${other}`, reference: null },
        description: 'lines 7 and 19 say different things of it',
      }),
    ]);
});

test('the same with others between, in two instructions, or in two reports that came together', () => {
  const others = [said('ACSC', { key: 'B' }), at(8, 'ACSP')];
  const [first, second] = [at(7, 'RJCT'), at(19, 'ACSC')];
  const contradictory = { outcome: 'contradictory', description: 'lines 7 and 19 say different things of it' };
  expect(resultsOf(ofTransfers(at(6, 'ACSP'), first, said('ACSC', { key: 'B' }), second))[0]).toMatchObject(
    contradictory,
  );
  const parts = [part({ transfers: [first] }), part({ transfers: [second] })];
  expect(resultsOf(report({ parts }))[0]).toMatchObject(contradictory);
  expect(outcomes(ofTransfers(first), ofTransfers(...others.slice(0, 1), second))).toEqual([
    ['A', 'contradictory', 'RJCT against ACSC'],
    ['B', 'paid', 'ACSC'],
  ]);
});

test('by a whole file in one report and by its transfer in another', () => {
  const whole = (code: string) => report({ group: on(4, code) });
  expect(outcomes(whole('RJCT'), ofTransfers(at(30, 'ACSC')))).toEqual([
    ['A', 'contradictory', 'RJCT against ACSC'],
    ['B', 'failed', 'RJCT'],
  ]);
  expect(outcomes(ofTransfers(at(30, 'RJCT')), whole('ACSC'))[0]).toEqual(['A', 'contradictory', 'RJCT against ACSC']);
  expect(outcomes(whole('RJCT'), whole('ACSC')).map(([, outcome]) => outcome)).toEqual([
    'contradictory',
    'contradictory',
  ]);
});

test('by its instruction in two places, or by its instruction as a whole and by its transfer', () => {
  const whole = (position: number, code: string) => part({ status: on(position, code) });
  for (const [one, other] of [
    ['ACSC', 'RJCT'],
    ['RJCT', 'ACSC'],
  ] as const) {
    const twice = resultsOf(report({ parts: [whole(5, one), whole(9, other)] }));
    expect(twice.map(({ outcome, description }) => [outcome, description])).toEqual(
      ['A', 'B'].map(() => ['contradictory', 'lines 5 and 9 say different things of it']),
    );
    const apart = report({ parts: [part({ transfers: [at(7, one)] }), whole(20, other)] });
    expect(resultsOf(apart)[0]).toMatchObject({
      ...{ outcome: 'contradictory', description: 'lines 7 and 20 say different things of it' },
    });
  }
  expect(outcomes(report({ parts: [whole(5, 'RJCT'), whole(9, 'RJCT')] })).map(([, outcome]) => outcome)).toEqual([
    'failed',
    'failed',
  ]);
  // A transfer that is on its way stays so, and where a bank puts each status into an instruction of its own, that is of its transfers.
  const onItsWay = report({ parts: [part({ transfers: [at(7, 'ACSP')] }), whole(20, 'RJCT')] });
  expect(outcomes(onItsWay)[0]).toEqual(['A', 'in_progress', 'ACSP']);
  const sorted = [
    part({ status: on(3, 'RJCT'), transfers: [said('RJCT')] }),
    part({ status: on(9, 'ACSC'), transfers: [said('ACSC', { key: 'B' })] }),
  ];
  expect(outcomes(report({ parts: sorted }))).toEqual([
    ['A', 'failed', 'RJCT'],
    ['B', 'paid', 'ACSC'],
  ]);
});

test('both lines are named within one transfer too, and one line once', () => {
  const within = report({ group: on(5, 'RJCT'), parts: [part({ transfers: [at(21, 'ACSC')] })] });
  expect(resultsOf(within)[0]?.description).toBe('lines 5 and 21 say different things of it');
  expect(resultsOf(ofTransfers(at(3, 'ACSC'), at(3, 'RJCT')))[0]?.description).toBe(
    'line 3 says different things of it',
  );
});

test('the same again is said once, be it in one report or two', () => {
  for (const code of ['ACSC', 'RJCT', 'ACSP', 'XYZ']) {
    expect(outcomes(ofTransfers(said(code), said(code)))).toHaveLength(1);
    expect(outcomes(ofTransfers(said(code)), ofTransfers(said(code)))).toEqual(outcomes(ofTransfers(said(code))));
  }
  expect(outcomes(ofTransfers(said('ACSC'), said('ACCC')))).toEqual([['A', 'paid', 'ACSC']]);
});

test('on its way and then settled or rejected has ended; rejected and then on its way has not', () => {
  expect(outcomes(ofTransfers(said('ACSP'), said('RJCT')))).toEqual([['A', 'failed', 'RJCT']]);
  expect(outcomes(ofTransfers(said('RJCT'), said('ACSP')))).toEqual([['A', 'contradictory', 'RJCT against ACSP']]);
  expect(outcomes(ofTransfers(said('ACSC'), said('ACSP')))).toEqual([['A', 'paid', 'ACSC']]);
  expect(outcomes(report({ group: status('RJCT') }), ofTransfers(said('ACSP')))[0]?.[1]).toBe('contradictory');
  expect(outcomes(ofTransfers(said('RJCT')), report({ group: status('ACSP') }))).toEqual([
    ['A', 'failed', 'RJCT'],
    ['B', 'in_progress', 'ACSP'],
  ]);
});

test('settled, and by another word that nobody knows: contradictory of a transfer, nothing of a whole file', () => {
  expect(outcomes(ofTransfers(said('ACSC'), said('BLCK')))[0]?.[1]).toBe('contradictory');
  expect(outcomes(ofTransfers(said('BLCK'), said('RJCT')))[0]?.[1]).toBe('contradictory');
  expect(outcomes(report({ group: status('PART') }), ofTransfers(said('ACSC'))).toSorted()).toEqual([
    ['A', 'paid', 'ACSC'],
    ['B', 'unknown', 'PART'],
  ]);
});

test('with two amounts, currencies or accounts is contradictory; what is silent contradicts nothing', () => {
  const two = (one: Partial<ReportedTransfer>, other: Partial<ReportedTransfer>) =>
    resultsOf(ofTransfers(said('ACSC', one), said('ACSC', other)))[0];
  expect(two(amount(5), amount(6))?.outcome).toBe('contradictory');
  expect(two(amount(5), amount(5, 'USD'))?.outcome).toBe('contradictory');
  expect(two({ account: '1101234567' }, { account: '1101234568' })?.outcome).toBe('contradictory');
  expect(two({ account: '1101234567' }, { account: '1101-234 567' })?.outcome).toBe('paid');
  expect(two({}, amount(5))).toMatchObject({ outcome: 'paid', amountMinor: 5, currency: 'KES' });
  expect(two(amount(5), { account: '666' })).toMatchObject({ outcome: 'paid', amountMinor: 5, receiver: '666' });
});

test('what is said of it under the name of another file proves nothing, but can contradict', () => {
  const elsewhere = (code: string): ReportOfFile => ({
    file: FIGURES,
    report: report({ originalMessageId: 'M2', parts: [part({ id: 'M2', transfers: [at(40, code)] })] }),
    orders: [{ ...ORDERS[0]!, key: 'C', uetr: 'uetr-c' }],
  });
  const here = { report: ofTransfers(at(9, 'RJCT')), orders: ORDERS, file: FIGURES };
  const both = reportedResults([here, elsewhere('ACSC')]);
  expect(both.map(({ results, strays }) => [results.map(({ outcome }) => outcome), strays.length])).toEqual([
    [['contradictory'], 0],
    [[], 1],
  ]);
  expect(
    reportedResults([elsewhere('RJCT'), here]).map(({ results }) => results.map(({ outcome }) => outcome)),
  ).toEqual([[], ['failed']]);
  expect(reportedResults([elsewhere('ACSC')]).flatMap(({ results }) => results)).toEqual([]);
});

test('said a hundred thousand times takes no longer than said of as many', () => {
  const many = Array.from({ length: 100_000 }, (_, line) => at(line + 1, 'ACSC'));
  expect(outcomes(ofTransfers(...many))).toEqual([['A', 'paid', 'ACSC']]);
  expect(resultsOf(ofTransfers(...many, at(100_001, 'RJCT')))[0]?.description).toBe(
    'lines 1 and 100001 say different things of it',
  );
});
