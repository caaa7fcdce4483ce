import {
  chmodSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { clearLeftovers } from '../../src/gateways/leftover-files.ts';

const TEXT = '<Document>KES 1,000.00 für Jane</Document>\n';
const NOW = new Date('2026-11-29T10:00:00.000Z');
const HEX = '0123456789ab';
let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'leftovers-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

const place = (name: string) => join(directory, name);
/** A file that was last written so many milliseconds ago. */
function left(name: string, content: string, { mode = 0o600, age = 60_000 } = {}): string {
  writeFileSync(place(name), content);
  chmodSync(place(name), mode);
  const at = new Date(NOW.getTime() - age);
  utimesSync(place(name), at, at);
  return name;
}
const cleared = async () => {
  const before = readdirSync(directory);
  const told = await clearLeftovers(place('pay.xml'), TEXT, NOW);
  const after = readdirSync(directory);
  const gone = before.filter((name) => !after.includes(name));
  expect(told.toSorted()).toEqual(gone.map(place).toSorted());
  return gone;
};

test.each([
  ['the whole text', TEXT],
  ['its beginning', TEXT.slice(0, 20)],
  ['its beginning, in the middle of a letter', Buffer.from(TEXT).subarray(0, Buffer.from(TEXT).indexOf(0xc3) + 1)],
  ['nothing', ''],
])('what a killed writer left goes when it holds %s', async (_, content) => {
  const name = left(`pay.xml.${HEX}`, '');
  writeFileSync(place(name), content);
  utimesSync(place(name), new Date(0), new Date(0));
  expect(await cleared()).toEqual([name]);
});

test('one minute old it goes, one millisecond younger it stays, and from the future as well', async () => {
  const old = left(`pay.xml.${HEX}`, TEXT, { age: 60_000 });
  left('pay.xml.aaaaaaaaaaaa', TEXT, { age: 59_999 });
  left('pay.xml.bbbbbbbbbbbb', TEXT, { age: -3_600_000 });
  expect(await cleared()).toEqual([old]);
});

test.each([
  ['other bytes', `pay.xml.${HEX}`, `${TEXT.slice(0, -1)}x`, 0o600],
  ['more than the text', `pay.xml.${HEX}`, `${TEXT}x`, 0o600],
  ['what others may read', `pay.xml.${HEX}`, TEXT, 0o640],
  ['the file itself', 'pay.xml', TEXT, 0o600],
  ['eleven digits', 'pay.xml.0123456789a', TEXT, 0o600],
  ['thirteen digits', `pay.xml.${HEX}c`, TEXT, 0o600],
  ['capital letters', 'pay.xml.0123456789AB', TEXT, 0o600],
  ['what is left of another file', `apay.xml.${HEX}`, TEXT, 0o600],
  ['another ending', `pay.xml.bak.${HEX}`, TEXT, 0o600],
])('%s stays', async (_, name, content, mode) => {
  left(name, content, { mode });
  expect(await cleared()).toEqual([]);
});

test('neither a link to the same nor a directory goes; a second name of the file does', async () => {
  left('elsewhere', TEXT);
  symlinkSync(place('elsewhere'), place(`pay.xml.${HEX}`));
  mkdirSync(place('pay.xml.aaaaaaaaaaaa'), { mode: 0o600 });
  left('pay.xml', TEXT);
  linkSync(place('pay.xml'), place('pay.xml.bbbbbbbbbbbb'));
  expect(await cleared()).toEqual(['pay.xml.bbbbbbbbbbbb']);
});
