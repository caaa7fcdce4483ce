import { SaxesParser } from 'saxes';
import { textOf, xmlEncoding } from './charset.ts';
import { unreadable } from './faults.ts';
import { assertDepth, assertTokenLength, DEEPEST_NESTING, LONGEST_TOKEN } from './limits.ts';
import { type NameTable, nameTable } from './name-table.ts';
import { trimmed } from './text-lines.ts';

/** What is wanted of one element, by the local names of what lies in it; nothing is wanted of elements that are not named. */
export interface Wanted {
  readonly inside?: Readonly<Record<string, Wanted>>;
  /** Elements of other names are looked through for those of `inside`, however deep they lie. */
  readonly anywhere?: boolean;
  readonly begin?: (attributes: Readonly<Record<string, string>>) => void;
  /** Its own text, trimmed; not called without any. */
  readonly text?: (text: string) => void;
  readonly end?: () => void;
}

/** What a reader is handed: how to tell what it found, and at which line the file stands. */
export interface XmlPlace<Event> {
  readonly tell: (event: Event) => void;
  /** Line of the tag that was read last, from 1. */
  readonly line: () => number;
}

/**
 * Walks through an XML file, telling what is wanted of it in the order of the file, in memory that does not grow with it.
 * Throws usage STATEMENT_UNREADABLE for what is not well-formed, for every DOCTYPE and every entity but the five of XML itself,
 * and above the limits of depth and length.
 */
export function* readXml<Event>(
  pieces: Iterable<Uint8Array>,
  wantedBy: (place: XmlPlace<Event>) => Wanted,
  warn: (message: string) => void,
): Generator<Event> {
  const told: Event[] = [];
  const parser = new SaxesParser({ xmlns: false, fragment: false, position: true });
  const before = { lines: 0 };
  const line = (): number => before.lines + parser.line;
  const walk = aWalk(wantedBy({ tell: (event) => void told.push(event), line }), line, parser);
  guard(parser, line);
  let quiet = 0;
  for (const text of withoutLeadingSpace(textOf(pieces, { declaredIn: xmlEncoding, warn }), before)) {
    const tags = walk.tags();
    parser.write(text);
    quiet = walk.tags() === tags ? quiet + text.length : 0;
    assertTokenLength(quiet, line());
    for (const event of told) yield event;
    told.length = 0;
  }
  parser.close();
  yield* told;
}

/** Nothing but plain elements and text gets through. */
function guard(parser: SaxesParser, line: () => number): void {
  // The library's own table inherits from Object, so that &constructor; would be found in it.
  parser.ENTITIES = Object.assign(Object.create(null) as Record<string, string>, ENTITIES);
  parser.on('doctype', () => {
    throw unreadable(line(), 'it has a DOCTYPE, which no statement needs and which is refused');
  });
  parser.on('error', (error) => {
    throw unreadable(line(), error.message.replace(/^\S*?\d+:\d+: /, '').replace(/\.$/, ''));
  });
}

const ENTITIES = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** Some programs begin with empty lines, before which no XML declaration may stand. */
function* withoutLeadingSpace(texts: Iterable<string>, before: { lines: number }): Generator<string> {
  let begun = false;
  for (const text of texts) {
    if (begun) yield text;
    else {
      const rest = text.trimStart();
      before.lines += text.slice(0, text.length - rest.length).split('\n').length - 1;
      begun = rest !== '';
      if (begun) yield rest;
    }
  }
}

/** What is wanted of an element: always with the same fields, so that every tag is looked at in the same quick way. */
interface Place {
  readonly inside: NameTable<Place>;
  readonly anywhere: boolean;
  readonly begin: NonNullable<Wanted['begin']> | null;
  readonly text: NonNullable<Wanted['text']> | null;
  readonly end: NonNullable<Wanted['end']> | null;
  /** Children by their names as the file writes them. */
  readonly children: Map<string, Child>;
  /** Stands before the first child. */
  readonly before: Child;
  /** The child that was opened last. */
  last: Child;
}

/** An element that was seen, and the one that came behind it the last time: most files say the same again and again. */
interface Child {
  readonly name: string;
  /** What is wanted of it; null where nothing is. */
  readonly place: Place | null;
  next: Child | null;
}

/** More different children are a file's that nobody needs to read quickly. */
const MOST_CHILDREN = 200;
const LONGEST_NAME = 100;

const placeOf = (wanted: Wanted): Place => {
  const before: Child = { name: '', place: null, next: null };
  return { ...fieldsOf(wanted), children: new Map(), before, last: before };
};

const fieldsOf = ({
  inside = {},
  anywhere = false,
  begin,
  text,
  end,
}: Wanted): Omit<Place, 'children' | 'before' | 'last'> => ({
  inside: nameTable(Object.fromEntries(Object.entries(inside).map(([name, wanted]) => [name, placeOf(wanted)]))),
  anywhere,
  begin: begin ?? null,
  text: text ?? null,
  end: end ?? null,
});

/**
 * Keeps where in the wanted elements the file stands; elements that nobody wants are counted and passed over. Text is listened
 * to only where it is wanted: most of it is the space between elements, which is then not even copied.
 */
function aWalk(wanted: Wanted, line: () => number, parser: SaxesParser): { readonly tags: () => number } {
  const above: Place[] = [];
  let place = placeOf(wanted);
  let passedOver = 0;
  let text = '';
  let tags = 0;
  let listens = false;
  const hear = (piece: string): void => {
    if (!listens) return;
    text += piece;
    if (text.length > LONGEST_TOKEN) assertTokenLength(text.length, line());
  };
  parser.on('text', hear);
  parser.on('cdata', hear);
  parser.on('opentag', ({ name, attributes }) => {
    tags += 1;
    if (above.length + passedOver >= DEEPEST_NESTING) assertDepth(above.length + passedOver, line());
    const next = passedOver > 0 ? null : childOf(place, name);
    if (next === null) {
      passedOver += 1;
      listens = false;
      return;
    }
    above.push(place);
    place = next;
    place.last = place.before;
    text = '';
    listens = next.text !== null;
    if (next.begin !== null) next.begin(attributes);
  });
  parser.on('closetag', () => {
    tags += 1;
    if (passedOver > 0) {
      passedOver -= 1;
    } else {
      const { text: take, end } = place;
      if (take !== null) {
        const own = trimmed(text);
        text = '';
        if (own !== '') take(own);
      }
      if (end !== null) end();
      place = above.pop() ?? place;
    }
    listens = passedOver === 0 && place.text !== null;
  });
  return { tags: () => tags };
}

/** What is wanted of the next child of an element; null where nothing is. */
function childOf(parent: Place, name: string): Place | null {
  const { last } = parent;
  const expected = last.next;
  if (expected !== null && expected.name === name) {
    parent.last = expected;
    return expected.place;
  }
  const child = parent.children.get(name) ?? newChildOf(parent, name);
  // What is not among the children is not kept, lest memory grow with the file.
  last.next = parent.children.has(name) ? child : null;
  parent.last = child;
  return child.place;
}

function newChildOf(parent: Place, name: string): Child {
  // The prefix of its namespace is chosen by each bank.
  const colon = name.indexOf(':');
  const place = parent.inside.find(name, colon + 1, name.length) ?? (parent.anywhere ? parent : null);
  // A name that was cut out of the text would keep all of the text.
  const child: Child = { name: Buffer.from(name).toString(), place, next: null };
  if (parent.children.size < MOST_CHILDREN && name.length <= LONGEST_NAME) parent.children.set(child.name, child);
  return child;
}
