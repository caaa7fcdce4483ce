import { bai2Day, directionOf, type RecordPlace, TransactionReader, wholeAmount } from './bai2-transaction.ts';
import type { FileDay } from './calendar.ts';
import { unreadable } from './faults.ts';
import { MOST_STATEMENTS } from './limits.ts';
import type { StatementClaims, StatementEvent, StatementHeader } from './statement.ts';

/** A level of the report with what its trailer is held against: the file, a group, an account. */
interface Level {
  records: number;
  totalMinor: number;
  /** Groups of the file, accounts of the group. */
  parts: number;
  ended: boolean;
}

const newLevel = (): Level => ({ records: 0, totalMinor: 0, parts: 0, ended: false });

type Claims = { -readonly [name in keyof StatementClaims]: StatementClaims[name] };

/** Turns the records of BAI2 into events, and holds every trailer against what it closes. */
export class Bai2Accounts {
  readonly #transactions = new TransactionReader();
  #events: StatementEvent[] = [];
  #file = newLevel();
  #group = newLevel();
  #account = newLevel();
  #day: FileDay | null = null;
  #currency = '';
  #open: { readonly header: StatementHeader; readonly claims: Claims } | null = null;
  /** How many accounts began. */
  count = 0;

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

  /** Counts a record: trailers say how many there are, continuations among them. */
  counted(): void {
    this.#file.records += 1;
    this.#group.records += 1;
    this.#account.records += 1;
  }

  /** Takes a record by its code, with its continuations. */
  record(code: number, place: RecordPlace, more: readonly string[]): void {
    if (code === 16) return this.#transaction(place, more);
    const { position } = place;
    const content = place.text.slice(place.from, place.to);
    const fields = (more.length === 0 ? content : [content, ...more].join(',')).split(',');
    if (code === 1) this.#beginFile(fields, more.length, position);
    else if (code === 3) this.#beginAccount(fields, more.length, position);
    else if (code === 2) this.#beginGroup(fields, more.length, position);
    else this.counted();
    if (code === 49) this.#endLevel('49', this.#account, this.#group, fields, position);
    else if (code === 98) this.#endLevel('98', this.#group, this.#file, fields, position);
    else if (code === 99) this.#endLevel('99', this.#file, null, fields, position);
  }

