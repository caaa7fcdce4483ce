import { describe, expect, test } from 'vitest';
import { readPolicy } from '../../src/domain/policy-file.ts';
import type { PolicyTerms } from '../../src/domain/policy.ts';
import { narrowDays, rulesThatEnd } from '../../src/domain/policy-warnings.ts';

function terms(document: object): PolicyTerms {
  const { terms: read } = readPolicy(document, 'KES');
  if (read === null) throw new Error('the test has written no policy');
  return read;
}

describe('a limit of a day', () => {
  const limited = (perPayment: string, perDay: string) =>
    narrowDays(terms({ limits: { mpesa: { per_payment: perPayment, per_day: perDay } } }));

  test.each([
    ['1,000.00', '1,000.00', 0],
    ['1,000.01', '1,000.00', 1],
    ['1,000.00', '1,000.01', 0],
  ])('of a payment up to %s, and of a day up to %s, is warned of %i times', (perPayment, perDay, warnings) => {
    expect(limited(perPayment, perDay)).toHaveLength(warnings);
  });

  test('names the method and both figures', () => {
    expect(limited('2,000', '1,500')).toEqual([
      'By mpesa it allows KES 2,000.00 at once, but only KES 1,500.00 a day: no payment above that can be made.',
    ]);
  });

  test('is no narrow one where only one of the two is there', () => {
    expect(narrowDays(terms({ limits: { cash: { per_day: '1' }, mpesa: { per_payment: '9' } } }))).toEqual([]);
  });
});

describe('a policy without rules', () => {
  const policy = (document: object | null) => ({ version: 3, terms: document === null ? null : terms(document) });
  const ruled = { approval: [{ approvers: 2 }], cfo: { above: '5' } };

  test('names what ends with it', () => {
    expect(rulesThatEnd(policy(ruled), terms({}))).toEqual([
      'It has no rules: all of policy 3 end with it: approval 1 (any amount: 2 approvers), cfo above (KES 5.00).',
    ]);
  });

  test('ends nothing where there was none, or none with a rule', () => {
    expect(rulesThatEnd(policy(null), terms({}))).toEqual([]);
    expect(rulesThatEnd(policy({}), terms({}))).toEqual([]);
  });

  test('is none as long as one rule is left', () => {
    expect(rulesThatEnd(policy(ruled), terms({ cfo: { above: '5' } }))).toEqual([]);
  });
});
