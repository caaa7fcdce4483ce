import { describe, expect, test } from 'vitest';
import { NO_POLICY, OPEN_RULES } from '../../src/domain/policy.ts';
import type { Check } from '../../src/domain/problem.ts';
import {
  appliedMinor,
  countRecordingChecks,
  decisionChecks,
  differenceOf,
  isVarianceStatus,
  kindOf,
  paymentRecordingChecks,
  requisitionAfter,
  sizesByCurrency,
  varianceRefusal,
  type CountFacts,
  type DecisionFacts,
  type PaymentRecordingFacts,
} from '../../src/domain/variance.ts';
import { kes } from '../support/a-payment.ts';

const fund = { code: 'PETTY', currency: 'KES', state: 'open' };
const person = (username: string, mayHere = true) => ({ userId: username, username, mayHere });
const outcomes = (checks: readonly Check[]) => checks.map(({ id, ok }) => [id, ok]);
const failing = (checks: readonly Check[]) => checks.flatMap(({ ok, code }) => (ok === false ? [code] : []));
const failed = (checks: readonly Check[]) => checks.filter(({ ok }) => ok === false);

describe('a difference', () => {
  test('is adjusted minus original, of a payment or of a count', () => {
    expect(differenceOf({ originalMinor: kes('1000'), adjustedMinor: kes('950') })).toBe(-kes('50'));
    expect(differenceOf({ originalMinor: -kes('10'), adjustedMinor: kes('10') })).toBe(kes('20'));
    expect(() => differenceOf({ originalMinor: -1, adjustedMinor: Number.MAX_SAFE_INTEGER })).toThrow(
      expect.objectContaining({ code: 'AMOUNT_OVERFLOW' }),
    );
    expect([kindOf({ paymentId: 'pay' }), kindOf({ paymentId: null })]).toEqual(['payment', 'count']);
  });

  test('of a payment is taken from its fund, of a count it is added', () => {
    expect(appliedMinor({ paymentId: 'pay', varianceMinor: 5 })).toBe(-5);
    expect(appliedMinor({ paymentId: 'pay', varianceMinor: -5 })).toBe(5);
    expect(appliedMinor({ paymentId: null, varianceMinor: 5 })).toBe(5);
    expect(appliedMinor({ paymentId: null, varianceMinor: -5 })).toBe(-5);
  });

  test('and its opposite do not make each other vanish', () => {
    const [one, other] = [
      { currency: 'KES', varianceMinor: -kes('1000000') },
      { currency: 'KES', varianceMinor: kes('1000000') },
    ];
    expect(sizesByCurrency([one, { currency: 'UGX', varianceMinor: -7 }, other])).toEqual([
      { currency: 'KES', count: 2, minor: kes('2000000') },
      { currency: 'UGX', count: 1, minor: 7 },
    ]);
    expect(sizesByCurrency([])).toEqual([]);
  });

  test('is pending, approved or rejected', () => {
    expect(['pending', 'approved', 'rejected', 'open', ''].map(isVarianceStatus)).toEqual([
      ...[true, true, true],
      ...[false, false],
    ]);
  });
});

describe('a requisition of which a payment is adjusted', () => {
  test.each([
    ['paid', kes('999.99'), 'approved'],
    ['paid', kes('1000'), 'paid'],
    ['paid', kes('1000.01'), 'paid'],
    ['approved', kes('999.99'), 'approved'],
    ['approved', kes('1000'), 'paid'],
    // What waits for somebody, or is over, stays so.
    ['submitted', kes('1000'), 'submitted'],
    ['cancelled', kes('1000'), 'cancelled'],
  ])('%s, with %i of 1,000.00 paid, is %s', (status, executed, after) => {
    expect(requisitionAfter({ status, amountMinor: kes('1000') }, executed)).toBe(after);
  });
});

