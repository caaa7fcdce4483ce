import { describe, expect, test } from 'vitest';
import type { EntryFacts, LineFacts } from '../../../src/domain/reconciliation/facts.ts';
import { SignReader, type Name } from '../../../src/domain/reconciliation/payee-signs.ts';
import { SharedSigns } from '../../../src/domain/reconciliation/shared-signs.ts';
import { aLine, anEntry } from '../../support/matching-facts.ts';

const reader = new SignReader();
const ofLine = (wish: Partial<LineFacts>) => reader.ofLine(aLine(wish));
const ofEntry = (wish: Partial<EntryFacts>) => reader.ofEntry(anEntry(wish));
const name = (payee: string): Name => ofEntry({ payee }).name as Name;
const signs = (entries: readonly Partial<EntryFacts>[], lines: readonly Partial<LineFacts>[] = []): SharedSigns =>
  new SharedSigns(entries.map(ofEntry), lines.map(ofLine));

const PHONE = { destination: '254712345678' };
const OTHER_PHONE = { destination: '254733000111' };
const JANE = { payee: 'JANE WANJIRU' };

describe('a destination is shared by payees whose names cannot be one person’s', () => {
  test.each([
    ['one payee', [{ ...PHONE, ...JANE }], false],
    [
      'one payee, twice',
      [
        { ...PHONE, ...JANE },
        { ...PHONE, ...JANE },
      ],
      false,
    ],
    [
      'one payee with a longer name',
      [
        { ...PHONE, ...JANE },
        { ...PHONE, payee: 'JANE WANJIRU KAMAU' },
      ],
      false,
    ],
    [
      'two payees',
      [
        { ...PHONE, ...JANE },
        { ...PHONE, payee: 'PETER KAMAU' },
      ],
      true,
    ],
    [
      'three payees',
      [
        { ...PHONE, ...JANE },
        { ...PHONE, payee: 'PETER KAMAU' },
        { ...PHONE, ...JANE },
      ],
      true,
    ],
    [
      'two payees at two phones',
      [
        { ...PHONE, ...JANE },
        { ...OTHER_PHONE, payee: 'PETER KAMAU' },
      ],
      false,
    ],
    ['a payee and nobody named', [{ ...PHONE, ...JANE }, PHONE], false],
    ['nobody', [], false],
  ])('%s', (_, entries, isShared) => {
    expect(signs(entries).isShared(ofEntry(PHONE))).toBe(isShared);
  });

  test('accounts are destinations as well, nowhere is none', () => {
    const account = { destination: 'KCB:1122334455' };
    const shared = signs([
      { ...account, ...JANE },
      { ...account, payee: 'PETER KAMAU' },
      { payee: 'LUCY MUTUA' },
      { payee: 'JOHN OTIENO' },
    ]);
    expect(shared.isShared(ofEntry(account))).toBe(true);
    expect(shared.isShared(ofEntry({}))).toBe(false);
  });
});

describe('a name is one payee’s when everybody who bears it is paid at one place', () => {
  test.each([
    ['never', [], [], true],
    [
      'at one phone, twice',
      [
        { ...JANE, ...PHONE },
        { ...JANE, ...PHONE },
      ],
      [],
      true,
    ],
    [
      'at two phones',
      [
        { ...JANE, ...PHONE },
        { payee: 'Wanjiru Jane', ...OTHER_PHONE },
      ],
      [],
      false,
    ],
    [
      'at two accounts',
      [
        { ...JANE, destination: 'KCB:1122334455' },
        { ...JANE, destination: 'KCB:1122334456' },
      ],
      [],
      false,
    ],
    [
      'at a phone and an account',
      [
        { ...JANE, ...PHONE },
        { ...JANE, destination: 'KCB:1122334455' },
      ],
      [],
      true,
    ],
    ['at a phone and nobody knows where', [{ ...JANE, ...PHONE }, JANE], [], true],
    [
      'at a phone, and a line shows another',
      [{ ...JANE, ...PHONE }],
      [{ counterparty: 'JANE WANJIRU', counterpartyAccount: '0733000111' }],
      false,
    ],
    [
      'at a phone, and a line shows it',
      [{ ...JANE, ...PHONE }],
      [{ counterparty: 'JANE WANJIRU', counterpartyAccount: '0712345678' }],
      true,
    ],
    [
      'at a phone, and a line has another in its text',
      [{ ...JANE, ...PHONE }],
      [{ counterparty: 'JANE WANJIRU', description: '0733000111' }],
      true,
    ],
    [
      'by lines at two accounts',
      [],
      ['1122334455', '1122334456'].map((counterpartyAccount) => ({
        counterparty: 'JANE WANJIRU',
        counterpartyAccount,
      })),
      false,
    ],
  ])('paid %s', (_, entries, lines, isOne) => {
    expect(signs(entries, lines).isPaidOnce(name('JANE WANJIRU'))).toBe(isOne);
  });

  test('one word is no name', () => {
    expect(signs([]).isPaidOnce(name('WANJIRU'))).toBe(false);
  });
});

