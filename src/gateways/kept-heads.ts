import {
  accessSync,
  closeSync,
  constants,
  fstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  renameSync,
  statSync,
  writeFileSync,
  writeSync,
  type Stats,
} from 'node:fs';
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
  const known = new Map<string, KnownFile>();
  let listing: Listing | undefined;
  const tell = (error: unknown): void => {
    if (!told) failed(`${directory}: ${error instanceof Error ? error.message : String(error)}`);
    told = true;
  };
  return {
    read: (): ReadonlyMap<string, Heads> => {
      try {
        listing = listOn(directory, listing);
        return new Map(listing.offices.map((name) => [name, readOn(path.join(directory, name), name, known)]));
      } catch (error) {
        // Before the first commit there is nothing.
        if (codeOf(error) !== 'ENOENT') tell(error);
        return new Map();
      }
    },
    keep: (office: string, lines: readonly Line[]): void => {
      try {
        // Begun on a line of its own, whatever a crash has left at the end.
        const size = append(path.join(directory, office), `\n${lines.map(written).join('')}`, known.get(office));
        if (size > LONGEST_FILE) writeAnew(directory, office);
      } catch (error) {
        tell(error);
      }
    },
  };
}

/** The offices of which something is kept, as a directory told once. */
interface Listing {
  readonly offices: readonly string[];
  /** When the directory was changed last, and when it was asked, in milliseconds. */
  readonly changedAt: number;
  readonly askedAt: number;
}

/** Coarser than any file system's clock: what was changed as shortly before it was asked may have been changed again since. */
const SHORTLY_MS = 5000;

/** Lists anew what has changed; every payment asks, and offices seldom come. */
function listOn(directory: string, before: Listing | undefined): Listing {
  const askedAt = performance.timeOrigin + performance.now();
  const changedAt = statSync(directory).mtimeMs;
  if (before?.changedAt === changedAt && before.askedAt - changedAt > SHORTLY_MS) return before;
  return { offices: readdirSync(directory).filter(isOffice), changedAt, askedAt };
}

const isOffice = (name: string): boolean => NAME.test(name);

const written = ({ chain, seq, hash, instead }: Line): string =>
  `${instead ? '= ' : ''}${chain} ${seq} ${hash || '-'}\n`;

/** Adds to a file, and makes it where it is not there yet; tells its size. What it adds right behind what is known of it is known, too. */
function append(file: string, text: string, known: KnownFile | undefined): number {
  const handle = openToAppend(file);
  try {
    const bytes = Buffer.from(text);
    writeSync(handle, bytes);
    const about = fstatSync(handle);
    if (known !== undefined && isSameFile(known, about) && about.size === known.size + bytes.length) {
      addHeads(known.heads, text);
      known.size = about.size;
    }
    return about.size;
  } finally {
    closeSync(handle);
  }
}

function openToAppend(file: string): number {
  try {
    return openSync(file, 'a', 0o600);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
    mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
    return openSync(file, 'a', 0o600);
  }
}

/** What this process knows of a file, which only grows until it is written anew: then it is another file. */
interface KnownFile {
  readonly inode: number;
  /** Inodes are given again. */
  readonly bornAt: number;
  /** Bytes up to the end of the last whole line. */
  size: number;
  readonly heads: Map<string, KeptHead>;
}

const isSameFile = ({ inode, bornAt }: KnownFile, { ino, birthtimeMs }: Pick<Stats, 'ino' | 'birthtimeMs'>): boolean =>
  inode === ino && bornAt === birthtimeMs;

/** The heads in a file; what is known already is not read again, as every payment asks. */
function readOn(file: string, office: string, known: Map<string, KnownFile>): Heads {
  const about = statSync(file);
  const before = known.get(office);
  if (before !== undefined && isSameFile(before, about) && before.size === about.size) return new Map(before.heads);
  const handle = openSync(file, 'r');
  try {
    return new Map(readTail(handle, before, (file) => known.set(office, file)).heads);
  } finally {
    closeSync(handle);
  }
}

/** Reads what was added since, or all of a file that is another by now. */
function readTail(handle: number, before: KnownFile | undefined, remember: (file: KnownFile) => void): KnownFile {
  const about = fstatSync(handle);
  const goesOn = before !== undefined && isSameFile(before, about) && before.size <= about.size;
  const file = goesOn ? before : { inode: about.ino, bornAt: about.birthtimeMs, size: 0, heads: new Map() };
  const bytes = Buffer.alloc(about.size - file.size);
  const read = readSync(handle, bytes, 0, bytes.length, file.size);
  const whole = read === 0 ? 0 : bytes.lastIndexOf('\n', read - 1) + 1;
  addHeads(file.heads, bytes.toString('utf8', 0, whole));
  file.size += whole;
  remember(file);
  return file;
}

/** The newest head of each chain of an office. */
function readHeads(directory: string, office: string): Heads {
  const heads = new Map<string, KeptHead>();
  addHeads(heads, readFileSync(path.join(directory, office), 'utf8'));
  return heads;
}

/** Adds what lines say, in their order. A line that was cut off in a crash counts for nothing. */
function addHeads(heads: Map<string, KeptHead>, text: string): void {
  for (const line of text.split('\n')) {
    const [, instead, chain, seq, hash] = LINE.exec(line) ?? [];
    if (chain === undefined || seq === undefined) continue;
    const head = { seq: Number(seq), hash: hash === '-' ? '' : (hash ?? '') };
    if (instead !== undefined || head.seq > (heads.get(chain)?.seq ?? -1)) heads.set(chain, head);
  }
}

function writeAnew(directory: string, office: string): void {
  const file = path.join(directory, office);
  const heads = [...readHeads(directory, office)];
  const temporary = `${file}.${process.pid}`;
  const text = heads.map(([chain, head]) => written({ chain, ...head, instead: false })).join('');
  writeFileSync(temporary, text, { mode: 0o600 });
  renameSync(temporary, file);
}

/** Why this user cannot read and keep heads in a directory; null when they can, also where none was kept yet. */
export function headsFault(directory: string): string | null {
  try {
    accessSync(directory, constants.R_OK | constants.W_OK);
    for (const name of readdirSync(directory).filter(isOffice))
      accessSync(path.join(directory, name), constants.R_OK | constants.W_OK);
    return null;
  } catch (error) {
    const code = codeOf(error);
    if (typeof code !== 'string') throw error;
    return code === 'ENOENT' ? null : code;
  }
}

const codeOf = (error: unknown): unknown => (error instanceof Error && 'code' in error ? error.code : undefined);
