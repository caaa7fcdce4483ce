import { describe, expect, test } from 'vitest';
import { DEEPEST_NESTING, LONGEST_TOKEN, MOST_REFERENCES } from '../../src/statements/limits.ts';
import { readStatements } from '../support/statements.ts';

const document = (statement: string): string =>
  `<Document><BkToCstmrStmt><Stmt><Acct><Id><IBAN>X1</IBAN></Id><Ccy>KES</Ccy></Acct>${statement}</Stmt></BkToCstmrStmt></Document>`;

const entry = (inside: string, { amount = '1.00', direction = 'DBIT', status = '<Sts>BOOK</Sts>' } = {}): string =>
  `<Ntry><Amt Ccy="KES">${amount}</Amt><CdtDbtInd>${direction}</CdtDbtInd>${status}<BookgDt><Dt>2026-09-01</Dt></BookgDt>${inside}</Ntry>`;

const balance = (
  code: string,
  amount: string,
  { day = '2026-09-01', direction = 'CRDT', currency = 'KES' } = {},
): string =>
  `<Bal><Tp><CdOrPrtry><Cd>${code}</Cd></CdOrPrtry></Tp><Amt Ccy="${currency}">${amount}</Amt><CdtDbtInd>${direction}</CdtDbtInd><Dt><Dt>${day}</Dt></Dt></Bal>`;

async function only(xml: string) {
  const { statements } = await readStatements(xml, { type: 'camt' });
  expect(statements).toHaveLength(1);
  return statements[0]!;
}
const line = async (xml: string) => (await only(xml)).lines[0]!;
const warnings = async (xml: string) => (await only(xml)).warnings.map(({ message }) => message);

describe('balances', () => {
  test('opens with OPBD, else with PRCD, and closes with CLBD', async () => {
    const all = balance('PRCD', '1') + balance('ITBD', '7') + balance('CLAV', '8') + balance('CLBD', '3');
    expect((await only(document(all))).claims).toMatchObject({ openingMinor: 100, closingMinor: 300 });
    expect((await only(document(all + balance('OPBD', '2')))).claims).toMatchObject({ openingMinor: 200 });
    expect((await only(document(balance('ITBD', '7')))).claims).toMatchObject({
      openingMinor: null,
      closingMinor: null,
    });
  });

  test('of many days the first opens and the last closes', async () => {
    const days = ['2026-09-02', '2026-09-01', '2026-09-03'].map((day, at) => {
      const amount = String(at + 1);
      return balance('OPBD', amount, { day }) + balance('CLBD', amount, { day });
    });
    expect((await only(document(days.join('')))).claims).toMatchObject({ openingMinor: 200, closingMinor: 300 });
  });

  test('a debit balance is below zero', async () => {
    expect((await only(document(balance('OPBD', '33.06', { direction: 'DBIT' })))).claims.openingMinor).toBe(-3306);
    expect((await only(document(balance('OPBD', '0.00', { direction: 'DBIT' })))).claims.openingMinor).toBe(0);
  });

  test('two of one day that differ are told, the same twice is not', async () => {
    expect(await warnings(document(balance('CLBD', '1') + balance('CLBD', '2')))).toEqual([
      'there are two CLBD balances of 2026-09-01: 1 and 2',
    ]);
    expect(await warnings(document(balance('CLBD', '1') + balance('CLBD', '1')))).toEqual([]);
  });

  test.each([
    [balance('OPBD', '5.00', { direction: 'C' }), 'says neither that it is a credit (CRDT) nor a debit (DBIT)'],
    [balance('OPBD', '-5.00', { direction: 'DBIT' }), 'has a sign, which only CdtDbtInd may give it'],
    [balance('OPBD', '-5.00'), 'has a sign, which only CdtDbtInd may give it'],
  ])('one of which nobody can tell the side proves nothing, which contradicts', async (opening, why) => {
    const statement = await only(document(opening + balance('CLBD', '5.00')));
    expect(statement.claims).toMatchObject({ openingMinor: null, closingMinor: 500 });
    expect(statement.contradictions).toEqual([{ message: `the OPBD balance ${why}: it proves nothing`, position: 1 }]);
  });

  test('one without a side is above nothing, as banks have it that leave the side out', async () => {
    const sideless = (code: string, amount: string) => balance(code, amount).replace(/<CdtDbtInd>.*?<\/CdtDbtInd>/, '');
    const paid = entry('', { amount: '2.00' });
    const statement = await only(document(sideless('OPBD', '5.00') + sideless('CLBD', '3.00') + paid));
    expect(statement).toMatchObject({ claims: { openingMinor: 500, closingMinor: 300 }, ties: true });
    expect(statement.contradictions).toEqual([]);
    const overdrawn = await only(document(sideless('OPBD', '5.00') + sideless('CLBD', '7.00') + paid));
    expect(overdrawn.ties).toBe(false);
  });

  test('the balance in the currency of the account is taken', async () => {
    const statement = await only(document(balance('OPBD', '9', { currency: 'USD' }) + balance('OPBD', '5')));
    expect(statement.claims).toMatchObject({ openingMinor: 500 });
    expect(statement.claims.openingCurrency).toBeUndefined();
  });
});

