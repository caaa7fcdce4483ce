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
