import { readFileSync } from 'node:fs';
import path from 'node:path';
import { XmlDocument, XsdValidator } from 'libxml2-wasm';
import { describe, expect, test } from 'vitest';
import { DEEPEST_NESTING } from '../../src/statements/limits.ts';
import { MOST_TRANSFERS, readStatusReports } from '../../src/statements/pain002.ts';

const SAMPLES = process.env['TREASURY_SAMPLES'] ?? '';
const FIXTURE = readFileSync(path.join(import.meta.dirname, 'pain002-fixtures/rejected-in-part.xml'), 'utf8');

const read = (xml: string) => readStatusReports([Buffer.from(xml)]);
const document = (inside: string): string => `<Document><CstmrPmtStsRpt>${inside}</CstmrPmtStsRpt></Document>`;
const GROUP = '<OrgnlGrpInfAndSts><OrgnlMsgId>M1</OrgnlMsgId></OrgnlGrpInfAndSts>';
const transfer = (inside: string): string =>
  document(`${GROUP}<OrgnlPmtInfAndSts><TxInfAndSts>${inside}</TxInfAndSts></OrgnlPmtInfAndSts>`);
const onlyTransfer = (inside: string) => read(transfer(inside)).reports[0]?.parts[0]?.transfers[0];

test('a report says which file it speaks of, and what became of it at each level', () => {
  expect(read(FIXTURE)).toEqual({
    warnings: [],
    reports: [
      {
        id: 'BANK-REPORT-77',
        originalMessageId: 'NBI-20261128-0001',
        originalFormat: 'pain.001.001.09',
        group: { position: 12, code: 'PART', reasons: [] },
        figures: { count: '3', sum: null },
        parts: [
          {
            id: 'NBI-20261128-0001',
            status: { position: 20, code: 'PART', reasons: ['NARR two of three'] },
            figures: { count: null, sum: null },
            transfers: [
              {
                position: 27,
                key: '0A1B2C3D4E5F6G7-001',
                uetr: '1b8a40ef-8f0a-4f10-a4a3-0bd3c14a9a01',
                status: { position: 31, code: 'ACSC', reasons: [] },
                amount: { minor: 1_250_000, currency: 'KES' },
                account: '1234567890',
                bankReference: 'FT26332A1B2C',
              },
              {
                position: 47,
                key: '0A1B2C3D4E5F6G8-001',
                uetr: null,
                status: { position: 50, code: 'RJCT', reasons: ['AC03 Account number unknown Call the branch', 'B77'] },
                amount: null,
                account: null,
                bankReference: null,
              },
              {
                position: 64,
                key: '0A1B2C3D4E5F6G9-001',
                uetr: null,
                status: { position: 67, code: 'PDNG', reasons: [] },
                amount: null,
                account: null,
                bankReference: null,
              },
            ],
          },
        ],
      },
    ],
  });
});

test.skipIf(SAMPLES === '')('our own example is a valid pain.002.001.10', () => {
  using schema = XmlDocument.fromString(readFileSync(path.join(SAMPLES, 'xsd/pain.002.001.10.xsd'), 'utf8'));
  using validator = XsdValidator.fromDoc(schema);
  using example = XmlDocument.fromString(FIXTURE);
  validator.validate(example);
});

test.each(['03', '04', '05', '06', '07', '08', '09', '10', '12'])('version %s is read alike', (version) => {
  const xml = FIXTURE.replace('pain.002.001.10', `pain.002.001.${version}`);
  expect(read(xml).reports).toEqual(read(FIXTURE).reports);
});

test('prefixes, an envelope, several reports and windows-1252 change nothing', () => {
  const one = document(GROUP).replaceAll(/<(\/?)/g, '<$1b:');
  const { reports } = read(`<b:Bag xmlns:b="x"><b:Head/>${one}${one.replace('M1', 'M2')}</b:Bag>`);
  expect(reports.map(({ originalMessageId }) => originalMessageId)).toEqual(['M1', 'M2']);
  const latin = `<?xml version="1.0" encoding="windows-1252"?>${document(GROUP.replace('M1', 'Caf\u{e9}'))}`;
  expect(readStatusReports([Buffer.from(latin, 'latin1')]).reports[0]?.originalMessageId).toBe('Café');
});