describe('entries', () => {
  test('the sign is what the indicator says, also of a reversal', async () => {
    expect((await line(document(entry('')))).amountMinor).toBe(-100);
    expect((await line(document(entry('', { direction: 'CRDT' })))).amountMinor).toBe(100);
    expect((await line(document(entry('<RvslInd>true</RvslInd>', { direction: 'CRDT' })))).amountMinor).toBe(100);
  });

  test.each([
    [entry('', { direction: 'C' }), /line 1: the entry says neither/],
    [entry('', { amount: '' }), /line 1: the entry has no amount/],
    [entry('', { amount: '-1.00' }), /line 1: the amount has a sign/],
    [entry('', { amount: '1.005' }), /line 1: "1.005" has more decimals/],
    [entry('', { amount: '1e3' }), /line 1: "1e3" is no amount/],
    [entry('', { amount: '90071992547409.92' }), /more than can be held exactly/],
  ])('what cannot be read without guessing is refused with its line', async (xml, why) => {
    await expect(only(document(xml))).rejects.toMatchObject({ kind: 'usage', code: 'STATEMENT_UNREADABLE' });
    await expect(only(document(xml))).rejects.toThrow(why);
  });

  test.each([
    ['<Sts>BOOK</Sts>', 1],
    ['<Sts>\n<Cd>BOOK</Cd>\n</Sts>', 1],
    ['<Sts>PDNG</Sts>', 0],
    ['<Sts><Cd>INFO</Cd></Sts>', 0],
    ['<Sts><Prtry>LATER</Prtry></Sts>', 0],
  ])('%s counts only when it is booked', async (status, lines) => {
    const statement = await only(document(entry('', { status })));
    expect(statement.lines).toHaveLength(lines);
    expect(statement.warnings).toHaveLength(1 - lines);
  });

  test('an entry without a status is taken as booked, with a word', async () => {
    const statement = await only(document(entry('', { status: '' })));
    expect(statement.lines).toHaveLength(1);
    expect(statement.warnings[0]?.message).toContain('no status');
  });

  test('the identity is the reference of the bank, else that of the only part, else the number', async () => {
    const part = '<NtryDtls><TxDtls><Refs><AcctSvcrRef>P</AcctSvcrRef></Refs></TxDtls></NtryDtls>';
    const all = '<NtryRef>N</NtryRef><AcctSvcrRef>S</AcctSvcrRef>';
    expect(await line(document(entry(all + part)))).toMatchObject({ externalId: 'S', references: ['N', 'P'] });
    expect(await line(document(entry(`<NtryRef>N</NtryRef>${part}`)))).toMatchObject({
      externalId: 'P',
      references: ['N'],
    });
    expect(await line(document(entry(`<NtryRef>N</NtryRef>${part}${part}`)))).toMatchObject({
      externalId: 'N',
      references: ['P'],
    });
  });

  test.each(['NONREF', 'NOTPROVIDED', 'NOT PROVIDED', 'nonref', 'NONE'])('%s is no identity', async (none) => {
    const part = `<NtryDtls><TxDtls><Refs><AcctSvcrRef>${none}</AcctSvcrRef><EndToEndId>${none}</EndToEndId></Refs></TxDtls></NtryDtls>`;
    const all = `<AcctSvcrRef>${none}</AcctSvcrRef>${part}`;
    expect(await line(document(entry(`<NtryRef>N1</NtryRef>${all}`)))).toMatchObject({
      externalId: 'N1',
      references: [],
    });
    expect(await line(document(entry(`<NtryRef>${none}</NtryRef>${all}`)))).toMatchObject({
      externalId: null,
      references: [],
    });
    expect(await line(document(entry(`<AcctSvcrRef>${none}1</AcctSvcrRef>`)))).toMatchObject({
      externalId: `${none}1`,
    });
  });

  test('a payment is no charge because the charge for it is the first of its parts', async () => {
    const code = (name: string) =>
      `<BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>ICDT</Cd><SubFmlyCd>${name}</SubFmlyCd></Fmly></Domn></BkTxCd>`;
    const parts = (...names: string[]) =>
      `<NtryDtls>${names.map((name) => `<TxDtls>${code(name)}</TxDtls>`).join('')}</NtryDtls>`;
    const isCharge = async (inside: string) => (await line(document(entry(inside)))).isCharge;
    expect(await isCharge(parts('CHRG', 'ESCT'))).toBe(false);
    expect(await isCharge(parts('ESCT', 'CHRG'))).toBe(false);
    expect(await isCharge(parts('CHRG', 'COMM'))).toBe(true);
    expect(await isCharge(parts('CHRG'))).toBe(true);
    expect(await isCharge(code('CHRG') + parts('ESCT', 'ESCT'))).toBe(true);
  });

  test.each([
    ['2026-09-30T23:59:59+03:00', '2026-09-30T23:59:59'],
    ['2026-09-30T24:00:00', null],
    ['2026-09-30T12:60:00', null],
    ['2026-09-30T23:59:60Z', null],
  ])('%s has the time of day %s', async (moment, at) => {
    const xml = document(entry('')).replace('<Dt>2026-09-01</Dt>', `<DtTm>${moment}</DtTm>`);
    expect(await line(xml)).toMatchObject({ bookedOn: '2026-09-30', bookedAt: at });
  });

  test('the other side of a debit is the creditor, of a credit the debtor, of what is taken back as it was', async () => {
    const parties = (debtor: string, creditor: string) =>
      `<NtryDtls><TxDtls><RltdPties><Dbtr><Nm>${debtor}</Nm></Dbtr><Cdtr><Pty><Nm>${creditor}</Nm></Pty></Cdtr></RltdPties></TxDtls></NtryDtls>`;
    const both = parties('Debtor', 'Creditor');
    expect(await line(document(entry(both)))).toMatchObject({ counterparty: 'Creditor' });
    expect(await line(document(entry(both, { direction: 'CRDT' })))).toMatchObject({ counterparty: 'Debtor' });
    const back = entry(`<RvslInd>true</RvslInd>${both}`, { direction: 'CRDT' });
    expect(await line(document(back))).toMatchObject({ counterparty: 'Creditor' });
    expect(await line(document(entry(both + parties('Debtor', 'Another'))))).toMatchObject({ counterparty: null });
  });

  test('whose account it is is not the other side', async () => {
    const party = (role: string, account: string) =>
      `<${role}><Nm>${role}</Nm></${role}><${role}Acct><Id><IBAN>${account}</IBAN></Id></${role}Acct>`;
    const parts = (inside: string) => `<NtryDtls><TxDtls><RltdPties>${inside}</RltdPties></TxDtls></NtryDtls>`;
    expect(await line(document(entry(parts(party('Cdtr', 'X1') + party('Dbtr', 'X2')))))).toMatchObject({
      counterparty: 'Dbtr',
      counterpartyAccount: 'X2',
    });
    expect(await line(document(entry(parts(party('Cdtr', 'X1')))))).toMatchObject({ counterparty: null });
  });

  test.each([
    ['<BkTxCd><Domn><Cd>ACMT</Cd><Fmly><Cd>MDOP</Cd><SubFmlyCd>CHRG</SubFmlyCd></Fmly></Domn></BkTxCd>', true],
    ['<BkTxCd><Prtry><Cd>NCHG+808</Cd></Prtry></BkTxCd>', true],
    ['<BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>ICDT</Cd><SubFmlyCd>ESCT</SubFmlyCd></Fmly></Domn></BkTxCd>', false],
  ])('%s: a charge or not', async (codes, isCharge) => {
    expect((await line(document(entry(codes)))).isCharge).toBe(isCharge);
  });

  test('a batch of very many parts is one line, with a bounded number of references', async () => {
    const parts = Array.from(
      { length: MOST_REFERENCES + 10 },
      (_, at) =>
        `<TxDtls><Refs><EndToEndId>E${at}</EndToEndId></Refs><RmtInf><Ustrd>text ${at}</Ustrd></RmtInf></TxDtls>`,
    );
    const batch = await line(document(entry(`<NtryDtls>${parts.join('')}</NtryDtls>`)));
    expect(batch.references).toHaveLength(MOST_REFERENCES);
    expect(batch.description.length).toBeLessThanOrEqual(4000);
  });
});

