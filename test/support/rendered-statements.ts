import { decimalWith } from '../../src/domain/money.ts';

/** A line as the renderers of the tests write it. */
export interface RenderedLine {
  readonly day: string;
  readonly amountMinor: number;
  readonly id: string;
  readonly reference: string;
  readonly name: string;
  readonly text: string;
}

/** A statement as the renderers of the tests write it. */
export interface RenderedStatement {
  readonly account: string;
  readonly currency: string;
  readonly exponent: number;
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly openingMinor: number;
  readonly closingMinor: number;
  readonly lines: Iterable<RenderedLine>;
}

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('\r', '&#13;');

const unsigned = (minor: number, exponent: number): string => decimalWith(Math.abs(minor), exponent);

/** A camt.053 file, version 2 or 8, piece by piece. */
export function* renderCamt(statements: Iterable<RenderedStatement>, version: 2 | 8 = 2): Generator<string> {
  yield `<?xml version="1.0" encoding="UTF-8"?>\n<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.0${version}">\n<BkToCstmrStmt>\n`;
  for (const statement of statements) {
    const { account, currency, id, from, to, openingMinor, closingMinor } = statement;
    yield `<Stmt>\n<Id>${escaped(id)}</Id>\n<FrToDt><FrDtTm>${from}T00:00:00</FrDtTm><ToDtTm>${to}T23:59:59</ToDtTm></FrToDt>\n`;
    yield `<Acct><Id><Othr><Id>${escaped(account)}</Id></Othr></Id><Ccy>${currency}</Ccy></Acct>\n`;
    yield camtBalance(statement, 'OPBD', openingMinor, from) + camtBalance(statement, 'CLBD', closingMinor, to);
    for (const line of statement.lines) yield camtEntry(line, statement, version);
    yield '</Stmt>\n';
  }
  yield '</BkToCstmrStmt>\n</Document>\n';
}

const camtBalance = ({ currency, exponent }: RenderedStatement, code: string, minor: number, day: string): string =>
  `<Bal><Tp><CdOrPrtry><Cd>${code}</Cd></CdOrPrtry></Tp><Amt Ccy="${currency}">${unsigned(minor, exponent)}</Amt>` +
  `<CdtDbtInd>${minor < 0 ? 'DBIT' : 'CRDT'}</CdtDbtInd><Dt><Dt>${day}</Dt></Dt></Bal>\n`;

function camtEntry(line: RenderedLine, { currency, exponent }: RenderedStatement, version: 2 | 8): string {
  const isDebit = line.amountMinor < 0;
  const role = isDebit ? 'Cdtr' : 'Dbtr';
  const name = `<Nm>${escaped(line.name)}</Nm>`;
  return `<Ntry>
  <Amt Ccy="${currency}">${unsigned(line.amountMinor, exponent)}</Amt>
  <CdtDbtInd>${isDebit ? 'DBIT' : 'CRDT'}</CdtDbtInd>
  <Sts>${version === 2 ? 'BOOK' : '<Cd>BOOK</Cd>'}</Sts>
  <BookgDt><Dt>${line.day}</Dt></BookgDt>
  <ValDt><Dt>${line.day}</Dt></ValDt>
  <AcctSvcrRef>${escaped(line.id)}</AcctSvcrRef>
  <BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>${isDebit ? 'ICDT' : 'RCDT'}</Cd><SubFmlyCd>ESCT</SubFmlyCd></Fmly></Domn></BkTxCd>
  <NtryDtls>
    <TxDtls>
      <Refs><EndToEndId>${escaped(line.reference)}</EndToEndId></Refs>
      <RltdPties><${role}>${version === 2 ? name : `<Pty>${name}</Pty>`}</${role}></RltdPties>
      <RmtInf><Ustrd>${escaped(line.text)}</Ustrd></RmtInf>
    </TxDtls>
  </NtryDtls>
</Ntry>
`;
}

