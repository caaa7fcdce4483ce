import { decimalWith } from '../domain/money.ts';
import { Problem } from '../domain/problem.ts';
import { quoted } from '../domain/quoted.ts';
import type { FileDay } from './calendar.ts';
import { exponentIn } from './currency.ts';
import { unreadable } from './faults.ts';
import { MOST_STATEMENTS } from './limits.ts';
import { GatheredLines } from './gathered-lines.ts';
import { readDetails } from './mt940-details.ts';
import { Entry } from './mt940-entry.ts';
import { lineOf } from './mt940-line.ts';
import {
  type Balance,
  claimsOf,
  currencyOf,
  type Message,
  NO_MESSAGE,
  newMessage,
  type OpenStatement,
  readBalance,
  readingOf,
  readTotal,
  UNKNOWN,
} from './mt940-message.ts';
import type { ParserOptions, StatementEvent, StatementHeader } from './statement.ts';

/** Messages of one account in one file have their own numbers; the oldest of more than these are no longer compared. */
const MOST_REMEMBERED = 50_000;

/** Turns the fields of MT940 and MT942 into events. */
export class Mt940Statements {
  readonly #options: ParserOptions;
  readonly #seen = new Set<string>();
  #events: StatementEvent[] = [];
  #message: Message | null = null;
  #open: OpenStatement | null = null;
  readonly #entry: Entry;
  /** Whether an entry waits for its description. */
  #waits = false;
  readonly #details = new GatheredLines();
  /** The first line of an entry that ended before its amount. */
  #broken: string | null = null;
  /** How many statements began. */
  count = 0;

  constructor(options: ParserOptions) {
    this.#options = options;
    this.#entry = new Entry(readingOf(options.currency, options));
  }

  /** Whether the message has said its closing balance, so that what follows is its end. */
  get isComplete(): boolean {
    return this.#open === null || this.#open.closingKind !== null;
  }

  /** The events since the last time. */
  take(): readonly StatementEvent[] {
    const events = this.#events;
    this.#events = [];
    return events;
  }

  /** Tells of something that is not as it should be; `position` null where it has no line. */
  warn(message: string, position: number | null): void {
    this.#events.push({ kind: 'warning', message, position });
  }