test('a group that is rejected comes without instructions', () => {
  const group = '<OrgnlGrpInfAndSts><OrgnlMsgId>M1</OrgnlMsgId><GrpSts>RJCT</GrpSts></OrgnlGrpInfAndSts>';
  expect(read(document(group)).reports[0]).toMatchObject({ group: { code: 'RJCT', reasons: [] }, parts: [] });
});

test('each level says how many were sent, and of how much, as it is written', () => {
  const figures = (count: string, sum: string) =>
    `<OrgnlNbOfTxs>${count}</OrgnlNbOfTxs><OrgnlCtrlSum>${sum}</OrgnlCtrlSum>`;
  const group = GROUP.replace('</OrgnlMsgId>', `</OrgnlMsgId>${figures('2', '1200.00')}<GrpSts>ACCP</GrpSts>`);
  const inside = `${group}<OrgnlPmtInfAndSts>${figures('03', '1,200')}</OrgnlPmtInfAndSts><OrgnlPmtInfAndSts/>`;
  const { reports } = read(`<x>${document(inside)}${document(GROUP)}</x>`);
  expect(reports.map((one) => [one, ...one.parts].map(({ figures: { count, sum } }) => [count, sum]))).toEqual([
    [
      ['2', '1200.00'],
      ['03', '1,200'],
      [null, null],
    ],
    [[null, null]],
  ]);
  expect(() => read(document(group.replace('<GrpSts>', '<OrgnlNbOfTxs>3</OrgnlNbOfTxs><GrpSts>')))).toThrow(
    /OrgnlNbOfTxs is said twice, and differently/,
  );
});

test('nothing of one report, instruction or transfer is left for the next', () => {
  const first = '<TxInfAndSts><OrgnlEndToEndId>A</OrgnlEndToEndId><TxSts>ACSC</TxSts></TxInfAndSts>';
  const part = (inside: string) => `<OrgnlPmtInfAndSts>${inside}</OrgnlPmtInfAndSts>`;
  const { reports } = read(
    `<x>${document(
      `${GROUP.replace('</OrgnlMsgId>', '</OrgnlMsgId><GrpSts>RJCT</GrpSts>')}${part(`<OrgnlPmtInfId>P</OrgnlPmtInfId><PmtInfSts>PART</PmtInfSts>${first}<TxInfAndSts/>`)}${part('')}`,
    )}${document(GROUP)}</x>`,
  );
  expect(reports[0]?.parts).toMatchObject([
    { id: 'P', status: { code: 'PART' }, transfers: [{ key: 'A' }, { key: null, status: null }] },
    { id: null, status: null, transfers: [] },
  ]);
  expect(reports[1]).toMatchObject({ group: null, parts: [] });
});

