import { describe, expect, test } from 'vitest';
import { identitiesOf, identityOf, LineIdentities } from '../../src/operations/line-identity.ts';
import { aLine } from '../support/a-statement.ts';

describe('the identity of a line', () => {
  test('is its day and 20 characters of the SHA-256 of what it says, and stays so', () => {
    // Stored lines are found by it for ever: what is hashed, and how, never changes.
    expect(identityOf(aLine({ externalId: 'SGR7X1', references: ['A', 'B'] }))).toBe('261005NlVYM-anhrhexWkj9t58');
  });

  test('of a line without a day of the calendar’s form is as long', () => {
    const [first, second] = ['30/02/26', '2026-1-1'].map((bookedOn) => identityOf(aLine({ bookedOn })));
    expect([first?.slice(0, 6), first?.length]).toEqual(['000000', 26]);
    expect(second).not.toBe(first);
  });

  test('does not run texts together', () => {
    const one = identityOf(aLine({ counterparty: 'Jane', counterpartyAccount: 'Wanjiru' }));
    const other = identityOf(aLine({ counterparty: 'JaneWanjiru', counterpartyAccount: '' }));
    expect(one).not.toBe(other);
    expect(identityOf(aLine({ references: ['A', 'B'] }))).not.toBe(identityOf(aLine({ references: ['A,B'] })));
    expect(identityOf(aLine({ counterparty: '' }))).not.toBe(identityOf(aLine({ counterparty: null })));
  });
});

describe('the identities of a file', () => {
  test('count how often the same was said so far', () => {
    const identities = identitiesOf(['a', 'b', 'a', 'a', 'c', 'b'].map((description) => aLine({ description })));
    expect(identities.size).toBe(6);
    expect([0, 1, 2, 3, 4, 5].map((at) => identities.occurrenceAt(at))).toEqual([1, 1, 2, 3, 1, 2]);
    expect(identities.identityAt(2)).toBe(identityOf(aLine({ description: 'a' })));
    expect(['a', 'b', 'c', 'd'].map((description) => identities.count(identityOf(aLine({ description }))))).toEqual([
      3, 2, 1, 0,
    ]);
  });

  test('of none are none', () => {
    const none = new LineIdentities();
    expect([none.size, none.count(identityOf(aLine()))]).toEqual([0, 0]);
  });

  test.each([1023, 1024, 1025, 2048, 5000])('are the same ones when there are %i', (count) => {
    const lines = Array.from({ length: count }, (_, at) => aLine({ amountMinor: at % 700 }));
    const identities = identitiesOf(lines);
    const counted = new Map<string, number>();
    for (const [at, line] of lines.entries()) {
      const identity = identityOf(line);
      counted.set(identity, (counted.get(identity) ?? 0) + 1);
      expect([identities.identityAt(at), identities.occurrenceAt(at)]).toEqual([identity, counted.get(identity)]);
    }
    for (const [identity, times] of counted) expect(identities.count(identity)).toBe(times);
  });
});
