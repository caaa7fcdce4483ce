const UNITS = [
  ['d', 24 * 60 * 60 * 1000],
  ['h', 60 * 60 * 1000],
  ['min', 60 * 1000],
] as const;

/** A length of time for people, in its two largest units: `8 d 3 h`, `2.001 s`. */
export function inWords(milliseconds: number): string {
  const parts: string[] = [];
  let rest = Math.abs(milliseconds);
  for (const [unit, length] of UNITS) {
    const count = Math.floor(rest / length);
    rest -= count * length;
    if (count > 0) parts.push(`${count} ${unit}`);
  }
  const seconds = `${Number((rest / 1000).toFixed(3))} s`;
  return [...parts, ...(rest > 0 || parts.length === 0 ? [seconds] : [])].slice(0, 2).join(' ');
}

const WRITTEN = /^(\d{1,4})(min|h|d)$/;

/** A length of time as people type it (`30min`, `24h`, `2d`), in milliseconds; null when it is none. */
export function parseDuration(text: string): number | null {
  const [, count, unit] = WRITTEN.exec(text) ?? [];
  const length = UNITS.find(([name]) => name === unit)?.[1];
  return count === undefined || length === undefined ? null : Number(count) * length;
}
