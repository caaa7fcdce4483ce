import { expect, test } from 'vitest';
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

test('without a reference there is none to compare', () => {
  const checks = paymentByHandChecks({
    ...{ payment: { ref: 'pay_1', status: 'success' }, fundCode: 'NBI', person: DAVID, reference: null },
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
