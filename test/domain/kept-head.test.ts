import { describe, expect, test } from 'vitest';
import { copyRefusal, lacksHead, missingHeadCheck } from '../../src/domain/kept-head.ts';

const [A, B] = ['a'.repeat(64), 'b'.repeat(64)];

describe('a kept head', () => {
  test('is there when the chain has that very link, at its end or further back', () => {
    expect(lacksHead({ seq: 5, hash: A }, { seq: 5, linkAtKept: A })).toBe(false);
    expect(lacksHead({ seq: 5, hash: A }, { seq: 6, linkAtKept: A })).toBe(false);
  });

  test('is missing when the chain is one link shorter, or has another link there', () => {
    expect(lacksHead({ seq: 5, hash: A }, { seq: 4, linkAtKept: null })).toBe(true);
    expect(lacksHead({ seq: 5, hash: A }, { seq: 4, linkAtKept: A })).toBe(true);
    expect(lacksHead({ seq: 5, hash: A }, { seq: 5, linkAtKept: B })).toBe(true);
  });

  test('before the first link nothing is missing', () => {
    expect(lacksHead({ seq: 0, hash: '' }, { seq: 0, linkAtKept: null })).toBe(false);
  });

  test('a missing one is said with what was kept and what there is', () => {
    expect(missingHeadCheck({ chain: 'fund:PETTY', seq: 5, hash: A, presentSeq: 4 })).toMatchObject({
      code: 'DATABASE_BEHIND',
      message: 'Chain fund:PETTY ends at event 4; event 5 was kept.',
      facts: { chain: 'fund:PETTY', kept_seq: 5, kept_hash: A, present_seq: 4 },
    });
    expect(missingHeadCheck({ chain: 'office', seq: 5, hash: A, presentSeq: 5 })).toMatchObject({
      code: 'DATABASE_DIFFERS',
      message: 'Event 5 of chain office is not the one that was kept.',
    });
  });

  test('the refusal names the first, counts them, and is a matter of integrity', () => {
    const one = { chain: 'office', seq: 5, hash: A, presentSeq: 4 };
    expect(copyRefusal([one])).toMatchObject({
      kind: 'integrity',
      code: 'DATABASE_BEHIND',
      message: 'This database is an old copy. Chain office ends at event 4; event 5 was kept.',
    });
    expect(copyRefusal([one, { ...one, chain: 'fund:PETTY' }]).message).toMatch(/2 chains in all\.$/);
    expect(copyRefusal([]).code).toBe('DATABASE_BEHIND');
  });
});
