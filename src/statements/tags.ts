import { unreadable } from './faults.ts';
import { assertTokenLength } from './limits.ts';

/**
 * What is told of each tag: where it stands in what was read, so that nobody copies what nobody wants. `from` and `to` are where
 * its name begins and ends.
 */
export interface TagVisitor {
  /** `<NAME>`; the text between it and the next tag begins after the `>` and ends at `textTo`. */
  open(source: string, from: number, to: number, textTo: number): void;
  /** `</NAME>`. */
  close(source: string, from: number, to: number): void;
  /** More of the text after the last opening tag: what stands in CDATA, or after a `<` that begins no tag. */
  more(text: string): void;
}

/** Where the file stands, and how to tell what was found. */
export interface TagPlace<Event> {
  readonly tell: (event: Event) => void;
  /** Line of the tag that is being told of, from 1. */
  readonly line: () => number;
}

/**
 * Walks through the tags of SGML as OFX uses it, or of XML: elements may lack their closing tags. In linear time, and in memory
 * that does not grow with the file. Throws usage STATEMENT_UNREADABLE for a DOCTYPE and for what goes on without an end.
 */
export function* readTags<Event>(
  texts: Iterable<string>,
  visitorOf: (place: TagPlace<Event>) => TagVisitor,
): Generator<Event> {
  const told: Event[] = [];
  const lines = aLineCount();
  const visitor = visitorOf({ tell: (event) => void told.push(event), line: () => lines.at() });
  let rest = '';
  for (const text of texts) {
    lines.goOn(rest + text);
    const done = scan(lines, visitor, false);
    rest = lines.source().slice(done);
    lines.leave(done);
    assertTokenLength(rest.length, lines.at());
    yield* told;
    told.length = 0;
  }
  lines.goOn(rest);
  scan(lines, visitor, true);
  yield* told;
}

/** Counts lines only where somebody asks for one. */
interface LineCount {
  source(): string;
  /** Moves to where the tag stands that is told of next. */
  stand(at: number): void;
  at(): number;
  /** Takes the next piece, which begins with what was left of the last one. */
  goOn(source: string): void;
  /** Leaves a piece behind up to here. */
  leave(at: number): void;
}

function aLineCount(): LineCount {
  let source = '';
  let lines = 1;
  let counted = 0;
  let standing = 0;
  const count = (to: number): number => {
    if (to <= counted) return lines;
    for (let feed = source.indexOf('\n', counted); feed >= 0 && feed < to; feed = source.indexOf('\n', feed + 1))
      lines += 1;
    counted = to;
    return lines;
  };
  return {
    source: () => source,
    stand: (at) => {
      standing = at;
    },
    at: () => count(standing),
    goOn: (next) => {
      source = next;
      counted = 0;
      standing = 0;
    },
    leave: (at) => {
      count(at);
    },
  };
}

const SLASH = 0x2f;
const BANG = 0x21;
const QUESTION = 0x3f;

/** Tells of every whole tag; gives where the first one begins that is not whole. At the end of the file what is cut is dropped. */
function scan(lines: LineCount, visitor: TagVisitor, atEnd: boolean): number {
  const source = lines.source();
  let at = tagFrom(source, 0, atEnd);
  // Every text belongs to a tag before it, and that is kept with it.
  if (at < 0) return source.endsWith('<') ? source.length - 1 : source.length;
  let closes = -1;
  while (at < source.length) {
    lines.stand(at);
    const code = source.charCodeAt(at + 1);
    if (code === BANG || code === QUESTION) {
      const end = otherEnd(source, at, lines);
      const next = end < 0 ? -1 : tagFrom(source, end, atEnd);
      if (next < 0) break;
      visitor.more(characterData(source, at, end) + source.slice(end, next));
      at = next;
      continue;
    }
    // Looked for only once, however many tags begin before it.
    if (closes <= at) closes = source.indexOf('>', at + 1);
    const next = closes < 0 ? -1 : tagFrom(source, at + 1, atEnd);
    if (next < 0) break;
    // Where a tag begins inside of a tag, the first one is none, but a letter of the text.
    if (next < closes) visitor.more(source.slice(at, next));
    else if (code === SLASH) visitor.close(source, at + 2, closes);
    else visitor.open(source, at + 1, closes, next);
    at = next;
  }
  return Math.min(at, source.length);
}

/** Where the next tag begins; the end of the file where there is none, and -1 where only what is to come can tell. */
function tagFrom(source: string, from: number, atEnd: boolean): number {
  let at = source.indexOf('<', from);
  while (at >= 0 && !beginsTag(source, at)) at = source.indexOf('<', at + 1);
  if (at >= 0 && (atEnd || at + 2 < source.length)) return at;
  return atEnd ? source.length : -1;
}

/** A `<` before anything but a name, a slash or a declaration is a letter of the text. What is not there yet may become a tag. */
function beginsTag(source: string, at: number): boolean {
  const code = source.charCodeAt(at + 1);
  if (isLetter(code) || code === SLASH || code === QUESTION || Number.isNaN(code)) return true;
  if (code !== BANG) return false;
  const third = source.charCodeAt(at + 2);
  return isLetter(third) || third === 0x2d || third === 0x5b || Number.isNaN(third);
}

/** Names begin with a letter, in XML also with `_`. */
const isLetter = (code: number): boolean => ((code | 0x20) >= 0x61 && (code | 0x20) <= 0x7a) || code === 0x5f;

const CDATA = '<![CDATA[';

/** What is neither an element nor text, with what ends it. */
const OTHERS: readonly (readonly [begins: string, ends: string])[] = [
  ['<?', '?>'],
  ['<!--', '-->'],
  [CDATA, ']]>'],
];

/** Where a comment, an instruction or CDATA ends; -1 where that is still to come. Throws for declarations. */
function otherEnd(source: string, at: number, lines: LineCount): number {
  const [begins, ends] = OTHERS.find(([start]) => source.startsWith(start, at)) ?? [];
  if (begins !== undefined && ends !== undefined) {
    const end = source.indexOf(ends, at + begins.length);
    return end < 0 ? -1 : end + ends.length;
  }
  if (OTHERS.some(([start]) => start.startsWith(source.slice(at, at + CDATA.length)))) return -1;
  throw unreadable(
    lines.at(),
    'it has a DOCTYPE or another declaration, which no statement needs and which is refused',
  );
}

/** What stands in CDATA, written as it would be outside. */
const characterData = (source: string, at: number, end: number): string =>
  source.startsWith(CDATA, at) ? source.slice(at + CDATA.length, end - 3).replaceAll('&', '&amp;') : '';
