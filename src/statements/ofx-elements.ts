import { nearestAmount } from './amount.ts';
import { exponentIn } from './currency.ts';
import { unreadable } from './faults.ts';
import { compactMoment } from './moment.ts';
import { nameTable, type NameTable } from './name-table.ts';
import { aTransaction, type Transaction, sideFault, transactionFault, transactionLine } from './ofx-transaction.ts';
import type { ParserOptions, StatementEvent, StatementHeader } from './statement.ts';
import type { TagPlace } from './tags.ts';

/** Who takes the text of an element, by its name. */
export type Leaves = NameTable<(text: string) => unknown>;

/** An element of OFX that holds others. Its leaves are told only as long as no other such element is open in it. */
export interface Aggregate {
  readonly leaves: Leaves;
  /** No statement lies in another, of whatever kind, and no transaction in another. */
  readonly alone?: true;
  readonly begin?: () => void;
  readonly end?: () => void;
}

/** The same with its name. */
export interface NamedAggregate {
  readonly name: string;
  readonly aggregate: Aggregate;
}

/** No element is known by its text. */
export const NO_LEAVES: Leaves = nameTable({});

/** What a file as a whole says. */
export interface OfxMessage {
  statements: number;
  /** What the bank answered in place of a statement. */
  error: string | null;
  isWhole: boolean;
}

/** What is known of the statement that is being read. */
interface Reading {
  /** A statement of a credit card. */
  isCard: boolean;
  account: string | null;
  currency: string | null;
  from: string | null;
  to: string | null;
  closing: string | null;
  closingAt: number;
  /** Decided when the first line or the end comes. */
  header: StatementHeader | null;
  /** What is no line: purchases and sales of securities, and what is not booked. */
  readonly leftOut: { readonly securities: LeftOut; readonly pending: LeftOut };
}

interface LeftOut {
  number: number;
  position: number;
}

const aReading = (): Reading => ({
  isCard: false,
  account: null,
  currency: null,
  from: null,
  to: null,
  closing: null,
  closingAt: 0,
  header: null,
  leftOut: { securities: { number: 0, position: 0 }, pending: { number: 0, position: 0 } },
});

type Place = TagPlace<StatementEvent>;

/** Every element of OFX that matters and holds others, by name; also those that must not be taken for what they look like. */
export function aggregatesOf(place: Place, options: ParserOptions, message: OfxMessage): NameTable<NamedAggregate> {
  let now: Reading | null = null;
  let transaction: Transaction | null = null;
  const statement: Aggregate = {
    alone: true,
    leaves: nameTable({ CURDEF: (currency) => now !== null && (now.currency = currency) }),
    begin: () => (now = aReading()),
    end: () => {
      if (now === null) return;
      endStatement(now, place, options);
      message.statements += 1;
      now = null;
    },
  };
  const account: Aggregate = {
    leaves: nameTable({ ACCTID: (number) => now !== null && (now.account ??= number) }),
  };
  const period: Aggregate = {
    leaves: nameTable({
      DTSTART: (date) => now !== null && (now.from = compactMoment(date).day),
      DTEND: (date) => now !== null && (now.to = compactMoment(date).day),
    }),
  };
  const otherAccount: Aggregate = {
    leaves: nameTable({ ACCTID: (number) => transaction !== null && (transaction.otherAccount = number) }),
  };
  const payee: Aggregate = {
    leaves: nameTable({ NAME: (name) => transaction !== null && (transaction.payee = name) }),
  };
  const leavingOut = (what: keyof Reading['leftOut']): Aggregate => ({
    leaves: NO_LEAVES,
    begin: () => now !== null && leaveOut(now.leftOut[what], place),
  });
  const line: Aggregate = {
    alone: true,
    leaves: transactionLeaves(() => transaction),
    begin: () => (transaction = aTransaction(place.line())),
    end: () => {
      if (transaction === null) return;
      if (now === null) throw unreadable(transaction.position, 'a transaction lies outside of every statement');
      tellLine(transaction, now, place, options);
      transaction = null;
    },
  };
  const elements: Readonly<Record<string, Aggregate>> = {
    OFX: { leaves: NO_LEAVES, end: () => (message.isWhole = true) },
    STATUS: statusOf((error) => (message.error ??= error)),
    STMTRS: statement,
    CCSTMTRS: statement,
    INVSTMTRS: statement,
    BANKACCTFROM: account,
    CCACCTFROM: { ...account, begin: () => now !== null && (now.isCard = true) },
    INVACCTFROM: account,
    BANKTRANLIST: period,
    INVTRANLIST: period,
    STMTTRN: line,
    PAYEE: payee,
    EXTDPAYEE: payee,
    BANKACCTTO: otherAccount,
    CCACCTTO: otherAccount,
    CURRENCY: { leaves: nameTable({ CURSYM: (code) => transaction !== null && (transaction.currency = code) }) },
    LEDGERBAL: {
      begin: () => now !== null && (now.closingAt = place.line()),
      leaves: nameTable({ BALAMT: (amount) => now !== null && (now.closing = amount) }),
    },
    INVTRAN: leavingOut('securities'),
    STMTTRNP: leavingOut('pending'),
  };
  const all = [...Object.entries(elements), ...OTHERS.map((name): [string, Aggregate] => [name, NOTHING])];
  return nameTable(Object.fromEntries(all.map(([name, aggregate]) => [name, { name, aggregate }])));
}

