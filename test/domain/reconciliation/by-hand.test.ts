import { describe, expect, test } from 'vitest';
import {
  byHandRefusalKind,
  pairChecks,
  paymentByHandChecks,
  undoChecks,
  type PairByHand,
  type Reconciler,
} from '../../../src/domain/reconciliation/by-hand.ts';
import type { Check } from '../../../src/domain/problem.ts';

const DAVID: Reconciler = {
  username: 'david',
  isRequester: false,
  isExecutor: false,
  mayHere: true,
  others: ['esther'],
};
const codes = (checks: readonly Check[]) => checks.filter(({ ok }) => ok === false).map(({ code }) => code);

const pair = (
  change: { line?: Partial<PairByHand['line']>; entry?: Partial<PairByHand['entry']> } = {},
  person = DAVID,
) =>
  pairChecks({
    currency: 'KES',
    line: { ref: 'stl_1', amountMinor: -100, fundCode: 'NBI', matchedBy: null, droppedBy: null, ...change.line },
    entry: {
      ...{ ref: 'led_1', deltaMinor: -100, fundCode: 'NBI', matchedBy: null, onStatements: true, payment: 'pay_1' },
      ...change.entry,
    },
    person,
  });

test('a paid payment is reconciled by hand by whoever neither requested nor executed it', () => {
  const judged = (status: string, person = DAVID, executed = 'SKA1') =>
    codes(
      paymentByHandChecks({
        payment: { ref: 'pay_1', status },
        fundCode: 'NBI',
        person,
        reference: { given: 'SKA1', executed },
        differing: null,
      }),
    );
  expect(judged('success')).toEqual([]);
  expect(judged('reconciled')).toEqual(['PAYMENT_RECONCILED']);
  expect(judged('pending')).toEqual(['PAYMENT_NOT_PAID']);
  expect(judged('success', { ...DAVID, isExecutor: true })).toEqual(['RECONCILER_IS_EXECUTOR']);
  expect(judged('success', { ...DAVID, isRequester: true, mayHere: false })).toEqual([
    'RECONCILER_IS_REQUESTER',
    'ROLE_MISSING',
  ]);
  expect(judged('success', DAVID, 'SKA2')).toEqual(['REFERENCE_DIFFERS']);
});

test('a payment that is matched with another amount waits for its CFO', () => {
  const checks = paymentByHandChecks({
    ...{ payment: { ref: 'pay_1', status: 'success' }, fundCode: 'NBI', person: DAVID, reference: null },
    differing: 'var_1',
  });
  expect(codes(checks)).toEqual(['VARIANCE_PENDING']);
});

test('without a reference there is none to compare', () => {
  const checks = paymentByHandChecks({
    ...{
      payment: { ref: 'pay_1', status: 'success' },
      fundCode: 'NBI',
      person: DAVID,
      reference: null,
      differing: null,
    },
  });
  expect(checks.map(({ id }) => id)).toEqual(['status', 'segregation', 'role']);
});

test('a line and an entry are tied when both are open, of one fund and of one amount', () => {
  expect(codes(pair())).toEqual([]);
  expect(codes(pair({ line: { matchedBy: 'mat_1' } }))).toEqual(['LINE_MATCHED']);
  expect(codes(pair({ line: { droppedBy: 'sta_2' } }))).toEqual(['LINE_DROPPED']);
  expect(codes(pair({ entry: { matchedBy: 'mat_1' } }))).toEqual(['ENTRY_MATCHED']);
  expect(codes(pair({ entry: { onStatements: false } }))).toEqual(['ENTRY_NOT_ON_STATEMENTS']);
  expect(codes(pair({ entry: { fundCode: 'MSA' } }))).toEqual(['FUNDS_DIFFER']);
  expect(codes(pair({}, { ...DAVID, isExecutor: true }))).toEqual(['RECONCILER_IS_EXECUTOR']);
});

test('one cent more is a variance of the payment, or a look at the entry', () => {
  const fixOf = (payment: string | null) =>
    pair({ line: { amountMinor: -101 }, entry: { payment } }).find(({ code }) => code === 'AMOUNTS_DIFFER')?.fix
      ?.command;
  expect(fixOf('pay_1')).toBe('treasury variance record pay_1 --adjusted 1.01 --reason REASON');
  expect(fixOf(null)).toBe('treasury ledger show led_1');
});

test('a live match is undone by whoever might have made it', () => {
  const judged = (
    undoneAt: Date | null,
    payment: string | null,
    person = DAVID,
    pendingVariance: string | null = null,
  ) => codes(undoChecks({ match: { ref: 'mat_1', undoneAt }, payment, pendingVariance, fundCode: 'NBI', person }));
  expect(judged(null, 'pay_1')).toEqual([]);
  expect(judged(new Date(0), null)).toEqual(['MATCH_UNDONE']);
  expect(judged(null, null, { ...DAVID, isExecutor: true })).toEqual(['RECONCILER_IS_EXECUTOR']);
  expect(judged(null, 'pay_1', DAVID, 'var_1')).toEqual(['VARIANCE_PENDING']);
});

