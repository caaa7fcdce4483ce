import type { Delimiter } from './csv-rows.ts';
import { LineBlock } from './line-block.ts';
import { isChargeBy, mpesaLine, type MpesaColumns, wordsOf } from './mpesa-row.ts';
import { clockAt, isAt, NOT_PLAIN, PlainCells } from './plain-cells.ts';
import type { StatementLine } from './statement.ts';
import type { PlainLines, Width } from './table.ts';

/** What the rows of a statement come to. */
export interface MpesaSums {
  inMinor: number;
  outMinor: number;
}

/** What is known when the rows begin. */
export interface MpesaRows {
  readonly columns: MpesaColumns;
  readonly width: Width;
  readonly delimiter: Delimiter;
  readonly currency: string;
  /** Decimals of the currency. */
  readonly decimals: number;
  /** Every sum that completed rows are added to. */
  readonly sums: readonly MpesaSums[];
}

/** `30-09-2026 16:02:11`: a day of ten characters, a space, and a time. */
const DAY_LENGTH = 10;
const DATE_LENGTH = 19;

/** Statements name few days; a file with more begins anew. */
const MOST_DAYS = 1000;

interface KnownDay {
  readonly written: Uint8Array;
  readonly iso: string;
}

/**
 * Reads rows of M-Pesa's that are as nearly all are straight from their bytes: completed, in ASCII without quotes, with plain
 * figures, and on a day that was read as text before. Whatever else a row is, it is left to who reads text, and so are the
 * texts of a line, until somebody asks for them: there is one meaning of a row.
 */