describe('recording what was really paid', () => {
  const facts = (change: Partial<PaymentRecordingFacts> = {}): PaymentRecordingFacts => ({
    payment: { ref: 'pay_1', status: 'success' },
    ...{ fund, person: person('david'), others: ['frank'], pending: null },
    ...{ originalMinor: kes('1000'), adjustedMinor: kes('950') },
    ...change,
  });
  const checks = (change: Partial<PaymentRecordingFacts> = {}) => paymentRecordingChecks(facts(change));

  test('is for what was paid, reconciled or not, also from a frozen fund', () => {
    expect(outcomes(checks())).toEqual([
      ['status', true],
      ['role', true],
      ['fund_open', true],
      ['pending', true],
      ['amount', true],
    ]);
    expect(checks()[4]?.message).toBe('pay_1 stands at KES 1,000.00; that is a difference of KES -50.00.');
    expect(failing(checks({ payment: { ref: 'pay_1', status: 'reconciled' } }))).toEqual([]);
    expect(failing(checks({ fund: { ...fund, state: 'frozen' } }))).toEqual([]);
  });

  test.each(['pending', 'executing', 'failed', 'cancelled'])('not of what is %s', (status) => {
    const judged = checks({ payment: { ref: 'pay_1', status }, adjustedMinor: kes('1000') });
    expect(failing(judged)).toEqual(['PAYMENT_NOT_PAID']);
    expect(judged.at(-1)).toMatchObject({ id: 'amount', ok: null });
    expect(failed(judged)[0]?.message).toBe(`pay_1 is ${status}; only what was paid can differ.`);
  });

  test('not of what was taken back', () => {
    const judged = checks({ payment: { ref: 'pay_1', status: 'reversed' } });
    expect(failing(judged)).toEqual(['PAYMENT_ALREADY_REVERSED']);
    expect(failed(judged)[0]?.fix?.command).toBe('treasury payment show pay_1');
  });

  test('not where nothing differs; one cent does', () => {
    const judged = checks({ adjustedMinor: kes('1000') });
    expect(failing(judged)).toEqual(['AMOUNT_UNCHANGED']);
    expect(failed(judged)[0]?.message).toBe('pay_1 stands at KES 1,000.00 already; that is no difference.');
    for (const adjusted of ['999.99', '1000.01', '0'])
      expect(failing(checks({ adjustedMinor: kes(adjusted) }))).toEqual([]);
  });

  test('says everything at once, with who may and what to type', () => {
    const judged = checks({
      ...{ fund: { ...fund, state: 'closed' }, person: person('mary', false), pending: 'var_1' },
      adjustedMinor: kes('1000'),
    });
    expect(failing(judged)).toEqual(['OUT_OF_SCOPE', 'FUND_CLOSED', 'VARIANCE_PENDING', 'AMOUNT_UNCHANGED']);
    expect(failed(judged).map(({ message, fix }) => [message, fix?.command ?? fix?.who])).toEqual([
      ['mary may not record differences of fund PETTY.', ['frank']],
      ['Fund PETTY is closed; nothing is posted to it any more.', 'treasury fund show PETTY'],
      ['var_1 of pay_1 waits already; it is decided before another is recorded.', 'treasury variance show var_1'],
      ['pay_1 stands at KES 1,000.00 already; that is no difference.', 'treasury payment show pay_1'],
    ]);
    expect(varianceRefusal(judged)).toBe('forbidden');
  });
});

describe('recording what was counted', () => {
  const checks = (change: Partial<CountFacts> = {}) =>
    countRecordingChecks({ fund, person: person('david'), others: [], pending: null, inFlight: [], ...change });

  test('needs a role there and no open outcome', () => {
    expect(outcomes(checks())).toEqual([
      ['role', true],
      ['in_flight', true],
      ['fund_open', true],
      ['pending', true],
    ]);
  });

  test('waits for open outcomes: that money is neither certainly there nor certainly gone', () => {
    const open = (ref: string, gateway = 'manual', state = 'sent') => ({ ref, carrier: { gateway, state } });
    const one = failed(checks({ inFlight: [open('pay_1')] }));
    expect(one).toMatchObject([{ id: 'in_flight', code: 'PAYMENTS_IN_FLIGHT', facts: { in_flight: 1 } }]);
    expect(one[0]?.message).toBe(
      'The outcome of pay_1 is open: nobody can say whether that money is still in fund PETTY.',
    );
    expect(one[0]?.fix?.command).toBe('treasury payment resolve pay_1 --gateway-reference REFERENCE');
    const fixOf = (...carrier: [string, string]) =>
      failed(checks({ inFlight: [open('pay_1', ...carrier), open('pay_2')] }))[0]?.fix?.command;
    expect(fixOf('daraja', 'accepted')).toBe('treasury payment resolve pay_1');
    expect(fixOf('bankfile', 'reserved')).toBe('treasury bankfile export --fund PETTY --out FILE');
    expect(failed(checks({ inFlight: [open('pay_1'), open('pay_2'), open('pay_3')] }))[0]?.message).toContain(
      'pay_1 and 2 more',
    );
  });

  test('is one at a time, into a fund that is not closed', () => {
    const judged = checks({ pending: 'var_1', fund: { ...fund, state: 'closed' } });
    expect(failing(judged)).toEqual(['FUND_CLOSED', 'VARIANCE_PENDING']);
    expect(failed(judged)[1]?.message).toContain('var_1 of fund PETTY waits already');
    expect(varianceRefusal(judged)).toBe('refused');
  });

  test('where nobody has the role, the way on is to give it to somebody', () => {
    const [role] = failed(checks({ person: person('mary', false) }));
    expect(role?.fix).toEqual({ command: 'treasury user role USERNAME --role cfo', who: [] });
  });
});