test.each(['BkToCstmrStmtV01 Stmt', 'BkToCstmrAcctRptV01 Rpt', 'BkToCstmrDbtCdtNtfctnV01 Ntfctn'])(
  'the first version is read: %s',
  async (names) => {
    const [report = '', statement = ''] = names.split(' ');
    const inside = `<${statement}><Id>S</Id>${entry('')}</${statement}>`;
    const { statements } = await readStatements(`<Document><${report}>${inside}</${report}></Document>`);
    expect(statements).toMatchObject([{ header: { type: 'camt', id: 'S' }, lines: [{ amountMinor: -100 }] }]);
  },
);

describe('pages', () => {
  const page = (name: string, number: string, last: string) =>
    `<${name}><PgNb>${number}</PgNb><LastPgInd>${last}</LastPgInd></${name}>`;
  const inMessage = (head: string, statement: string) =>
    document(statement).replace('<Stmt>', `<GrpHdr><MsgId>M1</MsgId>${head}</GrpHdr><Stmt>`);

  test.each([
    ['true', true],
    ['1', true],
    ['false', false],
    ['0', false],
  ])('of a statement, of which %s says whether it is the last', async (last, isLast) => {
    const { header } = await only(document(`<Id>S</Id>${page('StmtPgntn', '2', last)}`));
    expect(header).toMatchObject({ page: '2', paging: { of: 'statement', isLast } });
  });

  test('of a message stand in for those of the statement', async () => {
    const { header } = await only(inMessage(page('MsgPgntn', '3', 'false'), '<Id>S</Id>'));
    expect(header).toMatchObject({ page: '3', paging: { of: 'message', message: 'M1', isLast: false } });
    const own = await only(inMessage(page('MsgPgntn', '3', 'false'), page('StmtPgntn', '1', 'true')));
    expect(own.header).toMatchObject({ page: '1', paging: { of: 'statement', isLast: true } });
  });

  test('that are not told are none', async () => {
    expect((await only(document('<Id>S</Id>'))).header).toEqual({
      ...{ type: 'camt', account: 'X1', currency: 'KES', id: 'S', page: null },
    });
    const { header } = await only(document('<Id>S</Id><StmtPgntn><PgNb>1</PgNb></StmtPgntn>'));
    expect(header.paging).toMatchObject({ of: 'statement', isLast: null });
  });
});