/** An OFX file, version 1 (SGML without closing tags of what holds text) or 2 (XML), piece by piece. */
export function* renderOfx(statements: Iterable<RenderedStatement>, version: 1 | 2 = 1): Generator<string> {
  const element = (name: string, text: string): string =>
    `<${name}>${escaped(text)}${version === 2 ? `</${name}>` : ''}\n`;
  const day = (iso: string): string => iso.replaceAll('-', '');
  yield version === 1
    ? 'OFXHEADER:100\nDATA:OFXSGML\nVERSION:102\nSECURITY:NONE\nENCODING:UTF-8\nCHARSET:NONE\nCOMPRESSION:NONE\nOLDFILEUID:NONE\nNEWFILEUID:NONE\n\n'
    : '<?xml version="1.0" encoding="UTF-8"?>\n<?OFX OFXHEADER="200" VERSION="211" SECURITY="NONE" OLDFILEUID="NONE" NEWFILEUID="NONE"?>\n';
  const status = `<STATUS>\n${element('CODE', '0')}${element('SEVERITY', 'INFO')}</STATUS>\n`;
  yield `<OFX>\n<SIGNONMSGSRSV1>\n<SONRS>\n${status}</SONRS>\n</SIGNONMSGSRSV1>\n<BANKMSGSRSV1>\n`;
  for (const { account, currency, exponent, from, to, closingMinor, lines } of statements) {
    yield `<STMTTRNRS>\n${status}<STMTRS>\n${element('CURDEF', currency)}`;
    yield `<BANKACCTFROM>\n${element('ACCTID', account)}</BANKACCTFROM>\n`;
    yield `<BANKTRANLIST>\n${element('DTSTART', day(from))}${element('DTEND', day(to))}`;
    for (const line of lines) {
      yield (
        '<STMTTRN>\n' +
        element('TRNTYPE', line.amountMinor < 0 ? 'DEBIT' : 'CREDIT') +
        element('DTPOSTED', `${day(line.day)}120000.000[3:EAT]`) +
        element('TRNAMT', decimalWith(line.amountMinor, exponent)) +
        element('FITID', line.id) +
        element('CHECKNUM', line.reference) +
        element('NAME', line.name) +
        element('MEMO', line.text) +
        '</STMTTRN>\n'
      );
    }
    yield '</BANKTRANLIST>\n<LEDGERBAL>\n';
    yield `${element('BALAMT', decimalWith(closingMinor, exponent))}${element('DTASOF', day(to))}</LEDGERBAL>\n</STMTRS>\n</STMTTRNRS>\n`;
  }
  yield '</BANKMSGSRSV1>\n</OFX>\n';
}

/** What a line of an MT940 holds, and a German subfield. */
const MT940_LINE = 65;
const MT940_SUBFIELD = 27;

const inParts = (text: string, length: number): string[] =>
  Array.from({ length: Math.ceil(text.length / length) }, (_, at) => text.slice(at * length, (at + 1) * length));

/** Messages of MT940, each with its entries in one page, piece by piece. Texts are of SWIFT's letters, without `?` and `:`. */
export function* renderMt940(statements: Iterable<RenderedStatement>): Generator<string> {
  const day = (iso: string): string => iso.slice(2).replaceAll('-', '');
  const comma = (minor: number, exponent: number): string =>
    exponent === 0 ? `${unsigned(minor, 0)},` : unsigned(minor, exponent).replace('.', ',');
  const mark = (minor: number): string => (minor < 0 ? 'D' : 'C');
  for (const { account, currency, exponent, id, from, to, openingMinor, closingMinor, lines } of statements) {
    yield `:20:STATEMENT\r\n:25:${account}\r\n:28C:${id}/1\r\n`;
    yield `:60F:${mark(openingMinor)}${day(from)}${currency}${comma(openingMinor, exponent)}\r\n`;
    for (const line of lines) {
      const booked = day(line.day);
      const purpose = inParts(line.text, MT940_SUBFIELD).map((part, at) => `?${20 + at}${part}`);
      const name = inParts(line.name, MT940_SUBFIELD).map((part, at) => `?${32 + at}${part}`);
      yield `:61:${booked}${booked.slice(2)}${mark(line.amountMinor)}${comma(line.amountMinor, exponent)}NTRF${line.reference}//${line.id}\r\n`;
      yield `:86:${inParts(`166${purpose.join('')}${name.join('')}`, MT940_LINE).join('\r\n')}\r\n`;
    }
    yield `:62F:${mark(closingMinor)}${day(to)}${currency}${comma(closingMinor, exponent)}\r\n-\r\n`;
  }
}

