import { expect, test } from 'vitest';
import { outagesOf } from '../../src/commands/outage.ts';
import { Problem } from '../../src/domain/problem.ts';
import { once } from '../../src/main/once.ts';

const away = () => new Problem('external', 'DATABASE_UNREACHABLE', 'The database does not answer (ECONNREFUSED).');
const SINCE = '2026-11-29 12:00:00 EAT';

/** A command that waits for nothing, and what it says; stopped after so many waits. */
function aCommand(stopsAfter = Infinity) {
  const [said, waits]: [string[], number[]] = [[], []];
  const context = {
    say: (text: string) => void said.push(text),
    now: () => new Date('2026-11-29T09:00:00.000Z'),
    pause: (milliseconds: number) => Promise.resolve(void waits.push(milliseconds)),
    randomInt: (below: number) => below - 1,
  };
  return { said, waits, outages: outagesOf(context, 'Africa/Nairobi', () => waits.length >= stopsAfter) };
}

/** Fails so many times, then works. */
function failing(times: number, error: () => Error = away) {
  let calls = 0;
  return () => ((calls += 1) <= times ? Promise.reject(error()) : Promise.resolve(calls));
}

test('an outage is said once with its beginning, however many tries fail, and so is its end', async () => {
  const { said, outages } = aCommand();
  expect(await outages.outlast(away(), failing(9))).toBe(10);
  expect(said).toEqual([
    `The database does not answer (ECONNREFUSED). Since ${SINCE}: it is tried again until the database answers.`,
    `The database answers again; it was away since ${SINCE}.`,
  ]);
});

test('the waits grow up to half a minute, and are short again once all went well', async () => {
  const { waits, outages } = aCommand();
  const waitedFor = async (tries: number): Promise<number> => {
    const before = waits.reduce((sum, wait) => sum + wait, 0);
    await outages.outlast(away(), failing(tries));
    return Math.round((waits.reduce((sum, wait) => sum + wait, 0) - before) / 500);
  };
  // Each the double of the one before: 0.5, 1, 2, 4, 8, 16, and 30 s from then on.
  expect(await waitedFor(2)).toBe(7);
  expect(await waitedFor(0)).toBe(8);
  expect(await waitedFor(3)).toBe(16 + 32 + 60 + 60);
  outages.well();
  expect(await waitedFor(0)).toBe(1);
});

test('whoever stops the command while it waits ends the waiting', async () => {
  const { said, outages } = aCommand(5);
  expect(await outages.outlast(away(), failing(Infinity))).toBe(null);
  expect(said).toHaveLength(1);
});

test.each([
  new Problem('pending', 'COMMIT_UNKNOWN', 'It went away while saving.'),
  new Problem('conflict', 'DATABASE_BUSY', 'Others are changing the same rows.'),
])('$code passes by itself too', async (error) => {
  expect(await aCommand().outages.outlast(error, failing(1))).toBe(2);
});

test.each([
  new Problem('external', 'DATABASE_REFUSED', 'It does not let this user in.'),
  new Problem('auth', 'SESSION_EXPIRED', 'The session has ended.'),
  new Problem('integrity', 'DATABASE_DAMAGED', 'It is damaged.'),
  new TypeError('a bug'),
])('what does not pass by itself is thrown, at once and after an outage ($message)', async (error) => {
  const { said, outages } = aCommand();
  await expect(outages.outlast(error, failing(0))).rejects.toBe(error);
  expect(said).toEqual([]);
  await expect(
    outages.outlast(
      away(),
      failing(1, () => error),
    ),
  ).rejects.toBe(error);
});

test('what could not be opened while the database was away is opened later, and then once', async () => {
  const open = once(failing(1));
  await expect(open()).rejects.toThrow('does not answer');
  expect([await open(), await open()]).toEqual([2, 2]);
});
