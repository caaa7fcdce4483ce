import { describe, expect, test } from 'vitest';
import { identifierKey } from '../../../src/domain/reconciliation/evidence.ts';
import { KeyBeginnings, wordEnds } from '../../../src/domain/reconciliation/words.ts';
import { seededRandom } from '../../support/seeded-random.ts';
import { cases } from '../../support/seed.ts';

function runsIn(text: string, keys: readonly string[]): string[] {
  const beginnings = new KeyBeginnings();
  for (const key of keys) beginnings.add(key);
  const runs: string[] = [];
  beginnings.read(text, (joined, joints) => runs.push([joined, ...joints].join(' ')));
  return runs;
}

describe('runs of words that begin as a key begins', () => {
  test.each([
    ['the word alone', 'see PV12', ['PV12'], ['PV12']],
    ['in small letters', 'see pv12.', ['PV12'], ['PV12']],
    ['joined with what follows, up to the longest key', 'PV 12 34 5', ['PV1234'], ['PV', 'PV12 2', 'PV1234 2 4']],
    ['from every word', 'PV PV1', ['PV1234'], ['PV', 'PVPV1 2', 'PV1']],
    ['by its first letter and the next word’s', 'a P V 1', ['PV1'], ['P', 'PV 1', 'PV1 1 2']],
    ['not inside a word', 'XPV12', ['PV12'], []],
    ['not one that begins otherwise', 'PX12 QV12', ['PV12'], []],
    ['not one letter at the end', 'see P', ['PV12'], []],
    ['not longer than any key', 'PV12345', ['PV12'], []],
    ['beyond ASCII', '«ñv-12» and 数字', ['ÑV12', '数字'], ['ÑV', 'ÑV12 2', '数字']],
    ['letters that become two', 'straße 1', ['STRASSE1'], ['STRASSE', 'STRASSE1 7']],
    ['nothing of nothing', '', ['PV12'], []],
    ['nothing of signs', ' -- ', ['PV12'], []],
    ['nothing without keys', 'PV12', [], []],
  ])('%s', (_, text, keys, runs) => {
    expect(runsIn(text, keys)).toEqual(runs);
  });

  test('a text is read to its two thousandth character', () => {
    expect(runsIn(`${' '.repeat(1996)}PV12`, ['PV12'])).toEqual(['PV12']);
    expect(runsIn(`${' '.repeat(1997)}PV12`, ['PV12'])).toEqual(['PV1']);
  });
});

test('where the words of a reference end', () => {
  expect([...wordEnds('PV-NBI-2026-00412')]).toEqual([2, 5, 9, 14]);
  expect([...wordEnds('pay_7f3k2m')]).toEqual([3, 9]);
  expect([...wordEnds('Straße 1')]).toEqual([7, 8]);
  expect([...wordEnds(' ')]).toEqual([]);
});

const SEED = Number(process.env['WORDS_SEED'] ?? 5);

test(`random texts tell every key that their words make (WORDS_SEED=${SEED})`, () => {
  const random = seededRandom(SEED);
  const letters = ['P', 'v', '1', '2', '-', ' ', 'ñ', 'ß', '_', '数'];
  for (let at = 0; at < cases(5000); at += 1) {
    const text = Array.from({ length: random.below(14) }, () => letters[random.below(letters.length)]).join('');
    const words = text.toUpperCase().match(/[\p{L}\p{N}]+/gu) ?? [];
    const runs = words.flatMap((_, start) =>
      words.slice(start).map((__, end) => words.slice(start, start + end + 1).join('')),
    );
    const keys = [...new Set([...runs, 'P1', 'ÑV2'])].filter((key) => key.length > 1 && random.below(3) === 0);
    const told = new Set(runsIn(text, keys).map((run) => run.split(' ', 1)[0]));
    for (const key of keys) expect(told.has(key), `WORDS_SEED=${SEED}, ${text}: ${key}`).toBe(runs.includes(key));
    for (const run of told) expect(runs).toContain(run);
    expect(words.join('')).toBe(identifierKey(text));
  }
});
