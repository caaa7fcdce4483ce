import { MOST_POLICY_BYTES } from '../domain/policy-file.ts';

/** A policy file that was parsed, or why it cannot be. */
export type PolicyDocument =
  | {
      readonly document: unknown;
      /** The line on which a key stands, or on which the table that holds it begins; null in JSON. */
      readonly lineOf: (path: string) => number | null;
    }
  | { readonly fault: string };

/** Parses a policy written as TOML or, when it begins with a brace, as JSON. Never throws for what stands in it. */
export async function parsePolicy(text: string): Promise<PolicyDocument> {
  if (Buffer.byteLength(text) > MOST_POLICY_BYTES) return { fault: `it has more than ${MOST_POLICY_BYTES} bytes` };
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

function parsedJson(text: string): PolicyDocument {
  try {
    return { document: JSON.parse(text), lineOf: () => null };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return { fault: error.message };
  }
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