const NOTHING: Aggregate = { leaves: NO_LEAVES };

/** They hold names, amounts and dates of something else. ORIGCURRENCY tells what an amount was before it was converted. */
const OTHERS = [
  'SONRS',
  'STMTTRNRS',
  'CCSTMTTRNRS',
  'INVSTMTTRNRS',
  'BANKTRANLISTP',
  'AVAILBAL',
  'BALLIST',
  'BAL',
].concat([
  'ORIGCURRENCY',
  'INVBAL',
  'INVPOSLIST',
  'INVOOLIST',
  'SECID',
  'IMAGEDATA',
  'SECLIST',
  'CLOSING',
  'REWARDINFO',
]);

/** The elements of a transaction whose text is wanted. */
const transactionLeaves = (now: () => Transaction | null): Leaves => {
  const into =
    (key: 'kind' | 'posted' | 'available' | 'amount' | 'id' | 'name' | 'memo' | TransactionReference) =>
    (text: string): void => {
      const transaction = now();
      if (transaction !== null) transaction[key] = text;
    };
  return nameTable({
    TRNTYPE: into('kind'),
    DTPOSTED: into('posted'),
    DTAVAIL: into('available'),
    TRNAMT: into('amount'),
    FITID: into('id'),
    CORRECTFITID: into('corrects'),
    SRVRTID: into('serverId'),
    CHECKNUM: into('cheque'),
    REFNUM: into('reference'),
    NAME: into('name'),
    MEMO: into('memo'),
  });
};

type TransactionReference = 'corrects' | 'serverId' | 'cheque' | 'reference';

/** An answer of the bank to one request. */
function statusOf(error: (message: string) => void): Aggregate {
  let status = { code: '', severity: '', message: '' };
  return {
    leaves: nameTable({
      CODE: (code) => (status.code = code),
      SEVERITY: (severity) => (status.severity = severity),
      MESSAGE: (message) => (status.message = message),
    }),
    begin: () => (status = { code: '', severity: '', message: '' }),
    end: () => {
      if (status.severity.toUpperCase() === 'ERROR') error([status.code, status.message].filter(Boolean).join(' '));
    },
  };
}

function leaveOut(leftOut: LeftOut, place: Place): void {
  if (leftOut.number === 0) leftOut.position = place.line();
  leftOut.number += 1;
}

function headerOf(now: Reading, place: Place, options: ParserOptions): StatementHeader {
  if (now.header !== null) return now.header;
  const currency = now.currency ?? options.currency;
  now.header = { type: 'ofx', account: now.account, currency, id: null, page: null };
  place.tell({ kind: 'begin', header: now.header });
  return now.header;
}

function tellLine(transaction: Transaction, now: Reading, place: Place, options: ParserOptions): void {
  const header = headerOf(now, place, options);
  const { line, amountFault } = transactionLine(transaction, header, options);
  const fault = transactionFault(transaction, line);
  const { position } = transaction;
  if (fault !== null) place.tell({ kind: 'warning', message: fault, position });
  if (amountFault !== null) tellAmount(amountFault, position, place);
  const side = sideFault(transaction, line, now.isCard);
  if (side !== null) tellAmount(side, position, place);
  place.tell({ kind: 'line', line });
}

/** Whatever was rounded is not what the bank says: as grave as balances that do not tie. */
const tellAmount = (message: string, position: number, place: Place): void =>
  place.tell({ kind: 'warning', message, position, contradicts: true });

function endStatement(now: Reading, place: Place, options: ParserOptions): void {
  const header = headerOf(now, place, options);
  const { securities, pending } = now.leftOut;
  for (const [{ number, position }, one, many] of [
    [securities, 'movement of securities is', 'movements of securities are'],
    [pending, 'transaction that is not booked is', 'transactions that are not booked are'],
  ] as const) {
    const message = `${number} ${number === 1 ? one : many} left out, from here on`;
    if (number > 0) place.tell({ kind: 'warning', message, position });
  }
  const exponent = exponentIn(header.currency, options);
  const closing = now.closing === null ? null : nearestAmount(now.closing, { position: now.closingAt, exponent });
  if (closing !== null && closing.fault !== null) tellAmount(closing.fault, now.closingAt, place);
  const closingMinor = closing === null ? null : closing.minor;
  const nothing = { openingMinor: null, lines: null, creditsMinor: null, debitsMinor: null };
  place.tell({ kind: 'end', header, claims: { ...nothing, closingMinor, from: now.from, to: now.to } });
}
