import type { Paint } from './colour.ts';

/** What the standard asks for around a code (ISO/IEC 18004, section 9.1); cameras make do with less where there is no room. */
const WIDEST_BORDER = 4;

/**
 * A text as a QR code in half blocks, two modules a character high, black on white; null where the terminal is too narrow for it.
 * Without colours nobody knows which of block and blank is the dark one, so there is no picture then.
 */
export async function qrCode(
  text: string,
  { width, paint, coloured }: { width: number; paint: Paint; coloured: boolean },
): Promise<string[] | null> {
  if (!coloured) return null;
  const { encode } = await import('uqr');
  const { data: modules, size } = encode(text, { ecc: 'L', border: 0 });
  const border = Math.min(WIDEST_BORDER, Math.floor((width - size) / 2));
  if (border < 1) return null;
  const lines: string[] = [];
  for (let row = -border; row < size + border; row += 2) {
    let line = '';
    for (let column = -border; column < size + border; column += 1) {
      const [upper, lower] = [modules[row]?.[column] ?? false, modules[row + 1]?.[column] ?? false];
      line += HALF_BLOCKS[upper ? 1 : 0]?.[lower ? 1 : 0] ?? '';
    }
    lines.push(paint.picture(line));
  }
  return lines;
}

/** By whether the upper and the lower module are dark. */
const HALF_BLOCKS = [
  [' ', '▄'],
  ['▀', '█'],
] as const;
