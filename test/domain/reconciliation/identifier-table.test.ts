import { describe, expect, test } from 'vitest';
import { identifierKey } from '../../../src/domain/reconciliation/evidence.ts';
import { IdentifierTable } from '../../../src/domain/reconciliation/identifier-table.ts';
import { seededRandom } from '../../support/seeded-random.ts';
import { cases } from '../../support/seed.ts';

const tableOf = (identifiers: readonly (string | null)[]): IdentifierTable => {
  const table = new IdentifierTable();
  for (const identifier of identifiers) table.add(identifier);
  return table;
};

/** Every entry with an identifier, the newest first. */
function entriesOf(table: IdentifierTable, identifier: string): number[] {
  const found: number[] = [];
  for (let entry = table.find(identifier); entry >= 0; entry = table.before(entry)) found.push(entry);
  return found;
}

/** The newest entry with an identifier that stands between others in bytes. */
function findInBytes(table: IdentifierTable, identifier: string): number {
  const bytes = new TextEncoder().encode(`9${identifier}A`);
  return table.findBytes(bytes, 1, bytes.length - 1);
}

test('an identifier in bytes is found whether lines run as entries do, back, or in no order', () => {
  const names = Array.from({ length: 300 }, (_, at) => `T${at}X`);
  // Every third is there twice, so that the one beside the last is not always the newest.
  const table = tableOf([...names, ...names.filter((_, at) => at % 3 === 0)]);
  const expected = names.map((_, at) => (at % 3 === 0 ? 300 + at / 3 : at));
  const shuffled = names.toSorted((a, b) => (a.slice(2) < b.slice(2) ? -1 : 1));
  for (const order of [names, names.toReversed(), shuffled]) {
    expect(order.map((name) => findInBytes(table, name))).toEqual(order.map((name) => expected[names.indexOf(name)]));
  }
  expect(['t-0x', 'T0', 'T0XY', '', '-', 'T300X'].map((name) => findInBytes(table, name))).toEqual([
    ...[300, -1, -1, -1, -1, -1],
  ]);
  expect(findInBytes(new IdentifierTable(), 'T0X')).toBe(-1);
  expect(findInBytes(tableOf([null, 'ñ1']), '1')).toBe(-1);
});

describe('identifiers are found however they are written', () => {
  const table = tableOf(['sg6-32n muab', null, 'ñandú 7', '', 'Straße', '  --', 'aZ09', 'ǅ1', '数字7', '😀x1']);

  test.each([
    ['SG632NMUAB', [0]],
    ['sg632nmuab.', [0]],
    ['ÑANDÚ-7', [2]],
    ['strasse', [4]],
    ['STRASSE', [4]],
    ['Az 09', [6]],
    ['ǆ1', [7]],
    ['数字-7', [8]],
    ['X1', [9]],
    ['SG632NMUA', []],
    ['SG632NMUABC', []],
    ['NANDU7', []],
    ['数字8', []],
    ['', []],
    ['-', []],
    ['@[`{/:', []],
    ['é́'.slice(1), []],
  ])('%j', (identifier, entries) => {
    expect(entriesOf(table, identifier)).toEqual(entries);
  });

  test('the signs beside letters and digits in ASCII are none of them', () => {
    expect(entriesOf(tableOf(['A/B:C@D[E`F{G']), 'ABCDEFG')).toEqual([0]);
    expect(entriesOf(tableOf(['AZaz09']), 'azAZ09')).toEqual([0]);
  });
});

test('entries of one identifier are told from the newest to the oldest', () => {
  const table = tableOf(['A1', 'B2', 'a-1', null, 'A1', 'B2']);
  expect([entriesOf(table, 'A1'), entriesOf(table, 'B2')]).toEqual([
    [4, 2, 0],
    [5, 1],
  ]);
  expect([table.before(3), table.before(0)]).toEqual([-1, -1]);
});

test.each([
  ['1HHFNMQ', '1IWTX1I'],
  ['9AM540', '1NLPWJ0'],
  ['1JABKE', '1LC7SB0'],
])('%s and %s have one hash and are two', (one, other) => {
  const table = tableOf([one, other, one]);
  expect([entriesOf(table, one), entriesOf(table, other)]).toEqual([[2, 0], [1]]);
  expect(entriesOf(tableOf([one]), other)).toEqual([]);
});

test('a long identifier is kept whole, in ASCII and beyond', () => {
  const [long, longer] = ['A1'.repeat(5000), `${'A1'.repeat(5000)}B`];
  const [beyond, longerBeyond] = ['Ñ1'.repeat(5000), `${'Ñ1'.repeat(5000)}Ñ`];
  const table = tableOf([long, longer, beyond, longerBeyond, 'ŉ'.repeat(300)]);
  expect([long, longer, beyond, longerBeyond].map((one) => entriesOf(table, one))).toEqual([[0], [1], [2], [3]]);
  // In the bytes of a line too, whatever was looked for before.
  expect(findInBytes(tableOf(['A1', long, longer]), longer)).toBe(2);
  expect(findInBytes(tableOf(['A1']), long)).toBe(-1);
  // Its capital is two characters.
  expect(entriesOf(table, 'ŉ'.repeat(300))).toEqual([4]);
});

describe('every size up to one and beyond', () => {
  test.each([0, 1, 1023, 1024, 1025, 2047, 2048, 2049, 4097])('%i entries', (count) => {
    const table = tableOf(Array.from({ length: count }, (_, at) => `ID-${at}`));
    const found = Array.from({ length: count }, (_, at) => table.find(`id${at}`));
    expect(found).toEqual(Array.from({ length: count }, (_, at) => at));
    expect(table.find(`ID${count}`)).toBe(-1);
  });
});

const SEED = Number(process.env['TABLE_SEED'] ?? 31);

test(`random keys are found as a Map finds them (TABLE_SEED=${SEED})`, () => {
  const random = seededRandom(SEED);
  const letters = ['A', 'b', 'Z', 'z', '0', '9', '-', ' ', 'ñ', 'ß', 'ı', '数', '𝟙', '😀', '/', 'ﬁ'];
  const word = (): string =>
    Array.from(
      { length: random.below(6) },
      () => letters[random.below(random.below(2) === 0 ? 8 : letters.length)],
    ).join('');
  const table = new IdentifierTable();
  const oracle = new Map<string, number[]>();
  for (let entry = 0; entry < cases(60_000); entry += 1) {
    const identifier = random.below(20) === 0 ? null : word();
    table.add(identifier);
    const key = identifier === null ? '' : identifierKey(identifier);
    if (key !== '') oracle.set(key, [entry, ...(oracle.get(key) ?? [])].slice(0, 50));
    if (entry % 3 !== 0) continue;
    const sought = word();
    const expected = oracle.get(identifierKey(sought)) ?? [];
    expect(entriesOf(table, sought).slice(0, 50), `TABLE_SEED=${SEED}, entry ${entry}: ${sought}`).toEqual(expected);
    if (/^[ -~]*$/.test(sought)) expect(findInBytes(table, sought)).toBe(expected[0] ?? -1);
  }
  expect(oracle.size).toBeGreaterThan(cases(5000));
});
