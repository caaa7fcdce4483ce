import { SaxesParser, type SaxesTagPlain } from 'saxes';
import { textOf, xmlEncoding } from './charset.ts';
import { unreadable } from './faults.ts';
import { assertDepth, assertTokenLength } from './limits.ts';

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
  const walk = aWalk(wantedBy({ tell: (event) => void told.push(event), line }), line);
  guard(parser, line);
  parser.on('opentag', walk.open);
  parser.on('closetag', walk.close);
  parser.on('text', walk.text);
  parser.on('cdata', walk.text);
  let quiet = 0;
  for (const text of withoutLeadingSpace(textOf(pieces, { declaredIn: xmlEncoding, warn }), before)) {
    const tags = walk.tags();
    parser.write(text);
    quiet = walk.tags() === tags ? quiet + text.length : 0;
    assertTokenLength(quiet, line());
    yield* told;
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

/** What is wanted, with a quick look-up. */
interface Place {
  readonly wanted: Wanted;
  readonly inside: ReadonlyMap<string, Place>;
}

const placeOf = (wanted: Wanted): Place => ({
  wanted,
  inside: new Map(Object.entries(wanted.inside ?? {}).map(([name, inside]) => [name, placeOf(inside)])),
});

/** Keeps where in the wanted elements the file stands; elements that nobody wants are counted and passed over. */
function aWalk(wanted: Wanted, line: () => number) {
  const above: Place[] = [];
  let place = placeOf(wanted);
  let passedOver = 0;
  let text = '';
  let tags = 0;
  return {
    tags: (): number => tags,
    open: ({ name, attributes }: SaxesTagPlain): void => {
      tags += 1;
      assertDepth(above.length + passedOver, line());
      const next = passedOver > 0 ? undefined : (place.inside.get(localName(name)) ?? searching(place));
      if (next === undefined) {
        passedOver += 1;
        return;
      }
      above.push(place);
      place = next;
      text = '';
      if (next.wanted.begin !== undefined) next.wanted.begin(attributes);
    },
    text: (piece: string): void => {
      if (passedOver > 0 || place.wanted.text === undefined) return;
      text += piece;
      assertTokenLength(text.length, line());
    },
    close: (): void => {
      tags += 1;
      if (passedOver > 0) {
        passedOver -= 1;
        return;
      }
      const { text: take, end } = place.wanted;
      const own = take === undefined ? '' : text.trim();
      text = '';
      if (own !== '') take?.(own);
      end?.();
      place = above.pop() ?? place;
    },
  };
}

const searching = (place: Place): Place | undefined => (place.wanted.anywhere === true ? place : undefined);

/** The name without the prefix of its namespace, which each bank chooses. */
const localName = (name: string): string => {
  const colon = name.indexOf(':');
  return colon < 0 ? name : name.slice(colon + 1);
};
