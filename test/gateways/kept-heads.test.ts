import {
  appendFileSync,
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { keptHeads } from '../../src/gateways/kept-heads.ts';

const OFFICE = '0'.repeat(63) + '1';
const hash = (digit: string): string => digit.repeat(64);

let directory = '';
let failures: string[] = [];
beforeEach(() => {
  directory = path.join(mkdtempSync(path.join(os.tmpdir(), 'treasury-heads-')), 'heads');
  failures = [];
});
afterEach(() => rmSync(path.dirname(directory), { recursive: true, force: true }));

const heads = () => keptHeads(directory, (why) => failures.push(why));
const line = (chain: string, seq: number, digit: string, instead = false) => ({
  chain,
  seq,
  hash: hash(digit),
  instead,
});
const read = (office = OFFICE) => Object.fromEntries(heads().read().get(office) ?? []);

test('before anything is kept there is nothing, and nothing is made', () => {
  expect(heads().read().size).toBe(0);
  expect(readdirSync(path.dirname(directory))).toEqual([]);
  expect(failures).toEqual([]);
});

test('the newest head of each chain of each office is kept, for its owner only', () => {
  heads().keep(OFFICE, [line('office', 3, 'a'), line('fund:PETTY', 7, 'b')]);
  heads().keep(OFFICE, [line('fund:PETTY', 8, 'c')]);
  heads().keep(hash('e'), [line('office', 1, 'd')]);
  expect(read()).toEqual({ office: { seq: 3, hash: hash('a') }, 'fund:PETTY': { seq: 8, hash: hash('c') } });
  expect(read(hash('e'))).toEqual({ office: { seq: 1, hash: hash('d') } });
  expect(statSync(directory).mode & 0o777).toBe(0o700);
  expect(statSync(path.join(directory, OFFICE)).mode & 0o777).toBe(0o600);
});

test('a late writer does not bring an older head back; one that was accepted as lost is replaced', () => {
  heads().keep(OFFICE, [line('office', 9, 'a')]);
  heads().keep(OFFICE, [line('office', 8, 'b')]);
  expect(read()).toEqual({ office: { seq: 9, hash: hash('a') } });
  heads().keep(OFFICE, [line('office', 5, 'c', true), line('office', 6, 'd')]);
  expect(read()).toEqual({ office: { seq: 6, hash: hash('d') } });
});

test('a line that a crash cut off, and what is no line, count for nothing', () => {
  heads().keep(OFFICE, [line('office', 9, 'a')]);
  appendFileSync(
    path.join(directory, OFFICE),
    `office 10 ${hash('b').slice(0, 40)}\n__proto__ x\n\noffice 1e3 ${hash('c')}\n`,
  );
  writeFileSync(path.join(directory, 'README'), 'office 99');
  expect(read()).toEqual({ office: { seq: 9, hash: hash('a') } });
  expect(heads().read().size).toBe(1);
  appendFileSync(path.join(directory, OFFICE), 'office 11 cut');
  heads().keep(OFFICE, [line('office', 12, 'd')]);
  expect(read()).toEqual({ office: { seq: 12, hash: hash('d') } });
});

test('a file that has grown is written anew with the same heads', () => {
  const book = heads();
  for (let seq = 1; seq <= 300; seq += 1)
    book.keep(OFFICE, [line('fund:PETTY', seq, 'b'), { ...line('funds', seq, 'a'), hash: '' }]);
  expect(read()).toEqual({ 'fund:PETTY': { seq: 300, hash: hash('b') }, funds: { seq: 300, hash: '' } });
  expect(readFileSync(path.join(directory, OFFICE), 'utf8').length).toBeLessThan(17 * 1024);
  expect(readdirSync(directory)).toEqual([OFFICE]);
});

test('what cannot be kept or read is told once, and nothing else comes of it', () => {
  writeFileSync(directory, 'not a directory');
  const book = heads();
  book.keep(OFFICE, [line('office', 1, 'a')]);
  expect(book.read().size).toBe(0);
  expect(failures).toEqual([expect.stringContaining(directory)]);
});

test.runIf(process.getuid?.() !== 0)('a directory that may not be written is told', () => {
  heads().keep(OFFICE, [line('office', 1, 'a')]);
  chmodSync(path.join(directory, OFFICE), 0o400);
  heads().keep(OFFICE, [line('office', 2, 'a')]);
  expect(failures).toHaveLength(1);
});
