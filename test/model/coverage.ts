import { expect } from 'vitest';
import type { What } from './acts.ts';
import type { Coverage } from './play.ts';

const EXITS = [0, 2, 3, 4, 5, 6, 7, 8, 10] as const;

/** How often each command ended with each exit code. */
export function tableOf(coverage: Coverage): string {
  const line = (name: string, cells: readonly (string | number)[]): string =>
    [name.padEnd(28), ...cells.map((cell) => String(cell).padStart(7))].join('');
  const rows = (Object.keys(ENDS) as What[]).map((what) =>
    line(
      what,
      EXITS.map((exit) => coverage[`${what} ${exit}`] ?? ''),
    ),
  );
  return [line('', EXITS), ...rows].join('\n');
}

/** Exit codes with which each command must have ended at least once: that it works, who may not, and what state forbids it. */
const ENDS: Readonly<Record<What, readonly number[]>> = {
  login: [0, 2, 4],
  'requisition create': [0, 2, 3, 4, 5],
  'requisition approve': [0, 3, 4, 5, 6],
  'requisition reject': [0, 2, 3, 4, 5, 6],
  'requisition amend': [0, 2, 3, 4, 5, 6],
  'requisition cancel': [0, 3, 4, 5, 6],
  'payment create': [0, 3, 4, 5, 6],
  'payment otp --send': [0, 3, 4, 5, 6, 8],
  'payment otp --verify': [0, 2, 3, 4, 5],
  'payment execute': [0, 2, 3, 4, 5, 6, 8],
  'payment explain': [0, 3, 4, 5, 6, 8],
  'payment resolve': [0, 3, 4, 5, 6],
  'payment resolve --not-paid': [0, 3, 4, 5, 6],
  'payment retry': [0, 3, 4, 5, 6, 8],
  'payment cancel': [0, 3, 4, 5, 6, 8],
  'payment reverse': [0, 2, 3, 4, 5, 6, 7],
  'fund create': [0, 2, 3, 4, 5, 7],
  'fund edit': [0, 2, 3, 4, 5, 7],
  'fund freeze': [0, 3, 4, 5, 7],
  'fund unfreeze': [0, 3, 4, 5, 7],
  'fund close': [0, 2, 4, 5, 6, 7],
  'replenish request': [0, 2, 3, 4, 5, 6, 7],
  'replenish approve': [0, 3, 4, 5, 6],
  'replenish reject': [0, 3, 4, 5, 6],
  'replenish fund': [0, 3, 4, 5, 6],
  'replenish check': [0, 4, 5, 10],
  'user add': [0, 2, 4, 5, 7],
  'user role': [0, 2, 4, 5],
  'user edit': [0, 2, 4, 5, 7],
  'user password': [0, 2, 4, 5],
  'user password (own)': [0, 2, 4],
  'user disable': [0, 4, 5],
  'user enable': [0, 4, 5, 7],
  'user unlock': [0, 4, 5],
  'token create': [0, 2, 4, 5, 7],
  'token revoke': [0, 3, 4, 5],
  'policy set': [0, 2, 4, 5, 7],
  'change confirm': [0, 2, 3, 4, 5, 6, 7],
  'change reject': [0, 3, 4, 5, 6],
};

/** Fails, naming them, when some ends of commands were never seen: then the sequences prove less than they say. */
export function expectAllSeen(coverage: Coverage): void {
  const unseen = Object.entries(ENDS).flatMap(([what, exits]) =>
    exits.filter((exit) => coverage[`${what} ${exit}`] === undefined).map((exit) => `${what} ${exit}`),
  );
  expect(unseen, 'ends of commands that no sequence has seen').toEqual([]);
}