describe('a transfer', () => {
  test('whose end-to-end id was not provided has none', () => {
    expect(onlyTransfer('<OrgnlEndToEndId>NOTPROVIDED</OrgnlEndToEndId>')?.key).toBeNull();
  });

  test('says its amount exactly, and its account of either kind', () => {
    const reference = (inside: string) => onlyTransfer(`<OrgnlTxRef>${inside}</OrgnlTxRef>`);
    expect(reference('<Amt><InstdAmt Ccy="UGX">1500</InstdAmt></Amt>')?.amount).toEqual({
      minor: 1500,
      currency: 'UGX',
    });
    expect(reference('<CdtrAcct><Id><IBAN>DE02</IBAN></Id></CdtrAcct>')?.account).toBe('DE02');
    expect(reference('<DbtrAcct><Id><Othr><Id>9</Id></Othr></Id></DbtrAcct>')?.account).toBeNull();
  });

  test.each([
    ['<Amt><InstdAmt Ccy="KES">1,50</InstdAmt></Amt>', /line 1: the amount "1,50": it is no figure/],
    ['<Amt><InstdAmt Ccy="KES">1.005</InstdAmt></Amt>', /KES has 2 decimals/],
    ['<Amt><InstdAmt Ccy="XXX">1</InstdAmt></Amt>', /the amount is in "XXX", which is no currency/],
    ['<Amt><InstdAmt>1</InstdAmt></Amt>', /the amount is in "", which is no currency/],
  ])('whose amount cannot be read without guessing is refused', (inside, why) => {
    expect(() => onlyTransfer(`<OrgnlTxRef>${inside}</OrgnlTxRef>`)).toThrow(why);
  });

  test('that says twice what decides is refused', () => {
    expect(() => onlyTransfer('<TxSts>ACSC</TxSts><TxSts>RJCT</TxSts>')).toThrow(/line 1: TxSts is said twice/);
    expect(() => onlyTransfer('<OrgnlEndToEndId>A</OrgnlEndToEndId><OrgnlEndToEndId>B</OrgnlEndToEndId>')).toThrow(
      /OrgnlEndToEndId is said twice/,
    );
    expect(() => read(document(GROUP.repeat(2)))).toThrow(/OrgnlMsgId is said twice/);
  });

  test('that says its amount, account or UETR twice is refused where they differ', () => {
    const amount = (figure: string, currency = 'KES') => `<Amt><InstdAmt Ccy="${currency}">${figure}</InstdAmt></Amt>`;
    const account = (inside: string) => `<CdtrAcct><Id>${inside}</Id></CdtrAcct>`;
    const reference = (inside: string) => onlyTransfer(`<OrgnlTxRef>${inside}</OrgnlTxRef>`);
    expect(() => reference(amount('1') + amount('2'))).toThrow(/line 1: the amount is said twice, and differently/);
    expect(() => reference(amount('1') + amount('1', 'USD'))).toThrow(/the amount is said twice, in two currencies/);
    expect(() => reference(account('<IBAN>A</IBAN><Othr><Id>B</Id></Othr>'))).toThrow(/the account is said twice/);
    expect(() => onlyTransfer('<OrgnlUETR>a</OrgnlUETR><OrgnlUETR>b</OrgnlUETR>')).toThrow(/OrgnlUETR is said twice/);
    const repeated = amount('1') + amount('1') + account('<IBAN>A</IBAN><Othr><Id>A</Id></Othr>');
    expect(reference(repeated)).toMatchObject({ amount: { minor: 100, currency: 'KES' }, account: 'A' });
  });

  test('keeps twenty reasons, each with as many words as fit', () => {
    const reason = `<StsRsnInf><Rsn><Cd>AC03</Cd></Rsn><AddtlInf>${'x'.repeat(600)}</AddtlInf></StsRsnInf>`;
    const found = onlyTransfer(`<TxSts>RJCT</TxSts>${reason.repeat(25)}<StsRsnInf/>`)?.status?.reasons ?? [];
    expect(found).toHaveLength(20);
    expect(found[0]).toHaveLength(500);
  });
});

describe('what is refused', () => {
  test('a report that does not say of which file it speaks', () => {
    expect(() => read(document('<GrpHdr/>'))).toThrow(/does not say of which file it speaks/);
  });

  test('XML that is no status report, and what is no XML', () => {
    expect(() => read('<Document><BkToCstmrStmt/></Document>')).toThrow(/no payment status report is in it/);
    expect(() => read('{}')).toThrow();
    expect(() => read(document(GROUP).slice(0, -5))).toThrow();
  });

  test('a DOCTYPE, an entity, what lies too deep and what is too long', () => {
    expect(() => read(`<!DOCTYPE x [<!ENTITY a "b">]>${document(GROUP)}`)).toThrow(/DOCTYPE/);
    expect(() => read(document(GROUP.replace('M1', '&a;')))).toThrow(/entity/);
    const deep = '<a>'.repeat(DEEPEST_NESTING);
    expect(() => read(deep + document(GROUP) + '</a>'.repeat(DEEPEST_NESTING))).toThrow(/deep inside each other/);
    expect(() => readStatusReports([Buffer.from(document(GROUP))], 20)).toThrow(/more than 20 bytes/);
  });

  test('more transfers than any file has', () => {
    const many = (number: number) =>
      read(document(`${GROUP}<OrgnlPmtInfAndSts>${'<TxInfAndSts/>'.repeat(number)}</OrgnlPmtInfAndSts>`));
    expect(many(MOST_TRANSFERS).reports[0]?.parts[0]?.transfers).toHaveLength(MOST_TRANSFERS);
    expect(() => many(MOST_TRANSFERS + 1)).toThrow(/more than 200000 transfers/);
  });
});
