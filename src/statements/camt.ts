import { aCamtClaims, type Entries, type EntrySums } from './camt-claims.ts';
import { accountWanted, type CamtEntry, entryWanted } from './camt-entry.ts';
import { camtLine, dayFault } from './camt-line.ts';
import { notAStatement } from './faults.ts';
import { isoMoment } from './moment.ts';
import type { ParserOptions, StatementEvent, StatementHeader, StatementLine, StatementParser } from './statement.ts';
import { readXml, type Wanted, type XmlPlace } from './xml.ts';

/**
 * ISO 20022 camt.052 (report), camt.053 (statement) and camt.054 (notification), of any version, known by their local names,
 * whatever they are wrapped in. Entries (`Ntry`) are the lines; the details inside them only explain them. Nothing is held
 * against the XSD: a third of the files that banks really send fail it.
 * Throws usage NOT_A_STATEMENT for XML without a statement, STATEMENT_UNREADABLE for what cannot be read without guessing.
 */
export const parseCamt: StatementParser = function* (pieces, options) {
  let found = false;
  const warnings: StatementEvent[] = [];
  const warn = (message: string): void => void warnings.push({ kind: 'warning', message, position: null });
  for (const event of readXml<StatementEvent>(pieces, (place) => message(place, options), warn)) {
    found ||= event.kind === 'end';
    yield event;
  }
  yield* warnings;
  if (!found) throw notAStatement('It is XML, but no camt.052, camt.053 or camt.054: no statement is in it.');
};

/** Where statements lie in a message, with the page that the message itself is. */
function message(place: XmlPlace<StatementEvent>, options: ParserOptions): Wanted {
  let page = newPage();
  let id: string | null = null;
  const head: Wanted = { inside: { MsgId: text((written) => (id = written)), MsgPgntn: pageWanted(() => page) } };
  const report = (statement: string): Wanted => ({
    begin: () => {
      page = newPage();
      id = null;
    },
    inside: { GrpHdr: head, [statement]: statementWanted(place, options, () => ({ ...page, id })) },
  });
  const [statements, reports, notifications] = [report('Stmt'), report('Rpt'), report('Ntfctn')];
  return {
    anywhere: true,
    inside: {
      BkToCstmrStmt: statements,
      BkToCstmrAcctRpt: reports,
      BkToCstmrDbtCdtNtfctn: notifications,
      // The first version has its number here.
      BkToCstmrStmtV01: statements,
      BkToCstmrAcctRptV01: reports,
      BkToCstmrDbtCdtNtfctnV01: notifications,
    },
  };
}

/** A page as it is written. */
interface Page {
  number: string | null;
  isLast: boolean | null;
}

const newPage = (): Page => ({ number: null, isLast: null });

const pageWanted = (page: () => Page): Wanted => ({
  inside: {
    PgNb: text((number) => (page().number = number)),
    LastPgInd: text((written) => (page().isLast = written === 'true' || written === '1')),
  },
});

/** An element whose text is wanted. */
const text = (take: (text: string) => void): Wanted => ({ text: take });

/** What is known of the statement that is being read. */
interface Reading {
  account: string | null;
  accountCurrency: string | null;
  id: string | null;
  readonly page: Page;
  from: string | null;
  to: string | null;
  /** Decided when the first line or the end comes. */
  header: StatementHeader | null;
  readonly entries: Entries;
  readonly leftOut: { number: number; readonly statuses: Set<string>; position: number };
}

const blankReading = (): Reading => ({
  account: null,
  accountCurrency: null,
  id: null,
  page: newPage(),
  from: null,
  to: null,
  header: null,
  entries: { booked: noSums(), all: noSums() },
  leftOut: { number: 0, statuses: new Set(), position: 0 },
});

const noSums = (): EntrySums => ({ credits: 0, debits: 0, creditsMinor: 0, debitsMinor: 0 });

type Place = XmlPlace<StatementEvent>;

/** One statement: `Stmt`, `Rpt` or `Ntfctn`. */
function statementWanted(
  place: Place,
  options: ParserOptions,
  messagePage: () => Readonly<Page> & { readonly id: string | null },
): Wanted {
  let now = blankReading();
  const claims = aCamtClaims(place, options);
  const header = (firstCurrency: string | null): StatementHeader => {
    if (now.header !== null) return now.header;
    const currency = now.accountCurrency ?? claims.currency() ?? firstCurrency ?? options.currency;
    const { id: message, ...page } = messagePage();
    const [of, { number, isLast }] =
      now.page.number === null ? ['message' as const, page] : ['statement' as const, now.page];
    now.header = { type: 'camt', account: now.account, currency, id: now.id, page: number };
    if (number !== null) now.header = { ...now.header, paging: { of, message, isLast } };
    place.tell({ kind: 'begin', header: now.header });
    return now.header;
  };
  const page = pageWanted(() => now.page);
  const day = (take: (day: string) => void) => text((written) => take(isoMoment(written).day));
  const first = day((written) => (now.from = written));
  const last = day((written) => (now.to = written));
  const { inside: account } = accountWanted((written) => (now.account = written));
  return {
    begin: () => {
      now = blankReading();
      claims.reset();
    },
    inside: {
      Id: text((id) => (now.id = id)),
      StmtPgntn: page,
      RptPgntn: page,
      NtfctnPgntn: page,
      FrToDt: { inside: { FrDtTm: first, FrDt: first, ToDtTm: last, ToDt: last } },
      Acct: { inside: { ...account, Ccy: text((currency) => (now.accountCurrency = currency)) } },
      ...claims.wanted,
      Ntry: entryWanted(place.line, (entry) => {
        const line = camtLine(entry, header(entry.currency), options);
        takeEntry(now, entry, line, place);
      }),
    },
    end: () => {
      const { currency } = header(null);
      tellLeftOut(now.leftOut, place);
      const { openedOn, closedOn, ...claimed } = claims.claims(currency, now.entries);
      const days = { from: now.from ?? openedOn, to: now.to ?? closedOn };
      place.tell({ kind: 'end', claims: { ...claimed, ...days }, header: header(null) });
    },
  };
}

/** Only what is booked is a line; what is pending or for information is counted, and left out with a word. */
function takeEntry({ entries, leftOut }: Reading, entry: CamtEntry, line: StatementLine, place: Place): void {
  const { status, position } = entry;
  addSums(entries.all, line.amountMinor);
  if (status !== null && status !== 'BOOK') {
    if (leftOut.number === 0) leftOut.position = position;
    leftOut.number += 1;
    if (leftOut.statuses.size < MOST_STATUSES) leftOut.statuses.add(status.slice(0, LONGEST_STATUS));
    return;
  }
  addSums(entries.booked, line.amountMinor);
  const fault = dayFault(entry) ?? (status === null ? 'the entry has no status; it is taken as booked' : null);
  if (fault !== null) place.tell({ kind: 'warning', message: fault, position });
  place.tell({ kind: 'line', line });
}

/** Statuses are a handful of four letters each. */
const MOST_STATUSES = 10;
const LONGEST_STATUS = 35;

function addSums(sums: EntrySums, minor: number): void {
  if (minor < 0) {
    sums.debits += 1;
    sums.debitsMinor -= minor;
  } else {
    sums.credits += 1;
    sums.creditsMinor += minor;
  }
}

function tellLeftOut({ number, statuses, position }: Reading['leftOut'], place: Place): void {
  if (number === 0) return;
  const which = number === 1 ? '1 entry that is not booked is' : `${number} entries that are not booked are`;
  place.tell({ kind: 'warning', message: `${which} left out (${[...statuses].join(', ')}), from here on`, position });
}