describe('totals', () => {
  const summary = (lines: number, sum: string) =>
    `<TxsSummry><TtlNtries><NbOfNtries>${lines}</NbOfNtries><Sum>${sum}</Sum></TtlNtries></TxsSummry>`;
  const two = entry('') + entry('', { status: '<Sts>PDNG</Sts>', amount: '2.00' });

  test.each([
    [1, '1.00', []],
    [2, '3.00', []],
    [3, '3.00', ['it says that it has 3 lines, and has 1']],
    [2, '2.00', ['it says that all lines come to KES 2.00, and they come to KES 1.00']],
  ])('%i lines of %s may be counted with what is pending', async (lines, sum, faults) => {
    const { contradictions } = await only(document(summary(lines, sum) + two));
    expect(contradictions.map(({ message }) => message)).toEqual(faults);
  });

  test.each([
    ['<TtlNetNtryAmt>3.00</TtlNetNtryAmt><CdtDbtInd>DBIT</CdtDbtInd>', []],
    ['<TtlNetNtryAmt>1.00</TtlNetNtryAmt><CdtDbtInd>DBIT</CdtDbtInd>', []],
    ['<TtlNetNtry><Amt>1.00</Amt><CdtDbtInd>DBIT</CdtDbtInd></TtlNetNtry>', []],
    ['<TtlNetNtryAmt>1.00</TtlNetNtryAmt>', []],
    [
      '<TtlNetNtry><Amt>1.00</Amt><CdtDbtInd>CRDT</CdtDbtInd></TtlNetNtry>',
      ['it says that credits less debits come to KES 1.00, and they come to KES -1.00'],
    ],
    [
      '<TtlNetNtryAmt>2.00</TtlNetNtryAmt><CdtDbtInd>DBIT</CdtDbtInd>',
      ['it says that credits less debits come to KES -2.00, and they come to KES -1.00'],
    ],
  ])('what is left of both sides: %s', async (net, faults) => {
    const { contradictions } = await only(document(`<TxsSummry><TtlNtries>${net}</TtlNtries></TxsSummry>${two}`));
    expect(contradictions.map(({ message }) => message)).toEqual(faults);
  });

  test.each([
    ['TtlCdtNtries', '0', '0.00', []],
    ['TtlDbtNtries', '1', '1.00', []],
    [
      'TtlCdtNtries',
      '1',
      '5.00',
      ['it says that it has 1 credits, and has 0', 'it says that credits come to KES 5.00, and they come to KES 0.00'],
    ],
    [
      'TtlDbtNtries',
      '3',
      '1.01',
      ['it says that it has 3 debits, and has 1', 'it says that debits come to KES 1.01, and they come to KES 1.00'],
    ],
  ])('%s of %s entries and %s is held against the entries', async (name, number, sum, faults) => {
    const total = `<${name}><NbOfNtries>${number}</NbOfNtries><Sum>${sum}</Sum></${name}>`;
    const { contradictions } = await only(document(`<TxsSummry>${total}</TxsSummry>${entry('')}`));
    expect(contradictions.map(({ message }) => message)).toEqual(faults);
  });

  test.each([
    [
      '<TtlNtries><NbOfNtries>1</NbOfNtries><Sum>1.005E3</Sum></TtlNtries>',
      'the sum of TtlNtries is "1.005E3", which is no amount',
    ],
    ['<TtlCdtNtries><Sum>0,00</Sum></TtlCdtNtries>', 'the sum of TtlCdtNtries is "0,00", which is no amount'],
    ['<TtlDbtNtries><Sum>1.001</Sum></TtlDbtNtries>', 'the sum of TtlDbtNtries is "1.001", which is no amount'],
    ['<TtlNtries><NbOfNtries>one</NbOfNtries></TtlNtries>', 'the number of TtlNtries is "one", which is no number'],
    ['<TtlNtries><TtlNetNtry><Amt>?</Amt></TtlNetNtry></TtlNtries>', 'the net of TtlNtries is "?", which is no amount'],
  ])('a total that cannot be read is named: %s', async (total, message) => {
    const { contradictions } = await only(document(`<TxsSummry>${total}</TxsSummry>${entry('')}`));
    expect(contradictions).toEqual([{ message, position: expect.any(Number) as number }]);
    expect(contradictions[0]?.position).toBeGreaterThan(0);
  });

  test('zeros beyond the decimals of the currency are no decimals', async () => {
    expect((await only(document(summary(1, '1.00000') + entry('')))).contradictions).toEqual([]);
  });
});