test('people come before the state of things', () => {
  expect(byHandRefusalKind(pair({ line: { matchedBy: 'mat_1' } }))).toBe('refused');
  expect(byHandRefusalKind(pair({ line: { matchedBy: 'mat_1' } }, { ...DAVID, mayHere: false }))).toBe('forbidden');
  expect(byHandRefusalKind(pair({}, { ...DAVID, isRequester: true }))).toBe('forbidden');
});

describe('each check says what it saw, and what to type instead', () => {
  const said = (checks: readonly Check[]) =>
    checks.map(({ id, message, fix }) =>
      [id, message, ...(fix === null ? [] : [fix.command ?? fix.who.join(' ')])].join(' | '),
    );

  test('of a line and an entry that fit', () => {
    expect(said(pair())).toEqual([
      'line | Nothing explains stl_1 yet.',
      'entry | Nothing explains led_1 yet.',
      'kind | led_1 is what statements tell of.',
      'fund | Both are of fund NBI.',
      'amount | Both are KES -1.00.',
      'segregation | david neither requested nor executed it.',
      'role | david may reconcile fund NBI.',
    ]);
  });

  test('of a line and an entry that do not', () => {
    const person = { ...DAVID, isExecutor: true, mayHere: false };
    const wrong = { fundCode: 'MSA', matchedBy: 'mat_2', onStatements: false, deltaMinor: 100, payment: null };
    expect(said(pair({ line: { matchedBy: 'mat_1' }, entry: wrong }, person))).toEqual([
      'line | stl_1 is matched already, by mat_1. | treasury reconcile undo mat_1',
      'entry | led_1 is matched already, by mat_2. | treasury reconcile undo mat_2',
      'kind | led_1 is an opening or a correction of the book; no statement tells of it. | ',
      'fund | stl_1 is of fund NBI, led_1 of fund MSA. | ',
      'amount | stl_1 is KES -1.00, led_1 is KES 1.00. | treasury ledger show led_1',
      'segregation | david executed led_1 and may not reconcile it. | esther',
      'role | david is no treasurer or cfo of fund MSA. | esther',
    ]);
    expect(said(pair({ line: { droppedBy: 'sta_2' } }))[0]).toBe(
      'line | stl_1 is of a statement in whose place sta_2 came, which does not have it. | treasury statement show sta_2',
    );
    expect(said(pair({}, { ...DAVID, isRequester: true }))[5]).toBe(
      'segregation | david requested pay_1 and may not reconcile it. | esther',
    );
  });

  test('of a payment', () => {
    const judged = (status: string, executed: string) =>
      said(
        paymentByHandChecks({
          ...{ payment: { ref: 'pay_1', status }, fundCode: 'NBI', person: DAVID },
          reference: { given: 'SKA1', executed },
          differing: null,
        }),
      );
    const well = ['segregation | david neither requested nor executed it.', 'role | david may reconcile fund NBI.'];
    expect(judged('success', 'SKA1')).toEqual([
      'status | pay_1 was paid.',
      ...well,
      'reference | pay_1 was paid under SKA1.',
    ]);
    expect(judged('reconciled', 'SKA2')).toEqual([
      'status | pay_1 is reconciled already. | treasury payment show pay_1',
      ...well,
      'reference | pay_1 was paid under SKA2, not under SKA1. | treasury payment show pay_1',
    ]);
    expect(judged('pending', 'SKA1')[0]).toBe(
      'status | pay_1 is pending; only what was paid can be reconciled. | treasury payment show pay_1',
    );
    for (const status of ['success', 'reconciled', 'pending'])
      expect(
        paymentByHandChecks({
          payment: { ref: 'pay_1', status },
          fundCode: 'NBI',
          person: DAVID,
          reference: null,
          differing: null,
        })[0]?.facts,
      ).toEqual({ status });
  });

  test('of a match', () => {
    const judged = (undoneAt: Date | null, pendingVariance: string | null, person = DAVID) =>
      said(undoChecks({ match: { ref: 'mat_1', undoneAt }, payment: null, pendingVariance, fundCode: 'NBI', person }));
    expect(judged(null, null).slice(0, 2)).toEqual(['match | mat_1 is live.', 'variance | No variance waits on it.']);
    expect(judged(new Date(0), 'var_1', { ...DAVID, isRequester: true })).toEqual([
      'match | mat_1 was undone already. | treasury reconcile unmatched',
      'variance | var_1 was recorded with mat_1 and waits for a CFO; rejecting it undoes the match. | treasury variance reject var_1 --reason REASON',
      'segregation | david requested mat_1 and may not reconcile it. | esther',
      'role | david may reconcile fund NBI.',
    ]);
    expect(
      said(
        undoChecks({
          ...{ match: { ref: 'mat_1', undoneAt: null }, pendingVariance: null, fundCode: 'NBI', payment: 'pay_1' },
          person: { ...DAVID, isExecutor: true },
        }),
      )[2],
    ).toBe('segregation | david executed pay_1 and may not reconcile it. | esther');
  });
});
