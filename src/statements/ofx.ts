import { textOf, xmlEncoding } from './charset.ts';
import { notAStatement, unreadable } from './faults.ts';
import { assertTokenLength } from './limits.ts';
import { aggregatesOf, type NamedAggregate, NO_LEAVES, type OfxMessage } from './ofx-elements.ts';
import type { ParserOptions, StatementEvent, StatementParser } from './statement.ts';
import { readTags, type TagPlace, type TagVisitor } from './tags.ts';

/**
 * OFX 1 (SGML, whose elements lack their closing tags) and OFX 2 (XML): statements of accounts, of credit cards, and the cash of
 * investment accounts. Dates are the local days that are written; amounts are signed.
 * Throws usage NOT_A_STATEMENT where the bank answers with an error or without a statement, STATEMENT_UNREADABLE for what is cut
 * off or cannot be read without guessing.
 */
export const parseOfx: StatementParser = function* (pieces, options) {
  const warnings: StatementEvent[] = [];
  const warn = (message: string): void => void warnings.push({ kind: 'warning', message, position: null });
  const message: OfxMessage = { statements: 0, error: null, isWhole: false };
  const texts = textOf(pieces, { declaredIn: xmlEncoding, otherwiseIn: headerCharset, warn });
  let inside = (): string | null => null;
  const visitorOf = (place: TagPlace<StatementEvent>): TagVisitor => {
    const visitor = ofxVisitor(place, options, message);
    inside = visitor.inside;
    return visitor;
  };
  yield* readTags<StatementEvent>(texts, visitorOf);
  const open = inside();
  if (open !== null) throw unreadable(null, `it is cut off in the middle of ${open}`);
  if (!message.isWhole) warn('the file is cut off: its last tag, </OFX>, is missing');
  yield* warnings;
  if (message.statements > 0) return;
  throw notAStatement(
    message.error === null
      ? 'It is OFX, but no statement is in it.'
      : `It is OFX, but no statement is in it: the bank answered with the error ${message.error}.`,
  );
};

/** The charset that the header of OFX 1 names for what is not ASCII. */
const headerCharset = (head: string): string | null => {
  const charset = /^CHARSET:\s*([\w-]{1,40})/m.exec(head)?.[1] ?? null;
  return charset !== null && /^\d{4}$/.test(charset) ? `windows-${charset}` : charset;
};

/** Keeps which elements are open, as far as the closing tags of OFX tell. */
function ofxVisitor(
  place: TagPlace<StatementEvent>,
  options: ParserOptions,
  message: OfxMessage,
): TagVisitor & { readonly inside: () => string | null } {
  const aggregates = aggregatesOf(place, options, message);
  const open: NamedAggregate[] = [];
  let leaves = NO_LEAVES;
  /** Who took the text that was read last, that text, and whether a space came after it: it may go on. */
  let taking: ((text: string) => unknown) | null = null;
  let written = '';
  let spaced = false;
  const leave = (name: string): void => {
    if (!open.some((one) => one.name === name)) return;
    for (let ended = open.pop(); ended !== undefined; ended = open.pop()) {
      ended.aggregate.end?.();
      if (ended.name === name) break;
    }
    leaves = open.at(-1)?.aggregate.leaves ?? NO_LEAVES;
  };
  const enter = (named: NamedAggregate): void => {
    // Nothing lies in its own kind, so that a closing tag was left out.
    const { aggregate } = named;
    const alike = aggregate.alone === true ? open.find((one) => one.aggregate === aggregate) : named;
    if (alike !== undefined) leave(alike.name);
    open.push(named);
    leaves = aggregate.leaves;
    aggregate.begin?.();
  };
  const visitor: TagVisitor = {
    open: (source, from, to, textTo) => {
      const take = leaves.find(source, from, to);
      if (take !== undefined) {
        taking = take;
        written = plainText(source, to + 1, textTo);
        spaced = source.charCodeAt(textTo - 1) <= SPACE;
        if (written !== '') take(written);
        return;
      }
      taking = null;
      const named = aggregates.find(source, from, to);
      if (named !== undefined) return enter(named);
      const plain = unusualName(source, from, to);
      if (plain === null) return;
      const respelled = `${plain}>${source.slice(to + 1, textTo)}`;
      visitor.open(respelled, 0, plain.length, respelled.length);
      if (source.charCodeAt(to - 1) === SLASH) visitor.close(plain, 0, plain.length);
    },
    close: (source, from, to) => {
      taking = null;
      const named = aggregates.find(source, from, to);
      if (named !== undefined) return leave(named.name);
      const plain = unusualName(source, from, to);
      if (plain !== null) visitor.close(plain, 0, plain.length);
    },
    more: (text) => {
      if (taking === null) return;
      const next = plainText(text, 0, text.length);
      written = `${written}${spaced && written !== '' ? ' ' : ''}${next}`;
      spaced = text.charCodeAt(text.length - 1) <= SPACE;
      assertTokenLength(written.length, place.line());
      if (written !== '') taking(written);
    },
  };
  return { ...visitor, inside: () => open.find(({ name }) => name.endsWith('STMTRS'))?.name ?? null };
}

/** A name without what some programs add to it: a prefix, attributes, the slash of an empty element, small letters; null where nothing is. */
function unusualName(source: string, from: number, to: number): string | null {
  let at = from;
  while (at < to && isUsual(source.charCodeAt(at))) at += 1;
  if (at === to) return null;
  const [, letters = ''] =
    /^(?:[^\s:/]{1,40}:)?([A-Za-z0-9._]{1,40})/.exec(source.slice(from, Math.min(to, from + LONGEST_NAME))) ?? [];
  return letters.toUpperCase();
}

const LONGEST_NAME = 100;

/** Capitals, digits, `.` and `_`. */
const isUsual = (code: number): boolean =>
  (code >= 0x41 && code <= 0x5a) || (code >= 0x2e && code <= 0x39 && code !== SLASH) || code === 0x5f;

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ' };

const SPACE = 0x20;
const SLASH = 0x2f;
const AMPERSAND = 0x26;

/** A part of a text as it is meant: without spaces around it or line feeds in it, and `&` as it is where it begins no entity. */
function plainText(source: string, from: number, to: number): string {
  let start = from;
  while (start < to && source.charCodeAt(start) <= SPACE) start += 1;
  let end = to;
  while (end > start && source.charCodeAt(end - 1) <= SPACE) end -= 1;
  for (let at = start; at < end; at += 1) {
    const code = source.charCodeAt(at);
    if (code < SPACE || code === AMPERSAND) return withoutMarkup(source.slice(start, end));
  }
  return source.slice(start, end);
}

const withoutMarkup = (text: string): string =>
  text.replaceAll(/\s+/g, ' ').replaceAll(/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|([a-z]{2,4}));/gi, meant);

const meant = (entity: string, decimal?: string, hex?: string, name = ''): string => {
  const point = decimal === undefined ? Number.parseInt(hex ?? '0', 16) : Number(decimal);
  if (isCharacter(point)) return String.fromCodePoint(point);
  return Object.hasOwn(ENTITIES, name.toLowerCase()) ? (ENTITIES[name.toLowerCase()] ?? entity) : entity;
};

const isCharacter = (point: number): boolean => point > 0 && point <= 0x10ffff && (point < 0xd800 || point > 0xdfff);
