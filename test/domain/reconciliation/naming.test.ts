import { describe, expect, test } from 'vitest';
import type { EntryFacts, LineFacts } from '../../../src/domain/reconciliation/facts.ts';
import { namings } from '../../../src/domain/reconciliation/naming.ts';
import { aLine, anEntry } from '../../support/matching-facts.ts';

/** What lines name, as `line = entry by ...`. */
function named(lines: readonly Partial<LineFacts>[], entries: readonly Partial<EntryFacts>[]): string[] {
  const found = namings(
    lines.map((wish, index) => aLine({ ...wish, index })),
    entries.map((wish, index) => anEntry({ ...wish, index })),
  );
  return found.flatMap(({ line, named: ofLine }) =>
    ofLine.map(({ entry, by }) => `${line.index} = ${entry.index} by ${[...by].toSorted().join(', ')}`),
  );
}

const VOUCHER = { references: ['PV-NBI-2026-00412'] };

describe('a line names an entry by its reference', () => {
  test.each([
    'PV-NBI-2026-00412',
    'pv-nbi-2026-00412',
    'PVNBI202600412',
    'TRF PV NBI 2026 00412 THANK YOU',
    'pv/nbi/2026/00412,',
    'PV. NBI. 2026. 00412',
    'x;PVNBI-2026 00412;x',
  ])('%s', (description) => {
    expect(named([{ description }], [VOUCHER])).toEqual(['0 = 0 by reference']);
  });

  test.each([
    'PV-NBI-2026-0041',
    'PV-NBI-2026-004123',
    'PV-NBI-2026-00041 2',
    'PV-NBI-2026 004 12',
    'PV-NBI-20 26-00412',
    'XPV-NBI-2026-00412',
    'PV-NBI-2026',
    '00412',
    '',
  ])('not by %s', (description) => {
    expect(named([{ description }], [VOUCHER])).toEqual([]);
  });

  test('words are joined where a letter meets a digit', () => {
    expect(named([{ description: 'PAY 7F3K2M' }], [{ references: ['pay_7f3k2m'] }])).toEqual(['0 = 0 by reference']);
    expect(named([{ description: 'PAY7F3 K2M' }], [{ references: ['pay_7f3k2m'] }])).toEqual(['0 = 0 by reference']);
  });

  test.each([
    ['the identifier', { externalId: 'PV-NBI-2026-00412' }],
    ['a reference', { references: ['x', 'PV-NBI-2026-00412'] }],
    ['the text', { description: 'PV-NBI-2026-00412' }],
    ['the party', { counterparty: 'JANE PV-NBI-2026-00412' }],
    ['the party’s account', { counterpartyAccount: 'PV-NBI-2026-00412' }],
  ])('in %s', (_, line) => {
    expect(named([line], [VOUCHER])).toEqual(['0 = 0 by reference']);
  });

  test('that several have', () => {
    const entries = [{ sharedReferences: ['REQ-2026-00012'] }, { sharedReferences: ['REQ-2026-00012'] }];
    expect(named([{ description: 'REQ 2026 00012' }], entries)).toEqual([
      '0 = 0 by shared_reference',
      '0 = 1 by shared_reference',
    ]);
  });

  test('a word of the office’s is no reference without a digit', () => {
    expect(named([{ description: 'PAY SALARY' }], [{ references: ['pay_salary'] }])).toEqual([]);
  });

  test('lines that name nothing are left out', () => {
    expect(named([{}, { description: 'PV-NBI-2026-00412' }, {}], [VOUCHER])).toEqual(['1 = 0 by reference']);
    expect(named([{ description: 'PV-NBI-2026-00412' }], [])).toEqual([]);
  });
});

describe('a line names an entry by its identifier', () => {
  test('where the bank writes its own, four digits are enough', () => {
    expect(named([{ externalId: '4711' }], [{ externalId: '4711' }])).toEqual(['0 = 0 by identifier']);
    expect(named([{ externalId: 'sg632-nmuab' }], [{ externalId: 'SG632NMUAB' }])).toEqual([
      '0 = 0 by identifier, identifier_in_text',
    ]);
  });

  test('in other text it must be particular', () => {
    const entries = [{ externalId: '4711' }, { externalId: '998877' }, { externalId: 'SG632NMUAB' }];
    const lines = [{ description: '4711' }, { references: ['998877'] }, { counterparty: 'sg632 nmuab' }];
    expect(named(lines, entries)).toEqual(['1 = 1 by identifier_in_text', '2 = 2 by identifier_in_text']);
  });

  test.each(['RENT', 'JAN2026', '0000', 'WEEK12', 'NONREF'])('but not by %s', (externalId) => {
    expect(named([{ externalId, references: [externalId], description: externalId }], [{ externalId }])).toEqual([]);
  });

  test('and by everything at once', () => {
    const entry = { ...VOUCHER, externalId: 'SG632NMUAB', sharedReferences: ['REQ-2026-00012'] };
    const line = { externalId: 'SG632NMUAB', description: 'REQ-2026-00012 PV-NBI-2026-00412' };
    expect(named([line], [entry])).toEqual(['0 = 0 by identifier, identifier_in_text, reference, shared_reference']);
  });

  test('the payment and its fee have one', () => {
    const entries = [{ externalId: 'SG632NMUAB' }, { externalId: 'SG632NMUAB' }];
    expect(named([{ externalId: 'SG632NMUAB' }], entries)).toHaveLength(2);
  });

  test('in eight lines it is a payment’s, in nine it is nobody’s', () => {
    const lines = (count: number) =>
      Array.from({ length: count }, () => ({ references: ['01109988776600', '01109988776600'] }));
    const entry = { externalId: '01109988776600' };
    expect(named(lines(8), [entry])).toHaveLength(8);
    expect(named(lines(9), [entry])).toEqual([]);
    // A batch has one for all.
    expect(named(lines(16), [entry, entry])).toHaveLength(32);
    expect(named(lines(17), [entry, entry])).toEqual([]);
  });

  test('a reference may stand in any number of lines', () => {
    expect(
      named(
        Array.from({ length: 30 }, () => ({ description: 'PV-NBI-2026-00412' })),
        [VOUCHER],
      ),
    ).toHaveLength(30);
  });
});

describe('a line names an entry by the beginning of its identifier', () => {
  test('ten characters of it are enough, nine are not', () => {
    expect(named([{ description: 'REF CHQ0000123' }], [{ externalId: 'CHQ000012345' }])).toEqual([
      '0 = 0 by cut_identifier',
    ]);
    expect(named([{ description: 'REF CHQ000012' }], [{ externalId: 'CHQ000012345' }])).toEqual([]);
  });

  test('of all entries that begin so, but none that goes on otherwise', () => {
    const entries = ['CHQ000012345', 'CHQ000012399', 'CHQ000012400', 'CHQ0000123'].map((externalId) => ({
      externalId,
    }));
    expect(named([{ description: 'CHQ00001239' }], entries)).toEqual(['0 = 1 by cut_identifier']);
    expect(named([{ description: 'CHQ0000123' }], entries)).toEqual([
      '0 = 3 by identifier_in_text',
      '0 = 0 by cut_identifier',
      '0 = 1 by cut_identifier',
    ]);
  });

  test('the whole is not its beginning, and words are none', () => {
    expect(named([{ description: 'CHQ000012345' }], [{ externalId: 'CHQ000012345' }])).toEqual([
      '0 = 0 by identifier_in_text',
    ]);
    expect(named([{ description: 'ABCDEFGHIJ' }], [{ externalId: 'ABCDEFGHIJ1234' }])).toEqual([]);
  });
});