describe('a cut name is one payee’s when nobody else’s name begins so', () => {
  const whole = 'ESTHER NYAMBURA KAMAU';
  const cut = name('ESTHER NYAMBURA KA');

  test.each([
    ['only one', [whole], true],
    ['one, twice', [whole, whole], true],
    ['one that begins otherwise', [whole, 'ESTHER NYAMBURA OTIENO'], true],
    ['two', [whole, 'ESTHER NYAMBURA KARANJA'], false],
  ])('%s', (_, payees, isOne) => {
    expect(signs(payees.map((payee) => ({ payee }))).isOnlyOneCut(cut, name(whole))).toBe(isOne);
  });

  test('who is paid at two places is two', () => {
    expect(
      signs([
        { payee: whole, ...PHONE },
        { payee: whole, ...OTHER_PHONE },
      ]).isOnlyOneCut(cut, name(whole)),
    ).toBe(false);
  });

  test('nobody who is too short to be found again', () => {
    expect(signs([{ payee: 'JANE WANJIRU' }]).isOnlyOneCut(name('JANE WANJI'), name('JANE WANJIRU'))).toBe(false);
  });
});

test('a name is borne by whoever has it as it stands', () => {
  const shared = signs([{ payee: 'ESTHER NYAMBURA KAMAU' }]);
  expect(shared.isBorne(name('Esther Nyambura KAMAU'), 'esthernyambu')).toBe(true);
  expect(shared.isBorne(name('ESTHER NYAMBURA KA'), 'esthernyambu')).toBe(false);
  expect(shared.isBorne(name('JANE NYAMBURA'), 'janenyambura')).toBe(false);
});

describe('a phone that many lines have in their text is the office’s own', () => {
  const lines = (count: number): Partial<LineFacts>[] =>
    Array.from({ length: count }, () => ({ description: 'BY 0712345678, 0712345678' }));

  test('three lines an entry are not too many, four are', () => {
    const line = ofLine({ description: 'BY 0712345678 to 0733000111' });
    expect(signs([PHONE, OTHER_PHONE], lines(3)).ofPayee(line)).toBe(line);
    expect(signs([PHONE, OTHER_PHONE], lines(4)).ofPayee(line)).toEqual({ ...line, phones: ['733000111'] });
    expect(signs([PHONE, PHONE, OTHER_PHONE], lines(6)).ofPayee(line).phones).toHaveLength(2);
    expect(signs([PHONE, PHONE, OTHER_PHONE], lines(7)).ofPayee(line).phones).toEqual(['733000111']);
  });

  test('where the other party is named it is the payee’s all the same, and such lines do not count', () => {
    const shown = { counterpartyAccount: '0712345678' };
    expect(signs([PHONE], lines(4)).ofPayee(ofLine(shown)).phones).toEqual(['712345678']);
    const line = ofLine({ description: '0712345678' });
    expect(
      signs(
        [PHONE],
        Array.from({ length: 9 }, () => shown),
      ).ofPayee(line),
    ).toBe(line);
  });
});
