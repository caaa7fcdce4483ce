/** What stands for text that differs from run to run; `<any>` is at least one character. */
const PLACEHOLDERS: Readonly<Record<string, string>> = {
  '<ref>': '(?:usr|fnd|req|pay|att|exe|led|rep|aud|chg|sta|stl|rec|mat|var|tok|fee|bat)_[0-9a-z]{6,}',
  '<time>': String.raw`\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{3})?)?(?:Z| ?[+-]\d{2}:?\d{2}| [A-Z]{2,5}| [A-Z]\w+/\w+)?`,
  '<voucher>': String.raw`PV-[A-Z0-9-]+-\d{4}-\d{5,}`,
  '<any>': '.+?',
  '…': '.*?',
};

/** A printed line as a transcript has it: what differs from run to run becomes a placeholder. */
export function withPlaceholders(line: string): string {
  return line
    .replaceAll(new RegExp(PLACEHOLDERS['<voucher>'] ?? '', 'g'), '<voucher>')
    .replaceAll(new RegExp(PLACEHOLDERS['<time>'] ?? '', 'g'), '<time>')
    .replaceAll(/\b\d{4}-\d{2}-\d{2}\b/g, '<any>')
    .replaceAll(new RegExp(String.raw`\b${PLACEHOLDERS['<ref>']}\b`, 'g'), '<ref>')
    .replaceAll(/\b(REQ|REP)-\d{4}-(?=\d{5})/g, '$1-<any>-')
    .replaceAll(/\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b|\b[0-9a-f]{64}\b/g, '<any>');
}

const ELLIPSIS = '…';

/**
 * Compares what is expected with what was printed, line by line, and gives a unified-style diff: ' ' before lines that
 * agree, '-' before expected ones that are missing, '+' before printed ones nobody expected. The shortest such diff is
 * found over all ways to match, so that a line `…` takes as many printed lines as suits the lines after it.
 */
export function lineDifferences(expected: readonly string[], actual: readonly string[]): string[] {
  const patterns = expected.map(linePattern);
  const agrees = (e: number, a: number): boolean => patterns[e]?.test(actual[a] ?? '') === true;
  const cost = differenceCounts({ expected, actual, agrees });
  const at = (e: number, a: number): number => cost[e]?.[a] ?? Infinity;
  const lines: string[] = [];
  let e = 0;
  let a = 0;
  while (e < expected.length || a < actual.length) {
    const inEllipsis = expected[e]?.trim() === ELLIPSIS;
    if (inEllipsis && at(e, a) === at(e + 1, a)) e += 1;
    else if (inEllipsis && at(e, a) === at(e, a + 1)) lines.push(` ${actual[a++]}`);
    else if (e < expected.length && a < actual.length && agrees(e, a) && at(e, a) === at(e + 1, a + 1)) {
      lines.push(` ${actual[a++]}`);
      e += 1;
    } else if (e < expected.length && at(e, a) === 1 + at(e + 1, a)) lines.push(`-${expected[e++]}`);
    else lines.push(`+${actual[a++]}`);
  }
  return lines;
}

interface Comparison {
  readonly expected: readonly string[];
  readonly actual: readonly string[];
  readonly agrees: (e: number, a: number) => boolean;
}

/** cost[e][a]: how few lines differ between the expected lines from e on and the printed ones from a on. */
function differenceCounts({ expected, actual, agrees }: Comparison): number[][] {
  const size = { length: actual.length + 1 };
  const cost = Array.from({ length: expected.length + 1 }, () => Array.from(size, () => Infinity));
  for (let e = expected.length; e >= 0; e -= 1) {
    const row = cost[e] ?? [];
    const below = cost[e + 1] ?? [];
    const free = expected[e]?.trim() === ELLIPSIS ? 0 : 1;
    for (let a = actual.length; a >= 0; a -= 1) {
      if (e === expected.length && a === actual.length) row[a] = 0;
      else {
        const matched =
          e < expected.length && a < actual.length && agrees(e, a) ? (below[a + 1] ?? Infinity) : Infinity;
        row[a] = Math.min(matched, free + (below[a] ?? Infinity), free + (row[a + 1] ?? Infinity));
      }
    }
  }
  return cost;
}

function linePattern(line: string): RegExp {
  const parts = line.split(/(<ref>|<time>|<voucher>|<any>|…)/);
  const source = parts.map((part) => PLACEHOLDERS[part] ?? escaped(part)).join('');
  return new RegExp(`^${source}$`, 'u');
}

/** RegExp.escape is there in Node 24 but not in the type library of es2024. */
function escaped(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`);
}
