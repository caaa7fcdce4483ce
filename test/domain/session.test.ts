import { expect, test } from 'vitest';
import { ROLES } from '../../src/domain/access.ts';
import * as session from '../../src/domain/session.ts';
import { after, NOW } from '../support/a-payment.ts';

const MINUTE = 60_000;

test('a session rests half an hour, and ends after twelve', () => {
  expect(session.SESSION_LIFETIME_MS).toBe(720 * MINUTE);
  expect(session.LAST_USE_INTERVAL_MS).toBe(MINUTE);
});

test.each(ROLES)('how long a %s may rest', (role) => {
  const strict = ['approver', 'treasurer', 'cfo', 'admin'].includes(role);
  expect(session.idleLimitMs([{ role }])).toBe((strict ? 15 : 30) * MINUTE);
});

test('one strict role makes the whole session strict; none leaves half an hour', () => {
  expect(session.idleLimitMs([{ role: 'requester' }, { role: 'cfo' }])).toBe(15 * MINUTE);
  expect(session.idleLimitMs([])).toBe(30 * MINUTE);
});

test('a session ends when it rested too long, or at its absolute end, whichever comes first', () => {
  const ends = (expiresInMs: number) =>
    session.sessionEndsAt({ lastUsedAt: NOW, expiresAt: after(expiresInMs) }, [{ role: 'cashier' }]);
  expect(ends(30 * MINUTE + 1)).toEqual(after(30 * MINUTE));
  expect(ends(30 * MINUTE - 1)).toEqual(after(30 * MINUTE - 1));
});

test('a session that was opened two seconds later than now is good, one millisecond more and it is over', () => {
  const now = new Date('2026-10-18T06:00:00.000Z');
  const opened = (ms: number) => ({ createdAt: new Date(now.getTime() + ms) });
  expect(session.opensLater(opened(-1), now)).toBe(false);
  expect(session.opensLater(opened(2_000), now)).toBe(false);
  expect(session.opensLater(opened(2_001), now)).toBe(true);
});