describe('deciding', () => {
  const variance = {
    ...{ ref: 'var_1', status: 'pending', recordedBy: 'david' },
    ...{ originalMinor: kes('1000'), adjustedMinor: kes('950') },
  };
  const payment = { ref: 'pay_1', status: 'success', requesterId: 'amina', executorId: 'carol' };
  const facts = (change: Partial<DecisionFacts> = {}): DecisionFacts => ({
    ...{ act: 'approve', variance, payment, fund, person: person('esther'), others: ['frank'] },
    ...{ policy: NO_POLICY, reason: null },
    ...change,
  });
  const checks = (change: Partial<DecisionFacts> = {}) => decisionChecks(facts(change));

  test('is for a CFO who has nothing to do with it', () => {
    expect(outcomes(checks())).toEqual([
      ['status', true],
      ['segregation', true],
      ['role', true],
      ['payment', true],
      ['fund_open', true],
      ['tolerance', true],
    ]);
    expect(outcomes(checks({ payment: null })).map(([id]) => id)).not.toContain('payment');
    expect(outcomes(checks({ act: 'reject' })).map(([id]) => id)).toEqual(['status', 'segregation', 'role']);
  });

  test.each([
    ['david', 'APPROVER_IS_RECORDER', 'recorded it'],
    ['amina', 'APPROVER_IS_REQUESTER', 'requested pay_1'],
    ['carol', 'APPROVER_IS_EXECUTOR', 'executed pay_1'],
  ])('%s, a CFO besides, neither approves nor rejects: %s', (who, code, did) => {
    for (const act of ['approve', 'reject'] as const) {
      const judged = checks({ act, person: person(who) });
      expect(failing(judged)).toEqual([code]);
      expect(failed(judged)[0]?.message).toBe(`var_1: ${who} ${did}, and may not ${act} it.`);
      expect(failed(judged)[0]?.fix).toEqual({ command: null, who: ['frank'] });
      expect(varianceRefusal(judged)).toBe('forbidden');
    }
  });

  test('names every duty that one person has', () => {
    const judged = checks({
      person: person('carol'),
      payment: { ...payment, requesterId: 'carol' },
      variance: { ...variance, recordedBy: 'carol' },
    });
    expect(failed(judged)[0]).toMatchObject({
      message: 'var_1: carol recorded it and requested pay_1 and executed pay_1, and may not approve it.',
      facts: { codes: 'APPROVER_IS_RECORDER APPROVER_IS_REQUESTER APPROVER_IS_EXECUTOR' },
    });
  });

  test('nobody of the payment has a part in a count', () => {
    for (const who of ['amina', 'carol']) expect(failing(checks({ payment: null, person: person(who) }))).toEqual([]);
    expect(failing(checks({ payment: null, person: person('david') }))).toEqual(['APPROVER_IS_RECORDER']);
  });

  test.each(['approved', 'rejected'])('happens once: not of what is %s', (status) => {
    for (const act of ['approve', 'reject'] as const) {
      const judged = checks({ act, variance: { ...variance, status } });
      expect(failing(judged)).toEqual(['VARIANCE_NOT_PENDING']);
      expect(failed(judged)[0]?.message).toBe(`var_1 is ${status}, not pending.`);
      expect(varianceRefusal(judged)).toBe('refused');
    }
  });

  test('approves nothing of what was taken back, and nothing into a closed fund; that can still be rejected', () => {
    const over = { payment: { ...payment, status: 'reversed' }, fund: { ...fund, state: 'closed' } };
    expect(failing(checks(over))).toEqual(['PAYMENT_ALREADY_REVERSED', 'FUND_CLOSED']);
    expect(failing(checks({ ...over, act: 'reject' }))).toEqual([]);
  });

  test('a role elsewhere is none here, whatever the figures are', () => {
    const judged = checks({ person: person('mary', false), variance: { ...variance, status: 'approved' } });
    expect(failing(judged)).toEqual(['VARIANCE_NOT_PENDING', 'OUT_OF_SCOPE']);
    expect(varianceRefusal(judged)).toBe('forbidden');
  });

  test('what the policy does not tolerate is approved with a reason, and rejected without', () => {
    const money = { KES: { ...OPEN_RULES, varianceMinor: kes('49.99') } };
    const stale = { statementDays: null, requisitionDays: null, changeDays: null };
    const policy = { version: 1, terms: { currency: 'KES', money, hours: [], varianceBasisPoints: null, stale } };
    const judged = checks({ policy });
    expect(failing(judged)).toEqual(['BEYOND_TOLERANCE']);
    expect(failed(judged)[0]?.fix?.command).toBe('treasury variance approve var_1 --reason TEXT');
    expect(varianceRefusal(judged)).toBe('refused');
    expect(failing(checks({ policy, reason: 'the bank took a fee' }))).toEqual([]);
    expect(failing(checks({ policy, act: 'reject' }))).toEqual([]);
  });
});
