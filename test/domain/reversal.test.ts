import { describe, expect, test } from 'vitest';
import { reversalChecks, reversalRefusalKind, type ReversalFacts } from '../../src/domain/reversal.ts';

/** A payment of KES 1,000.00. */
const paid = (status: string, adjustedMinor = 100_000) => ({
  ...{ ref: 'pay_1', status, amountMinor: 100_000, adjustedMinor, currency: 'KES' },
});

/** David reverses a payment that was made; nothing is wrong. */
const facts = (change: Partial<ReversalFacts> = {}, person: Partial<ReversalFacts['person']> = {}): ReversalFacts => ({
  payment: paid('success'),
  pendingVariance: null,
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
    expect(failing(facts({ payment: paid('reconciled') }))).toEqual([]);
    expect(failing(facts({ fund: { code: 'PETTY', state: 'frozen' } }))).toEqual([]);
    expect(failing(facts({ reference: { text: 'RVX1', usedFor: null } }))).toEqual([]);
  });

  test.each(['pending', 'executing', 'failed', 'cancelled'])('never of what is %s', (status) => {
    expect(failing(facts({ payment: paid(status) }))).toEqual(['PAYMENT_NOT_PAID']);
  });

  test('never twice', () => {
    expect(failing(facts({ payment: paid('reversed') }))).toEqual(['PAYMENT_ALREADY_REVERSED']);
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

  test('only of the whole amount: neither adjusted, by a cent, nor with a difference that waits', () => {
    for (const adjusted of [99_999, 100_001])
      expect(failing(facts({ payment: paid('success', adjusted) }))).toEqual(['PAYMENT_ADJUSTED']);
    expect(failing(facts({ pendingVariance: 'var_1' }))).toEqual(['VARIANCE_PENDING']);
    const [check] = reversalChecks(facts({ payment: paid('success', 95_000) })).filter(({ ok }) => ok === false);
    expect(check?.message).toBe(
      'pay_1 of KES 1,000.00 was adjusted to KES 950.00; a reversal credits KES 1,000.00. Adjust it back first.',
    );
    expect(check?.fix?.command).toBe('treasury variance record pay_1 --adjusted 1000.00 --reason TEXT');
  });

  test('says of each rule what is so, and of what is wrong who or what helps', () => {
    const told = (given: ReversalFacts) =>
      reversalChecks(given).map(({ id, ok, message, fix }) => [id, ok, message, fix?.command ?? fix?.who ?? null]);
    const reference = { text: 'RVX1', usedFor: null };
    expect(told(facts({ reference }))).toEqual([
      ['status', true, 'pay_1 was paid.', null],
      ['segregation', true, 'david neither requested nor executed it.', null],
      ['role', true, 'david may reverse payments of fund PETTY.', null],
      ['fund_open', true, 'Fund PETTY is not closed.', null],
      ['variance', true, 'pay_1 was paid with its amount.', null],
      ['reference', true, 'Reference RVX1 is new.', null],
    ]);
    const wrong = {
      payment: paid('pending'),
      fund: { code: 'PETTY', state: 'closed' },
      pendingVariance: 'var_1',
      reference: { text: 'RVX1', usedFor: 'pay_2' },
    };
    expect(told(facts(wrong, { isRequester: true, mayHere: false }))).toEqual([
      ['status', false, 'pay_1 is pending; only what was paid can be reversed.', 'treasury payment show pay_1'],
      ['segregation', false, 'david requested pay_1 and may not reverse it.', ['esther']],
      ['role', false, 'david is no treasurer or cfo of fund PETTY.', ['esther']],
      ['fund_open', false, 'Fund PETTY is closed; nothing can come back to it.', 'treasury fund list'],
      [
        'variance',
        false,
        'var_1 of pay_1 waits; it is decided before the payment is taken back.',
        'treasury variance show var_1',
      ],
      ['reference', false, 'Reference RVX1 stands on pay_2 already; a reference is used once.', 'treasury ledger list'],
    ]);
    const [reversed, executed] = told(facts({ payment: paid('reversed') }, { isExecutor: true }));
    expect(reversed).toEqual(['status', false, 'pay_1 was reversed already.', 'treasury payment show pay_1']);
    expect(executed).toEqual(['segregation', false, 'david executed pay_1 and may not reverse it.', ['esther']]);
    expect(told(facts())).toHaveLength(5);
  });

  test('people come before the state of things', () => {
    const reversed = { payment: paid('reversed') };
    expect(reversalRefusalKind(reversalChecks(facts(reversed)))).toBe('refused');
    expect(reversalRefusalKind(reversalChecks(facts(reversed, { isExecutor: true })))).toBe('forbidden');
    expect(reversalRefusalKind(reversalChecks(facts(reversed, { mayHere: false })))).toBe('forbidden');
  });
});
