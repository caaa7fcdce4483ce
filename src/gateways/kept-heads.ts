import { appendFileSync, mkdirSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { KeptHead } from '../domain/kept-head.ts';

interface Line extends KeptHead {
  readonly chain: string;
  readonly instead: boolean;
}

type Heads = ReadonlyMap<string, KeptHead>;

/** A file that grows past this is written anew with the newest head of each chain. */
const LONGEST_FILE = 16 * 1024;
const NAME = /^[0-9a-f]{64}$/;
/** `fund:PETTY 12 4c72...`; a leading `=` replaces a newer head, a hash of `-` is none. */
const LINE = /^(= )?(\S+) (\d{1,16}) ([0-9a-f]{64}|-)$/;

/**
 * Heads of audit chains, kept in a directory beside the pepper: a file for each office, 0600, a line for each head. Lines are only
 * added, by one write each, and the greatest counts, so no late writer can bring an older head back. When a file is written anew,
 * what another process adds at that very moment may be lost: it is kept again with the next event. `failed` is told once when a
 * file cannot be read or written; nothing else comes of it.
 */
export function keptHeads(directory: string, failed: (why: string) => void) {
  let told = false;
  const tell = (error: unknown): void => {
    if (!told) failed(`${directory}: ${error instanceof Error ? error.message : String(error)}`);
    told = true;
  };
  return {
    read: (): ReadonlyMap<string, Heads> => {
      try {
        return new Map(
          readdirSync(directory)
            .filter(isOffice)
            .map((name) => [name, readHeads(directory, name)]),
        );
      } catch (error) {
        // Before the first commit there is nothing.
        if (codeOf(error) !== 'ENOENT') tell(error);
        return new Map();
      }
    },
    keep: (office: string, lines: readonly Line[]): void => {
      try {
        mkdirSync(directory, { recursive: true, mode: 0o700 });
        const file = path.join(directory, office);
        // Begun on a line of its own, whatever a crash has left at the end.
        appendFileSync(file, `\n${lines.map(written).join('')}`, { mode: 0o600 });
        if (statSync(file).size > LONGEST_FILE) writeAnew(directory, office);
      } catch (error) {
        tell(error);
      }
    },
  };
}

const isOffice = (name: string): boolean => NAME.test(name);

const written = ({ chain, seq, hash, instead }: Line): string =>
  `${instead ? '= ' : ''}${chain} ${seq} ${hash || '-'}\n`;

/** The newest head of each chain of an office. A line that was cut off in a crash counts for nothing. */
function readHeads(directory: string, office: string): Heads {
  const heads = new Map<string, KeptHead>();
  for (const line of readFileSync(path.join(directory, office), 'utf8').split('\n')) {
    const [, instead, chain, seq, hash] = LINE.exec(line) ?? [];
    if (chain === undefined || seq === undefined) continue;
    const head = { seq: Number(seq), hash: hash === '-' ? '' : (hash ?? '') };
    if (instead !== undefined || head.seq > (heads.get(chain)?.seq ?? -1)) heads.set(chain, head);
  }
  return heads;
}

function writeAnew(directory: string, office: string): void {
  const file = path.join(directory, office);
  const heads = [...readHeads(directory, office)];
  const temporary = `${file}.${process.pid}`;
  const text = heads.map(([chain, head]) => written({ chain, ...head, instead: false })).join('');
  writeFileSync(temporary, text, { mode: 0o600 });
  renameSync(temporary, file);
}

const codeOf = (error: unknown): unknown => (error instanceof Error && 'code' in error ? error.code : undefined);