  /** Tells the end of the last account; `position` is the last line. */
  close(position: number): void {
    if (this.#open !== null) this.#endFile('', position);
  }

  #endFile(which: string, position: number): void {
    if (!this.#account.ended) this.#breach(`the account ${which}has no trailer (49): it may be cut off`, position);
    if (!this.#group.ended) this.#breach(`the group ${which}has no trailer (98): it may be cut off`, position);
    if (!this.#file.ended) this.#breach(`the file ${which}has no trailer (99): it may be cut off`, position);
    this.#endAccount();
  }

  #breach(message: string, position: number): void {
    this.#events.push({ kind: 'warning', message, position, contradicts: true });
  }

  /** Reports are often put together in one file, each with its own trailer. */
  #beginFile(fields: readonly string[], continuations: number, position: number): void {
    if (this.#open !== null) this.#endFile('before it ', position);
    this.#file = { ...newLevel(), records: continuations };
    this.#group = newLevel();
    this.#currency = '';
    this.counted();
    this.#day = bai2Day(fields[2] ?? '');
  }

  #beginGroup(fields: readonly string[], continuations: number, position: number): void {
    if (this.#open !== null && !this.#group.ended && this.#group.parts > 0)
      this.#breach('the group before it has no trailer (98)', position);
    this.#group = { ...newLevel(), records: continuations };
    this.#file.parts += 1;
    this.counted();
    const [, , status = '', asOf = '', , currency = ''] = fields;
    this.#day = bai2Day(asOf) ?? this.#day;
    this.#currency = currency.trim();
    if (status.trim() === '4') this.#breach('the group is a test, no report of an account', position);
    if (status.trim() === '3') this.warn('the group corrects what was reported before', position);
    if (status.trim() === '2') this.#breach('the group takes back what was reported before', position);
  }

  #beginAccount(fields: readonly string[], continuations: number, position: number): void {
    if (this.#open !== null && !this.#account.ended)
      this.#breach('the account before it has no trailer (49)', position);
    if (this.#group.ended) this.#breach('the account stands behind the trailer (98) of its group', position);
    this.#endAccount();
    this.#account = { ...newLevel(), records: continuations };
    this.#group.parts += 1;
    this.counted();
    this.count += 1;
    if (this.count > MOST_STATEMENTS) throw unreadable(position, `there are more than ${MOST_STATEMENTS} accounts`);
    const [account = '', currency = '', ...summaries] = fields;
    const header: StatementHeader = {
      type: 'bai2',
      account: account.trim() || null,
      currency: currency.trim() || this.#currency || 'USD',
      id: null,
      page: null,
    };
    this.#events.push({ kind: 'begin', header });
    const day = this.#day?.iso ?? null;
    this.#open = { header, claims: { ...NO_CLAIMS, from: day, to: day } };
    if (this.#day !== null && !this.#day.exists) this.warn(`${this.#day.iso} is no day of the calendar`, position);
    this.#summaries(summaries, this.#open.claims, position);
  }

  /** Reads balances and totals: type, amount, number of items, funds type with its own fields; empty ones say nothing. */
  #summaries(fields: readonly string[], claims: Claims, position: number): void {
    for (let at = 0; at < fields.length;) {
      const type = (fields[at] ?? '').trim();
      if (!/^\d{3}$/.test(type)) {
        if (type !== '') throw unreadable(position, `"${type}" in record 03 is no type of three digits`);
        at += 1;
        continue;
      }
      const written = (fields[at + 1] ?? '').trim();
      const minor = wholeAmount(written, 0, written.length, position);
      this.#add(this.#account, minor, position);
      if (written !== '') claim(claims, type, minor, (fields[at + 2] ?? '').trim());
      at += 4 + fundsFields((fields[at + 3] ?? '').trim().toUpperCase(), fields[at + 4] ?? '');
    }
  }

  #transaction(place: RecordPlace, more: readonly string[]): void {
    const { position } = place;
    this.counted();
    if (this.#open === null) throw unreadable(position, 'a record 16 stands before any account (03)');
    if (this.#account.ended) this.#breach('the record 16 stands behind the trailer (49) of its account', position);
    if (this.#day === null)
      throw unreadable(position, 'neither the group (02) nor the file (01) says of which day it is');
    const line = this.#transactions.read(place, more, this.#day.iso);
    const { typeCode, amountMinor } = this.#transactions;
    this.#add(this.#account, amountMinor, position);
    if (directionOf(typeCode) !== 0) this.#events.push({ kind: 'line', line });
    else if (amountMinor === 0) this.warn(`the record of type ${typeCode} moves no money and is no line`, position);
    else this.#breach(`type ${typeCode} is neither money in nor money out: the record is no line`, position);
  }

  #add(level: Level, minor: number, position: number): void {
    level.totalMinor += minor;
    if (!Number.isSafeInteger(level.totalMinor))
      throw unreadable(position, 'the total is more than can be held exactly');
  }

  /** Holds a trailer against what it closes: the sum of all amounts and the number of records, itself among them. */
  #endLevel(
    code: '49' | '98' | '99',
    level: Level,
    above: Level | null,
    fields: readonly string[],
    position: number,
  ): void {
    const [written = '', ...rest] = fields.map((field) => field.trim());
    const [parts, records] = code === '49' ? ['', rest[0] ?? ''] : [rest[0] ?? '', rest[1] ?? ''];
    const total = wholeAmount(written, 0, written.length, position);
    if (written !== '' && total !== level.totalMinor)
      this.#breach(`the total of record ${code} is ${total}, and the amounts come to ${level.totalMinor}`, position);
    if (/^\d+$/.test(parts) && Number(parts) !== level.parts)
      this.#breach(
        `record ${code} says ${parts} ${code === '98' ? 'accounts' : 'groups'}, and there are ${level.parts}`,
        position,
      );
    if (/^\d+$/.test(records) && Number(records) !== level.records)
      this.#breach(`record ${code} says ${records} records, and there are ${level.records}`, position);
    level.ended = true;
    if (above !== null) this.#add(above, level.totalMinor, position);
  }

  /** The end is told only when the next account begins, because trailers of group and file may still contradict it. */
  #endAccount(): void {
    if (this.#open === null) return;
    this.#events.push({ kind: 'end', ...this.#open });
    this.#open = null;
  }
}

const NO_CLAIMS: Claims = {
  openingMinor: null,
  closingMinor: null,
  from: null,
  to: null,
  lines: null,
  creditsMinor: null,
  debitsMinor: null,
  creditLines: null,
  debitLines: null,
};

/** Opening and closing ledger balance, total credits and total debits; what is available proves nothing. */
function claim(claims: Claims, type: string, minor: number, items: string): void {
  const count = /^\d{1,9}$/.test(items) ? Number(items) : null;
  if (type === '010') claims.openingMinor = minor;
  else if (type === '015') claims.closingMinor = minor;
  else if (type === '100') {
    claims.creditsMinor = minor;
    claims.creditLines = count;
  } else if (type === '400') {
    claims.debitsMinor = minor;
    claims.debitLines = count;
  }
}

/** How many fields a funds type has of its own. */
function fundsFields(type: string, next: string): number {
  if (type === 'V') return 2;
  if (type === 'S') return 3;
  return type === 'D' && /^\d{1,2}$/.test(next.trim()) ? 1 + Number(next) * 2 : 0;
}
