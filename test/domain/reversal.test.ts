import { describe, expect, test } from 'vitest';
import { reversalChecks, reversalRefusalKind, type ReversalFacts } from '../../src/domain/reversal.ts';

/** David reverses a payment that was made; nothing is wrong. */
const facts = (change: Partial<ReversalFacts> = {}, person: Partial<ReversalFacts['person']> = {}): ReversalFacts => ({
  payment: { ref: 'pay_1', status: 'success' },
  fund: { code: 'PETTY', state: 'open' },
  person: { username: 'david', isRequester: false, isExecutor: false, mayHere: true, ...person },
  others: ['esther'],
  reference: null,
  ...change,
});

const failing = (given: ReversalFacts) => reversalChecks(given).flatMap(({ ok, code }) => (ok === false ? [code] : []));

describe('a reversal', () => {
  test('takes back what was paid, reconciled or not, also to a frozen fund', () => {
    expect(failing(facts())).toEqual([]);
    expect(failing(facts({ payment: { ref: 'pay_1', status: 'reconciled' } }))).toEqual([]);
    expect(failing(facts({ fund: { code: 'PETTY', state: 'frozen' } }))).toEqual([]);
    expect(failing(facts({ reference: { text: 'RVX1', usedFor: null } }))).toEqual([]);
  });

  test.each(['pending', 'executing', 'failed', 'cancelled'])('never of what is %s', (status) => {
    expect(failing(facts({ payment: { ref: 'pay_1', status } }))).toEqual(['PAYMENT_NOT_PAID']);
  });

  test('never twice', () => {
    expect(failing(facts({ payment: { ref: 'pay_1', status: 'reversed' } }))).toEqual(['PAYMENT_ALREADY_REVERSED']);
  });

  test('neither by its requester nor by its executor, nor without the role there', () => {
    expect(failing(facts({}, { isRequester: true }))).toEqual(['REVERSER_IS_REQUESTER']);
    expect(failing(facts({}, { isExecutor: true }))).toEqual(['REVERSER_IS_EXECUTOR']);
    expect(failing(facts({}, { mayHere: false }))).toEqual(['ROLE_MISSING']);
  });

  test('not into a closed fund, and not with a reference that was used', () => {
    expect(failing(facts({ fund: { code: 'PETTY', state: 'closed' } }))).toEqual(['FUND_CLOSED']);
    expect(failing(facts({ reference: { text: 'RVX1', usedFor: 'pay_2' } }))).toEqual(['REFERENCE_USED']);
  });

  test('people come before the state of things', () => {
    const reversed = { payment: { ref: 'pay_1', status: 'reversed' } };
    expect(reversalRefusalKind(reversalChecks(facts(reversed)))).toBe('refused');
    expect(reversalRefusalKind(reversalChecks(facts(reversed, { isExecutor: true })))).toBe('forbidden');
    expect(reversalRefusalKind(reversalChecks(facts(reversed, { mayHere: false })))).toBe('forbidden');
  });
});