describe('attacks', () => {
  const bomb = `<!DOCTYPE d [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]>${document(entry('<AddtlNtryInf>&b;</AddtlNtryInf>'))}`;
  test.each([
    ['entities that grow', bomb, /DOCTYPE/],
    ['a file on this machine', `<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]>${document('')}`, /DOCTYPE/],
    ['a DOCTYPE without an end', `<!DOCTYPE d [${' '.repeat(LONGEST_TOKEN * 2)}`, /DOCTYPE|without an end/],
    ['an entity of the language', document('<Id>&constructor;</Id>'), /undefined entity/],
    ['an entity of another file', document('<Id>&nbsp;</Id>'), /undefined entity/],
    ['a prototype', document('<Id>&__proto__;</Id>'), /entity/],
    ['a character that is none', document('<Id>&#0;</Id>'), /malformed character entity/],
    ['a control character', document('<Id>\u0007</Id>'), /disallowed character/],
    ['deep nesting', document('<a>'.repeat(DEEPEST_NESTING)), /deep inside each other/],
    ['a text without an end', document(`<Id>${'x'.repeat(LONGEST_TOKEN * 2)}`), /without an end/],
    ['a comment without an end', document(`<!--${'x'.repeat(LONGEST_TOKEN * 2)}`), /without an end/],
    ['an attribute without an end', document(`<Amt Ccy="${'x'.repeat(LONGEST_TOKEN * 2)}`), /without an end/],
    ['attributes without an end', document(`<Amt ${'a="" '.repeat(LONGEST_TOKEN)}`), /without an end|duplicate/],
    ['a text in very many pieces', document(`<Id>${'xxxxxxxx<b/>'.repeat(LONGEST_TOKEN / 8 + 1)}`), /without an end/],
    ['a cut file', document(entry('')).slice(0, -30), /unclosed tag/],
    ['a cut tag', document(entry('')).slice(0, -3), /unexpected end|unclosed tag/],
    ['two files in one', document(entry('')).repeat(2), /text|root/],
    ['tags that cross', document('<a><b></a></b>'), /unexpected close tag/],
  ])('%s', async (_, xml, why) => {
    await expect(readStatements(xml, { type: 'camt' })).rejects.toMatchObject({ code: 'STATEMENT_UNREADABLE' });
    await expect(readStatements(xml, { type: 'camt' })).rejects.toThrow(why);
  });

  test('names of the language are names like any other', async () => {
    const odd = document(`<constructor>1</constructor><__proto__>2</__proto__>${entry('<toString>x</toString>')}`);
    expect((await only(odd)).lines).toHaveLength(1);
  });
});

test('XML without a statement is none', async () => {
  for (const xml of ['<Document/>', '<Document><BkToCstmrStmt><GrpHdr/></BkToCstmrStmt></Document>', '<a>camt</a>'])
    await expect(readStatements(xml, { type: 'camt' })).rejects.toMatchObject({ code: 'NOT_A_STATEMENT' });
});