  /** Tells of something that makes the statement no whole one. */
  #breach(message: string, position: number): void {
    this.#events.push({ kind: 'warning', message, position, contradicts: true });
  }

  /** Takes the first line of `:61:`, which lies between two places of a text. */
  entry(text: string, from: number, to: number, position: number): void {
    this.#emitLine();
    this.#begun(position, null);
    if (!this.#entry.read(text, from, to, position)) this.#broken = text.slice(from, to);
    this.#waits = true;
  }

  /** Takes one field with its lines, the first without the tag; of `:61:`, the lines below its first. */
  field(tag: string, lines: readonly string[], position: number): void {
    if (tag === '86') return this.#describe(lines);
    if (tag === '61') return this.#belowEntry(lines, position);
    // What savings banks write below an entry, each line after a code of two digits.
    if (tag === 'NS' && this.#waits) return this.#describe(lines.map((line) => line.replace(/^\d\d/, '')));
    this.#emitLine();
    const first = lines[0] ?? '';
    switch (tag) {
      case '20':
        this.#message = newMessage(position, first.trim());
        break;
      case '25':
      case '25P':
        this.#describing(position).account = first.trim() || null;
        break;
      case '28':
      case '28C':
        this.#number(this.#describing(position), first.trim());
        break;
      case '60F':
      case '60M':
        this.#opening(tag, first, position);
        break;
      case '62F':
      case '62M':
        this.#closing(tag, first, position);
        break;
      case '34F':
        this.#floorLimit(first, position);
        break;
      case '90C':
      case '90D':
        this.#totals(tag, first, position);
        break;
    }
  }

  /** Tells the end of the last statement. */
  close(): void {
    this.#emitLine();
    this.#end();
  }

  /** The message whose head is being read: a new one where the last has begun and closed already. */
  #describing(position: number): Message {
    if (this.#message === null || (this.#message.begun && this.isComplete))
      this.#message = newMessage(position, this.#message?.reference ?? null);
    return this.#message;
  }

  #number(message: Message, text: string): void {
    const slash = text.lastIndexOf('/');
    message.number = (slash < 0 ? text : text.slice(0, slash)) || null;
    message.page = slash < 0 ? null : text.slice(slash + 1) || null;
  }

  #opening(tag: string, text: string, position: number): void {
    const balance = readBalance(tag, text, { position, options: this.#options, currency: null });
    const before = this.#open;
    if (this.#message?.begun === true) this.#message = { ...this.#message, begun: false };
    if (tag === '60M' && before !== null && this.#continues(before)) {
      this.#checkPage(before, balance, position);
      before.closingKind = null;
      this.#markBegun(text);
      return;
    }
    const open = this.#begin(balance.currency, position, text);
    open.opening = balance;
    open.from = this.#dayOf(balance.day, position);
    if (tag !== '60M') return;
    const begins = 'it begins with an intermediate balance';
    if (Number(open.header.page ?? Number.NaN) > 1)
      this.#breach(`${begins}: the pages before it are missing`, position);
    else this.warn(begins, position);
  }

  /** Whether the message is the next page of a statement that ended with an intermediate balance. */
  #continues(before: OpenStatement): boolean {
    const { account, number } = this.#message ?? NO_MESSAGE;
    return (
      before.closingKind === 'M' &&
      before.header.account === account &&
      before.header.id === (number ?? before.header.id)
    );
  }

  #checkPage(before: OpenStatement, balance: Balance, position: number): void {
    const { page } = this.#message ?? NO_MESSAGE;
    const [last, next] = [Number(before.header.page ?? Number.NaN), Number(page ?? Number.NaN)];
    if (next > last + 1) this.#breach(`page ${next} follows page ${last}: what lies between is missing`, position);
    before.header = { ...before.header, page };
    const closing = before.closing;
    if (closing === null || (balance.minor === closing.minor && balance.currency === closing.currency)) return;
    this.#breach(
      `the page opens with ${this.#money(balance)}, but the page before it closes with ${this.#money(closing)}`,
      position,
    );
  }

  #money({ minor, currency }: Balance): string {
    return `${currency} ${decimalWith(minor, exponentIn(currency, this.#options))}`;
  }

  #closing(tag: string, text: string, position: number): void {
    const open = this.#begun(position, currencyOf(text));
    open.closingKind = tag.slice(2);
    open.closingAt = position;
    try {
      const { currency } = open.header;
      open.closing = readBalance(tag, text, { position, options: this.#options, currency });
      open.to = this.#dayOf(open.closing.day, position);
    } catch (error) {
      // Without it nothing is proved, yet every entry is as it was.
      if (!(error instanceof Problem)) throw error;
      this.warn(error.message, position);
    }
  }

  #floorLimit(text: string, position: number): void {
    const currency = /^[A-Z]{3}/.exec(text)?.[0];
    this.#begun(position, currency ?? null).interim = true;
  }

  #totals(tag: string, text: string, position: number): void {
    const { count, minor, currency } = readTotal(tag, text.trimEnd(), { position, options: this.#options });
    const open = this.#begun(position, currency);
    if (tag === '90C') open.credits = { count, minor };
    else open.debits = { count, minor };
    open.interim = true;
  }

  #belowEntry(lines: readonly string[], position: number): void {
    const broken = this.#broken;
    if (broken !== null) {
      // Some banks break the line before the amount.
      const whole = broken + (lines[0] ?? '').trimStart();
      if (!this.#entry.read(whole, 0, whole.length, position)) throw unreadable(position, ':61: has no amount');
      this.#broken = null;
    }
    const below = broken === null ? lines : lines.slice(1);
    if (below.length > 0) this.#entry.readBelow(below.join(' ').trim());
  }

  #describe(lines: readonly string[]): void {
    // Without an entry before it, it describes the statement.
    if (this.#waits) this.#details.add(lines);
  }

  #emitLine(): void {
    if (!this.#waits) return;
    const entry = this.#entry;
    const { value, booked, position } = entry;
    if (!value.exists) this.#dayOf(value, position);
    if (!booked.exists && booked !== value) this.#dayOf(booked, position);
    if (entry.expected) this.warn('the entry is only expected (mark EC or ED), not booked yet', position);
    this.#events.push({ kind: 'line', line: lineOf(entry, readDetails(this.#details.lines)) });
    this.#waits = false;
    this.#details.clear();
  }

  /** The open statement; one begins where a message has entries or balances before an opening balance. */
  #begun(position: number, currency: string | null): OpenStatement {
    const isNew = this.#message !== null && !this.#message.begun;
    return this.#open === null || isNew ? this.#begin(currency, position) : this.#open;
  }

  #begin(said: string | null, position: number, opening = ''): OpenStatement {
    this.#end();
    const currency = said ?? this.#options.currency;
    const message = this.#message ?? { ...NO_MESSAGE, position };
    this.#message = message;
    this.#entry.reading = readingOf(currency, this.#options);
    const { account, number, reference, page } = message;
    const header: StatementHeader = { type: 'mt940', account, currency, id: number ?? reference, page };
    this.#open = { ...UNKNOWN, header };
    this.count += 1;
    if (this.count > MOST_STATEMENTS) throw unreadable(position, `there are more than ${MOST_STATEMENTS} statements`);
    this.#events.push({ kind: 'begin', header });
    this.#markBegun(opening);
    return this.#open;
  }

  /** Warns where a message comes again: same reference, number, page, account and opening balance. */
  #markBegun(opening: string): void {
    const message = this.#message;
    if (message === null) return;
    message.begun = true;
    const { reference, number, page, account, position } = message;
    if (reference === null && number === null) return;
    const key = JSON.stringify([reference, number, page, account, opening]);
    if (this.#seen.has(key))
      this.warn(`the message ${quoted(reference ?? '')} of this account comes a second time`, position);
    if (this.#seen.size < MOST_REMEMBERED) this.#seen.add(key);
  }

  #end(): void {
    const open = this.#open;
    if (open === null) return;
    if (open.closingKind === 'M')
      this.#breach('it ends with an intermediate balance: the pages after it are missing', open.closingAt);
    if (open.closingKind === null && !open.interim) this.warn('it has no closing balance: it may be cut off', null);
    this.#events.push({ kind: 'end', header: open.header, claims: claimsOf(open) });
    this.#open = null;
  }

  #dayOf(day: FileDay | null, position: number): string | null {
    if (day === null) return null;
    if (!day.exists) this.warn(`${day.iso} is no day of the calendar`, position);
    return day.iso;
  }
}
