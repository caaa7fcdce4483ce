import { readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { XmlDocument, XsdValidator } from 'libxml2-wasm';
import { describe, expect, test } from 'vitest';
import { bankOrderOf, controlSum, debtorName, messageIdFault } from '../../../src/domain/bank-file/bank-order.ts';
import { pain001, type Pain001Version } from '../../../src/domain/bank-file/pain001.ts';
import { uetrOf } from '../../../src/domain/bank-file/uetr.ts';
import { decimalOf } from '../../../src/domain/money.ts';
import { aBankFile, anAccount, anOrder, anyBankFile } from './a-bank-file.ts';

/** The directory of public schemas, which are not part of the project. */
const SAMPLES = process.env['TREASURY_SAMPLES'] ?? '';
const VERSIONS: readonly Pain001Version[] = ['03', '09'];

describe.each(VERSIONS)('pain.001.001.%s', (version) => {
  test('is written with every element in its place', async () => {
    const orders = [
      anOrder(),
      anOrder({ key: '0A1B2C3D4E5F6G8-001', account: anAccount('KCB:1101'), remarks: null, amountMinor: 5 }),
    ];
    await expect(pain001(aBankFile({ orders }), version)).toMatchFileSnapshot(`fixtures/pain.001.001.${version}.xml`);
  });

  test('says number and sum of the orders, exactly, for file and instruction', () => {
    const orders = ['A', 'B', 'C'].map((key) => anOrder({ key, amountMinor: 2 ** 51 + 1 }));
    const xml = pain001(aBankFile({ orders }), version);
    expect(xml.match(/<NbOfTxs>3<\/NbOfTxs>/g)).toHaveLength(2);
    expect(xml.match(/<CtrlSum>67553994410557.47<\/CtrlSum>/g)).toHaveLength(2);
  });

  test('writes as many decimals as the currency has', () => {
    const amount = (currency: string) =>
      /<InstdAmt Ccy="\w+">([^<]+)/.exec(
        pain001(aBankFile({ currency, orders: [anOrder({ amountMinor: 1500 })] }), version),
      )?.[1];
    expect(amount('KES')).toBe('15.00');
    expect(amount('UGX')).toBe('1500');
    expect(amount('KWD')).toBe('1.500');
  });

  test('the same facts are the same text, and another fact is another', () => {
    expect(pain001(aBankFile(), version)).toBe(pain001(aBankFile(), version));
    expect(pain001(aBankFile({ messageId: 'X' }), version)).not.toBe(pain001(aBankFile(), version));
  });

  test('a text that is not safe breaks nothing', () => {
    const xml = pain001(aBankFile({ orders: [anOrder({ payee: '<b>&x' })] }), version);
    expect(xml).toContain('<Nm>&lt;b&gt;&amp;x</Nm>');
  });

  test('a file without orders is none', () => {
    expect(() => pain001(aBankFile({ orders: [] }), version)).toThrow(/has no orders/);
  });

  const SCHEMA = path.join(SAMPLES, `xsd/pain.001.001.${version}.xsd`);

  test.skipIf(SAMPLES === '')('whatever payments there are, the file is valid and says what was ordered', () => {
    using schema = XmlDocument.fromString(readFileSync(SCHEMA, 'utf8'));
    using validator = XsdValidator.fromDoc(schema);
    fc.assert(
      fc.property(anyBankFile, (file) => {
        using document = XmlDocument.fromString(pain001(file, version));
        validator.validate(document);
        const found = (where: string): string[] =>
          document
            .find(where, { p: `urn:iso:std:iso:20022:tech:xsd:pain.001.001.${version}` })
            .map((node) => node.content);
        const { orders, currency } = file;
        expect(found('//p:MsgId')).toEqual([file.messageId]);
        expect(found('//p:GrpHdr/p:CtrlSum')).toEqual([decimalOf(controlSum(orders), currency)]);
        expect(found('//p:EndToEndId')).toEqual(orders.map(({ key }) => key));
        expect(found('//p:InstdAmt')).toEqual(orders.map(({ amountMinor }) => decimalOf(amountMinor, currency)));
        expect(found('//p:CdtTrfTxInf/p:Cdtr/p:Nm')).toEqual(orders.map(({ payee }) => payee));
        expect(found('//p:CdtrAcct//p:Othr/p:Id')).toEqual(orders.map(({ account }) => account.number));
        expect(found('//p:CdtrAgt//p:MmbId')).toEqual(orders.flatMap(({ account }) => account.code ?? []));
        expect(found(version === '03' ? '//p:CdtrAgt//p:BIC' : '//p:CdtrAgt//p:BICFI')).toEqual(
          orders.flatMap(({ account }) => account.bic ?? []),
        );
        expect(found('//p:Ustrd')).toEqual(orders.flatMap(({ remarks }) => remarks ?? []));
        expect(found('//p:UETR')).toEqual(version === '03' ? [] : orders.map(({ key }) => uetrOf(key)));
      }),
      { numRuns: 200 },
    );
  });

  test.skipIf(SAMPLES === '')('the schema does refuse what is not valid', () => {
    using schema = XmlDocument.fromString(readFileSync(SCHEMA, 'utf8'));
    using validator = XsdValidator.fromDoc(schema);
    using document = XmlDocument.fromString(pain001(aBankFile({ messageId: 'x'.repeat(36) }), version));
    expect(() => validator.validate(document)).toThrow(/MsgId/);
  });
});

describe('an order', () => {
  const TERMS = { key: 'K', amountMinor: 1, payee: 'Jané', destination: 'KCB:1101', purpose: 'Rent & water' };

  test('is in the letters that banks take', () => {
    expect(bankOrderOf(TERMS)).toMatchObject({ payee: 'Jane', remarks: 'Rent + water' });
  });

  test('without a purpose in such letters says none', () => {
    expect(bankOrderOf({ ...TERMS, purpose: '家賃' })).toMatchObject({ remarks: null });
  });

  test('names everything that no bank could be told', () => {
    expect(bankOrderOf({ ...TERMS, payee: '李小龍' })).toEqual(['its payee has no letter that banks take']);
    expect(bankOrderOf({ ...TERMS, payee: '李小龍', destination: '1101' })).toEqual([
      'it does not say at which bank the account is (write it like 01094:1234567890 or KCB:1234567890)',
      'its payee has no letter that banks take',
    ]);
    expect(bankOrderOf({ ...TERMS, destination: '1101' })).toHaveLength(1);
  });

  test('who pays is in such letters too', () => {
    expect(debtorName('Ñandú Ltd')).toBe('Nandu Ltd');
    expect(debtorName('株式会社')).toBeNull();
  });
});

test('a message id has 1 to 35 characters that every bank takes', () => {
  expect(messageIdFault('a'.repeat(35))).toBeNull();
  expect(messageIdFault('NBI-2026.1')).toBeNull();
  for (const id of ['a'.repeat(36), '', 'a b', '-a', 'a_b', 'a/b', 'é']) expect(messageIdFault(id)).toMatch(/1 to 35/);
});