/** A BAI2 file with a group for every statement, whose lines are all of its last day, piece by piece. */
export function* renderBai2(statements: Iterable<RenderedStatement>): Generator<string> {
  const day = (iso: string): string => iso.slice(2).replaceAll('-', '');
  let fileTotal = 0;
  let fileRecords = 2;
  let groups = 0;
  yield '01,KCBLKENX,TREASURY,260930,0600,1,80,,2/\n';
  for (const { account, currency, to, openingMinor, closingMinor, lines } of statements) {
    let total = openingMinor + closingMinor;
    let records = 2;
    yield `02,TREASURY,KCBLKENX,1,${day(to)},,${currency},2/\n`;
    yield `03,${account},${currency},010,${openingMinor},,,015,${closingMinor},,/\n`;
    for (const line of lines) {
      const amount = Math.abs(line.amountMinor);
      yield `16,${line.amountMinor < 0 ? 475 : 195},${amount},Z,${line.id},${line.reference},${line.name}\n88,${line.text}/\n`;
      total += amount;
      records += 2;
    }
    yield `49,${total},${records}/\n98,${total},1,${records + 2}/\n`;
    fileTotal += total;
    fileRecords += records + 2;
    groups += 1;
  }
  yield `99,${fileTotal},${groups},${fileRecords}/\n`;
}

const csvCell = (text: string): string => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
const grouped = (minor: number): string => csvCell(decimalWith(minor, 2).replaceAll(/\B(?=(?:\d{3})+\.)/g, ','));

/** The statement of M-Pesa's organisation portal, oldest first, in shillings, piece by piece. */
export function* renderMpesa({ account, openingMinor, lines }: RenderedStatement): Generator<string> {
  yield `Organisation Statement\nShort Code:,${csvCell(account)}\n\n`;
  yield 'Receipt No.,Completion Time,Initiation Time,Details,Transaction Status,Paid In,Withdrawn,Balance,Balance Confirmed,Reason Type,Other Party Info,Linked Transaction ID,A/C No.\n';
  let balance = openingMinor;
  for (const line of lines) {
    balance += line.amountMinor;
    const time = `${line.day} 12:00:00`;
    const amounts = line.amountMinor < 0 ? `,${grouped(line.amountMinor)}` : `${grouped(line.amountMinor)},`;
    yield `${line.id},${time},${time},${csvCell(line.text)},Completed,${amounts},${grouped(balance)},true,Business Payment,${csvCell(`254712345678 - ${line.name}`)},,${csvCell(line.reference)}\n`;
  }
}

/** The CSV of a bank with the columns of KCB, oldest first, in shillings, piece by piece. */
export function* renderBankCsv({ openingMinor, lines }: RenderedStatement): Generator<string> {
  yield 'Transaction Date,Value Date,Description,Debit,Credit,Running Balance\r\n';
  let balance = openingMinor;
  for (const { day: iso, amountMinor, text } of lines) {
    balance += amountMinor;
    const day = iso.split('-').toReversed().join('/');
    const amounts = amountMinor < 0 ? `${grouped(-amountMinor)},` : `,${grouped(amountMinor)}`;
    yield `${day},${day},${csvCell(text)},${amounts},${grouped(balance)}\r\n`;
  }
}

/** A statement with so many ordinary lines, made as they are asked for. */
export function aLongStatement(count: number): RenderedStatement {
  const amountOf = (at: number): number => (at % 3 === 0 ? 1 : -1) * (10_000 + ((at * 7919) % 900_000));
  let sum = 0;
  for (let at = 0; at < count; at += 1) sum += amountOf(at);
  return {
    account: '01100012345600',
    currency: 'KES',
    exponent: 2,
    id: 'ST-2026-09',
    from: '2026-09-01',
    to: '2026-09-30',
    openingMinor: 5_000_000,
    closingMinor: 5_000_000 + sum,
    lines: longLines(count, amountOf),
  };
}

function* longLines(count: number, amountOf: (at: number) => number): Generator<RenderedLine> {
  for (let at = 0; at < count; at += 1) {
    const number = at.toString().padStart(8, '0');
    yield {
      day: `2026-09-${(1 + Math.floor((at * 30) / count)).toString().padStart(2, '0')}`,
      amountMinor: amountOf(at),
      id: `FT26${number}`,
      reference: `PV-NBI-2026-${number}`,
      name: `Jane Wanjiru ${at % 1000}`,
      text: `Payment of voucher ${number} for transport`,
    };
  }
}