export class MpesaPlain implements PlainLines {
  readonly block = new LineBlock((block, index) => this.#line(block, index));
  readonly #rows: MpesaRows;
  readonly #cells: PlainCells;
  readonly #needed: number;
  readonly #completed = bytesOf('Completed');
  readonly #currency: Uint8Array;
  readonly #days = new Map<string, KnownDay>();
  #day: KnownDay = { written: new Uint8Array(DAY_LENGTH), iso: '' };
  /** What was found of reasons, by their last bytes: most statements have few. */
  readonly #charges: ({ readonly reason: Uint8Array; readonly isCharge: boolean } | undefined)[] = [];
  readonly #decoder = new TextDecoder();

  constructor(rows: MpesaRows) {
    this.#rows = rows;
    this.#cells = new PlainCells(rows.delimiter);
    this.#needed = Math.max(...Object.values<number>({ ...rows.columns })) + 1;
    this.#currency = bytesOf(rows.currency);
  }

  /** A date that was read as text: whatever has the same day before a time is of that day. */
  learn(date: string, day: { readonly iso: string; readonly exists: boolean }, time: string): void {
    if (date.length !== DATE_LENGTH || date[DAY_LENGTH] !== ' ' || date.slice(DAY_LENGTH + 1) !== time) return;
    const written = date.slice(0, DAY_LENGTH);
    if (!day.exists || !/^[!-~]+$/.test(written)) return;
    if (this.#days.size >= MOST_DAYS) this.#days.clear();
    this.#days.set(written, { written: bytesOf(written), iso: day.iso });
  }

  read(bytes: Uint8Array, from: number, position: number): number {
    this.block.begin(bytes, position);
    let at = from;
    while (at < bytes.length && !this.block.isFull) {
      const next = this.#row(bytes, at);
      if (next < 0) break;
      at = next;
    }
    return at;
  }

  /** Adds the row at a place to the block; gives where the next one begins, -1 where this one is not plain. */
  #row(bytes: Uint8Array, from: number): number {
    const cells = this.#cells;
    const { columns, decimals, width } = this.#rows;
    const next = cells.read(bytes, from);
    if (next < 0 || cells.count < this.#needed || !cells.fit(width)) return -1;
    if (!cells.isIdentifier(bytes, columns.receipt)) return -1;
    if (columns.status >= 0 && !cells.is(bytes, columns.status, this.#completed)) return -1;
    const { currency } = columns;
    if (currency >= 0 && !cells.isEmpty(currency) && !cells.is(bytes, currency, this.#currency)) return -1;
    const second = this.#secondIn(bytes, columns.completed);
    const paidIn = cells.figure(bytes, columns.paidIn, decimals);
    const withdrawn = cells.figure(bytes, columns.withdrawn, decimals);
    const balance = columns.balance < 0 ? Number.NaN : cells.figure(bytes, columns.balance, decimals);
    if (second < 0 || paidIn === NOT_PLAIN || withdrawn === NOT_PLAIN || balance === NOT_PLAIN) return -1;
    const isOut = withdrawn !== 0 && !Number.isNaN(withdrawn);
    if (isOut && paidIn !== 0 && !Number.isNaN(paidIn)) return -1;
    const amountMinor = isOut ? -Math.abs(withdrawn) : Number.isNaN(paidIn) ? 0 : paidIn;
    if (!this.#addUp(amountMinor)) return -1;
    const { block } = this;
    const at = block.count;
    block.bookedOn[at] = this.#day.iso;
    block.seconds[at] = second;
    block.amounts[at] = amountMinor;
    block.balances[at] = balance;
    block.isCharge[at] = amountMinor < 0 && this.#isCharge(bytes) ? 1 : 0;
    block.mayRefer[at] = this.#mayRefer(bytes) ? 1 : 0;
    block.rows[at] = from;
    block.identifiers[at] = cells.starts[columns.receipt] as number;
    block.identifierEnds[at] = cells.ends[columns.receipt] as number;
    block.count = at + 1;
    return next;
  }

  /** The second of the day in a cell with a known day and a time; -1 for any other. */
  #secondIn(bytes: Uint8Array, cell: number): number {
    const start = this.#cells.starts[cell] as number;
    if ((this.#cells.ends[cell] as number) - start !== DATE_LENGTH || bytes[start + DAY_LENGTH] !== SPACE) return -1;
    if (!isAt(bytes, start, this.#day.written)) {
      const known = this.#days.get(this.#text(bytes, start, start + DAY_LENGTH));
      if (known === undefined) return -1;
      this.#day = known;
    }
    return clockAt(bytes, start + DAY_LENGTH + 1);
  }

  /** Adds an amount to the sums; not where one would be more than can be held exactly. */
  #addUp(amountMinor: number): boolean {
    const { sums } = this.#rows;
    for (const { inMinor, outMinor } of sums) {
      const sum = amountMinor < 0 ? outMinor - amountMinor : inMinor + amountMinor;
      if (!Number.isSafeInteger(sum)) return false;
    }
    for (const sum of sums) {
      if (amountMinor < 0) sum.outMinor -= amountMinor;
      else sum.inMinor += amountMinor;
    }
    return true;
  }

  #isCharge(bytes: Uint8Array): boolean {
    const { reason } = this.#rows.columns;
    if (reason < 0 || this.#cells.isEmpty(reason))
      return isChargeBy('', this.#textIn(bytes, this.#rows.columns.details));
    const start = this.#cells.starts[reason] as number;
    const end = this.#cells.ends[reason] as number;
    const slot = ((bytes[end - 1] as number) * 31 + (end - start)) & (CHARGE_SLOTS - 1);
    const known = this.#charges[slot];
    if (known !== undefined && known.reason.length === end - start && isAt(bytes, start, known.reason))
      return known.isCharge;
    const text = this.#textIn(bytes, reason);
    const isCharge = isChargeBy(text, text === '' ? this.#textIn(bytes, this.#rows.columns.details) : '');
    // A reason of spaces is none: then the details say it, which are others in every row.
    if (text !== '') this.#charges[slot] = { reason: bytes.slice(start, end), isCharge };
    return isCharge;
  }

  #mayRefer(bytes: Uint8Array): boolean {
    const { linked, account, details } = this.#rows.columns;
    if (linked >= 0 && !this.#cells.isEmpty(linked)) return true;
    if (account >= 0 && !this.#cells.isEmpty(account)) return true;
    if (details < 0) return false;
    const end = (this.#cells.ends[details] as number) - CONVERSATION.length;
    for (let at = this.#cells.starts[details] as number; at <= end; at += 1) {
      if (((bytes[at] as number) | LOWER_CASE) === FIRST_OF_CONVERSATION && isConversation(bytes, at)) return true;
    }
    return false;
  }

  #textIn(bytes: Uint8Array, cell: number): string {
    if (cell < 0) return '';
    return this.#text(bytes, this.#cells.starts[cell] as number, this.#cells.ends[cell] as number).trim();
  }

  #text(bytes: Uint8Array, from: number, to: number): string {
    return this.#decoder.decode(bytes.subarray(from, to));
  }

  /** A line of the block, read as text. */
  #line(block: LineBlock, index: number): StatementLine {
    const { columns, delimiter } = this.#rows;
    const from = block.rows[index] as number;
    const cells = this.#text(block.bytes, from, block.bytes.indexOf(FEED, from)).split(delimiter);
    const words = wordsOf(columns, (column) => (column < 0 ? '' : (cells[column] ?? '').trim()));
    const balance = block.balances[index] as number;
    return mpesaLine(words, {
      position: block.position + index,
      bookedOn: block.bookedOn[index] as string,
      bookedAt: block.bookedAt(index),
      amountMinor: block.amounts[index] as number,
      balanceMinor: Number.isNaN(balance) ? null : balance,
    });
  }
}

const FEED = 0x0a;
const SPACE = 0x20;
const LOWER_CASE = 0x20;
const CHARGE_SLOTS = 256;

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

/** In what introduces the identifier of a conversation; what has it may have one. */
const CONVERSATION = bytesOf('versation id is ');
const FIRST_OF_CONVERSATION = CONVERSATION[0];

function isConversation(bytes: Uint8Array, from: number): boolean {
  for (let at = 0; at < CONVERSATION.length; at += 1) {
    if (((bytes[from + at] as number) | LOWER_CASE) !== CONVERSATION[at]) return false;
  }
  return true;
}
