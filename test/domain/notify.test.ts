import { parse } from 'smol-toml';
import { describe, expect, test } from 'vitest';
import { audienceOf, noticeOf, smsOf, toldBySms } from '../../src/domain/notify.ts';
import { readPolicy } from '../../src/domain/policy-file.ts';
import { policyLines } from '../../src/domain/policy-lines.ts';
import { policyToml } from '../../src/domain/policy-toml.ts';
import { NO_POLICY, NOTIFY_EVENTS, type PolicyTerms } from '../../src/domain/policy.ts';
import { terms } from '../support/a-policy.ts';

const policyDocument = (policy: PolicyTerms): object => parse(policyToml(policy));
const faults = (document: object) =>
  readPolicy(document, 'KES').faults.map(({ path, message }) => `${path} ${message}`);
const TOLD = { notify: { payment_paid: ['cfo', 'payer', 'cfo'], variance_recorded: ['cfo'], payment_failed: [] } };

describe('whom a policy wants told', () => {
  test('is said by event, each person once and in one order', () => {
    const read = terms(TOLD);
    expect(read.notify).toEqual([
      { event: 'payment_paid', to: ['payer', 'cfo'] },
      { event: 'variance_recorded', to: ['cfo'] },
    ]);
    expect(audienceOf(read, 'payment.executed')).toEqual(['payer', 'cfo']);
    expect(audienceOf(read, 'payment.failed')).toEqual([]);
    expect(audienceOf(read, 'fund.created')).toEqual([]);
    expect(audienceOf(NO_POLICY.terms, 'payment.executed')).toEqual([]);
  });

  test('is nobody where nothing is said, and the policy has the text that it had before', () => {
    expect(terms({})).not.toHaveProperty('notify');
    expect(terms({ notify: {} })).not.toHaveProperty('notify');
    expect(policyToml(terms({}))).not.toContain('notify');
  });

  test('stands in the file and in words', () => {
    expect(policyToml(terms(TOLD))).toContain(
      '[notify]\npayment_paid = ["payer", "cfo"]\nvariance_recorded = ["cfo"]\n',
    );
    expect(policyLines(terms(TOLD))).toContainEqual({ label: 'told of payment paid', value: 'payer, cfo' });
  });

  test.each([
    [{ notify: { payment_paid: ['boss'] } }, 'notify.payment_paid[1] is not one of payer, approver, cfo'],
    [{ notify: { variance_recorded: ['payer'] } }, 'notify.variance_recorded[1] is not one of cfo'],
    [{ notify: { payment_paid: 'cfo' } }, 'notify.payment_paid is not a list'],
  ])('%j is refused', (document, fault) => {
    expect(faults(document)).toEqual([fault]);
  });

  test('is told by SMS as well where the policy says so, and only there', () => {
    const read = terms({ notify: { ...TOLD.notify, sms: ['payment_paid'] } });
    expect(toldBySms(read, 'payment.executed')).toBe(true);
    expect(toldBySms(read, 'variance.recorded')).toBe(false);
    expect(toldBySms(terms(TOLD), 'payment.executed')).toBe(false);
    expect(toldBySms(NO_POLICY.terms, 'payment.executed')).toBe(false);
    expect(policyToml(read)).toContain('variance_recorded = ["cfo"]\nsms = ["payment_paid"]\n');
    expect(terms(policyDocument(read))).toEqual(read);
    expect(policyLines(read)).toContainEqual({ label: 'told of payment paid', value: 'payer, cfo (by SMS, too)' });
    expect(policyToml(terms(TOLD))).not.toContain('sms');
  });

  test.each([
    [['payment_failed'], 'notify.sms[1] names payment_failed, of which the policy tells nobody'],
    [['payment_reversed'], 'notify.sms[1] names payment_reversed, of which the policy tells nobody'],
    [['pay_day'], `notify.sms[1] is not one of ${NOTIFY_EVENTS.join(', ')}`],
  ])('by SMS of %j is refused', (sms, fault) => {
    expect(faults({ notify: { ...TOLD.notify, sms } })).toEqual([fault]);
  });

  test('an event that does not exist is refused', () => {
    expect(faults({ notify: { payday: ['cfo'] } })).toHaveLength(1);
  });
});

test('a letter says what happened to which payment, and why it comes', () => {
  const { subject, text } = noticeOf({
    ...{ action: 'schedule.refused', subject: 'sch_7f3k2m', actor: 'carol', fund: 'NBI', payment: 'pay_7f3k2m' },
    terms: ['Amount:  KES 1.00'],
  });
  expect(subject).toBe('pay_7f3k2m was due and was not paid');
  expect(text).toContain('pay_7f3k2m of fund NBI was due and was not paid.\n\nAmount:  KES 1.00\nBy:      carol\n');
  expect(text).toContain('treasury audit log --subject sch_7f3k2m');
  const other = { action: 'thing.done', subject: 'x', actor: 'carol', fund: 'NBI', payment: null, terms: [] };
  expect(noticeOf(other).subject).toBe('x thing.done');
});

test.each([
  ['variance.recorded', 'pay_1', 'var_1 of pay_1 was recorded'],
  ['variance.recorded', null, 'var_1 was recorded'],
  ['schedule.refused', 'pay_1', 'pay_1 was due and was not paid'],
] as const)('a letter names what happened, not only the payment: %s of %s', (action, payment, said) => {
  const told = { action, payment, subject: 'var_1', actor: 'david', fund: 'NBI', terms: [] };
  expect(noticeOf(told).subject).toBe(said);
});

describe('a text', () => {
  const about = { action: 'payment.failed', subject: 'pay_7f3k2m', actor: 'carol', fund: 'NBI', payment: 'pay_7f3k2m' };

  test('says what happened to which payment and how much, and neither payee nor destination', () => {
    expect(smsOf({ ...about, amount: 'KES 1,000.00' })).toBe('pay_7f3k2m, KES 1,000.00, of fund NBI failed, by carol.');
    const variance = { ...about, action: 'variance.recorded', subject: 'var_6n3k8q' };
    expect(smsOf({ ...variance, payment: null, amount: null })).toBe('var_6n3k8q of fund NBI was recorded, by carol.');
    expect(smsOf({ ...variance, amount: 'KES 1,000.00' })).toBe(
      'var_6n3k8q of pay_7f3k2m of fund NBI was recorded, by carol.',
    );
  });

  test('is one SMS of plain letters, whatever somebody is called', () => {
    const text = smsOf({ ...about, actor: `Åsa\u202E\n${'x'.repeat(200)}`, amount: null });
    expect(text).toHaveLength(160);
    expect(text).toMatch(/^[ -~]+$/);
  });
});
