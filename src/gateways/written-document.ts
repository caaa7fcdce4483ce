import { quoted } from '../domain/quoted.ts';

/** A file of settings that was parsed, or why it cannot be. */
export type WrittenDocument =
  | {
      readonly document: unknown;
      /** The line on which a key stands, or on which the table that holds it begins; null in JSON. */
      readonly lineOf: (path: string) => number | null;
    }
  | { readonly fault: string };

/** Parses what was written as TOML or, when it begins with a brace, as JSON. Never throws for what stands in it. */
export async function parseDocument(text: string, mostBytes: number): Promise<WrittenDocument> {
  if (Buffer.byteLength(text) > mostBytes) return { fault: `it has more than ${mostBytes} bytes` };
  if (text.trimStart().startsWith('{')) return parsedJson(text);
  const { parse, TomlError } = await import('smol-toml');
  try {
    const lines = tomlLines(text);
    return { document: parse(text), lineOf: (path) => nearestLine(lines, path) };
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const [what = ''] = error.message.split('\n');
    return { fault: `line ${error.line}, column ${error.column}: ${what.replace(/^Invalid TOML document: /, '')}` };
  }
}

/** Faults by the paths at which they are, in words, in the order of the file and with its lines. */
export function faultsInPlace(
  faults: readonly { readonly path: string; readonly message: string }[],
  lineOf: (path: string) => number | null,
): string[] {
  const placed = faults.map(({ path, message }) => ({ path, message, line: lineOf(path) }));
  return placed
    .toSorted((a, b) => (a.line ?? 0) - (b.line ?? 0))
    .map(({ path, message, line }) => {
      const where = `${line === null ? '' : `line ${line}: `}${path === '' ? 'the file' : path}`;
      return `${where}${message.startsWith(':') ? '' : ' '}${message}`;
    });
}

function parsedJson(text: string): WrittenDocument {
  try {
    const document: unknown = JSON.parse(text);
    const twice = keyGivenTwice(text);
    return twice === null
      ? { document, lineOf: () => null }
      : { fault: `it gives ${quoted(twice)} twice in one place` };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return { fault: error.message };
  }
}

/** A string, with the colon after it when it is a key; or where an object or list begins or ends. */
const JSON_TOKENS = /("(?:[^"\\]|\\.)*")(\s*:)?|[{}[\]]/g;

/** The first key that an object of a JSON text has twice, of which a parser would heed the last only; null when there is none. */
function keyGivenTwice(text: string): string | null {
  const open: Set<string>[] = [];
  for (const [token, string, colon] of text.matchAll(JSON_TOKENS)) {
    if (token === '{' || token === '[') open.push(new Set());
    else if (token === '}' || token === ']') open.pop();
    else if (string !== undefined && colon !== undefined) {
      const key = String(JSON.parse(string));
      const keys = open.at(-1);
      if (keys?.has(key)) return key;
      keys?.add(key);
    }
  }
  return null;
}

/** Where headers and keys stand, by paths such as `approval[2].up_to`; what is written in one line stands on that line. */
function tomlLines(text: string): ReadonlyMap<string, number> {
  const lines = new Map<string, number>();
  const counts = new Map<string, number>();
  let table = '';
  for (const [at, line] of text.split('\n').entries()) {
    const item = /^\s*\[\[\s*([\w.-]+)\s*\]\]/.exec(line)?.[1];
    const header = /^\s*\[\s*([\w.-]+)\s*\]/.exec(line)?.[1];
    const key = /^\s*([\w.-]+)\s*=/.exec(line)?.[1];
    if (item !== undefined) {
      const count = (counts.get(item) ?? 0) + 1;
      counts.set(item, count);
      if (count === 1) lines.set(item, at + 1);
      table = `${item}[${count}]`;
      lines.set(table, at + 1);
    } else if (header !== undefined) {
      table = header;
      lines.set(table, at + 1);
    } else if (key !== undefined) lines.set(table === '' ? key : `${table}.${key}`, at + 1);
  }
  return lines;
}

function nearestLine(lines: ReadonlyMap<string, number>, path: string): number | null {
  for (let named = path; named !== ''; named = named.replace(/(?:\[\d+\]|\.?[^.[]*)$/, '')) {
    const line = lines.get(named);
    if (line !== undefined) return line;
  }
  return null;
}
