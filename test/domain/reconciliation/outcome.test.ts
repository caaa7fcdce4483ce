import { expect, test } from 'vitest';
import { unexplainedMinor, type Agreement } from '../../../src/domain/reconciliation/outcome.ts';

const CLOSED: Agreement = {
  ...{ day: '2026-01-31', closingMinor: 9000 },
  ...{ ledgerMinor: 10_000, ledgerOnlyMinor: -500, statementOnlyMinor: -1500, differsMinor: 0 },
};

test.each([
  ['the arithmetic closes', {}, 0],
  ['a cent more in the bank', { closingMinor: 9001 }, 1],
  ['a cent more in the book', { ledgerMinor: 10_001 }, -1],
  ['an entry more that no line explains', { ledgerOnlyMinor: -501 }, -1],
  ['a line more that no entry explains', { statementOnlyMinor: -1501 }, 1],
  ['a difference more that waits for a decision', { differsMinor: -1 }, 1],
])('what neither lines nor entries explain: %s', (_, wish, minor) => {
  expect(unexplainedMinor({ ...CLOSED, ...wish })).toBe(minor);
});
