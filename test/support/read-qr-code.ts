import { stripVTControlCharacters } from 'node:util';
import jsQR from 'jsqr';

/** What a camera reads from the lines: each half block is a square of pixels, dark on light. */
export function readQrCode(lines: readonly string[]): string | undefined {
  const rows = lines.map(stripVTControlCharacters).flatMap((line) => {
    const upper = [...line].map((block) => block === '▀' || block === '█');
    const lower = [...line].map((block) => block === '▄' || block === '█');
    return [upper, lower];
  });
  const SCALE = 4;
  const [width, height] = [(rows[0]?.length ?? 0) * SCALE, rows.length * SCALE];
  const pixels = new Uint8ClampedArray(width * height * 4);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const dark = rows[Math.floor(y / SCALE)]?.[Math.floor(x / SCALE)] === true;
      pixels.set(dark ? [0, 0, 0, 255] : [255, 255, 255, 255], (y * width + x) * 4);
    }
  }
  return jsQR.default(pixels, width, height)?.data;
}
