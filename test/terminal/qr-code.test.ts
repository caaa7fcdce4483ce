import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from 'vitest';
import { NO_PAINT, paintFor } from '../../src/terminal/colour.ts';
import { qrCode } from '../../src/terminal/qr-code.ts';
import { widthOf } from '../../src/terminal/width.ts';
import { readQrCode } from '../support/read-qr-code.ts';

const URI = 'otpauth://totp/Treasury%20ACME:carol?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Treasury%20ACME';

describe('a QR code', () => {
  test.each([44, 80, 100, Infinity])('is read back by a camera, and fits %d columns', async (width) => {
    const lines = (await qrCode(URI, { width, paint: await paintFor(1), coloured: true })) ?? [];
    expect(readQrCode(lines)).toBe(URI);
    for (const line of lines) expect(widthOf(stripVTControlCharacters(line))).toBeLessThanOrEqual(width);
  });

  test.each([1, 2, 3] as const)('is black on white whatever the terminal’s colours, with %i', async (level) => {
    const lines = (await qrCode(URI, { width: 80, paint: await paintFor(level), coloured: true })) ?? [];
    const colours = {
      1: '\u001B[30m\u001B[107m',
      2: '\u001B[38;5;16m\u001B[48;5;231m',
      3: '\u001B[38;5;16m\u001B[48;5;231m',
    };
    for (const line of lines) expect(line.startsWith(colours[level])).toBe(true);
  });

  test('is 37 modules wide: with one column on each side it fits, with one column less there is none', async () => {
    const at = async (width: number) => qrCode(URI, { width, paint: await paintFor(1), coloured: true });
    expect((await at(39))?.map((line) => widthOf(stripVTControlCharacters(line)))).toEqual(Array(20).fill(39));
    expect(await at(38)).toBe(null);
  });

  test('is not drawn without colours, where dark and light might be swapped', async () => {
    expect(await qrCode(URI, { width: 80, paint: NO_PAINT, coloured: false })).toBe(null);
  });
});
