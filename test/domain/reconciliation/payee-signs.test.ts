import { describe, expect, test } from 'vitest';
import {
  accountDigits,
  goesElsewhere,
  isCutName,
  mayBeOnePerson,
  nameIn,
  phonesIn,
  sameDestination,
  showsAnotherPhone,
  SignReader,
  type Name,
  type PayeeSigns,
} from '../../../src/domain/reconciliation/payee-signs.ts';
import { aLine, anEntry } from '../../support/matching-facts.ts';

const signsOfLine = (wish: Parameters<typeof aLine>[0]): PayeeSigns => new SignReader().ofLine(aLine(wish));
const signsOfEntry = (wish: Parameters<typeof anEntry>[0]): PayeeSigns => new SignReader().ofEntry(anEntry(wish));
const name = (text: string): Name => nameIn(text) as Name;

describe('phones are their last nine digits, however they are written', () => {
  test.each([
    '254712345678',
    '+254712345678',
    '0712345678',
    '712345678',
    '0712 345 678',
    '0712-345-678',
    '+254 712 345678',
    '254-712345678',
    'to (0712345678), JANE',
  ])('%s', (text) => {
    expect(phonesIn(text)).toEqual(['712345678']);
  });

  test.each([
    '',
    '07123456',
    '07123456789',
    '255712345678',
    '0812345678',
    '2547****678',
    '1002547123456780',
    '12345678',
  ])('%s is none', (text) => {
    expect(phonesIn(text)).toEqual([]);
  });

  test('each of several', () => {
    expect(phonesIn('0712345678 and 0111222333')).toEqual(['712345678', '111222333']);
  });
});

describe('accounts are their digits without the bank', () => {
  test.each([
    ['KCB:1234567890', '1234567890'],
    ['01 1234-567 89', '01123456789'],
    ['68/1234567890123', '1234567890123'],
    ['123456', '123456'],
    ['123456/7654321', '7654321'],
    ['123456/654321', '123456'],
  ])('%s is %s', (text, digits) => {
    expect(accountDigits(text)).toBe(digits);
  });

  test.each(['', 'KCB', '12345', '12345/67890'])('%s has too few digits', (text) => {
    expect(accountDigits(text)).toBeNull();
  });
});

describe('names', () => {
  test('are their words in one order, without accents, case and numbers', () => {
    expect(name('Wanjirũ, JANE')).toEqual({ words: ['wanjiru', 'jane'], key: 'jane wanjiru', beginning: null });
    expect(name('254712345678 - JANE WANJIRU').key).toBe('jane wanjiru');
  });

  test('need two words and eight letters to tell people apart, one word or seven letters do not', () => {
    expect([name('JANE WANI').key, name('JANE WAN').key, name('WANJIRU').key]).toEqual(['jane wani', null, null]);
  });

  test('begin with twelve letters where they are as long, and eleven are too few', () => {
    expect([name('JANE NYAMBURA').beginning, name('JANE WANJIRU').beginning]).toEqual(['janenyambura', null]);
  });

  test.each(['', '254712345678', ' - '])('%j is none', (text) => {
    expect(nameIn(text)).toBeNull();
  });

  test.each([
    ['ESTHER NYAMBURA KA', 'ESTHER NYAMBURA KAMAU'],
    ['JANE WANJIRU K', 'JANE WANJIRU KAMAU'],
    ['JANE NYAMBUR', 'JANE NYAMBURA'],
  ])('%s is cut from %s', (cut, whole) => {
    expect([isCutName(name(cut), name(whole)), isCutName(name(whole), name(cut))]).toEqual([
      name(cut).beginning !== null,
      false,
    ]);
  });

  test.each([
    ['ESTHER NYAMBURA', 'ESTHER NYAMBURA KAMAU', 'whole words may be somebody else’s name'],
    ['ESTHER NYAMBURA KAMAU', 'ESTHER NYAMBURA KAMAU', 'it is whole'],
    ['NYAMBURA ESTHER KA', 'ESTHER NYAMBURA KAMAU', 'another order'],
    ['JANE WANJIR', 'JANE WANJIRU', 'fewer than twelve letters'],
    ['CHRISTOPHERSO', 'CHRISTOPHERSON KAMAU', 'one word'],
  ])('%s is not cut from %s: %s', (cut, whole) => {
    expect(isCutName(name(cut), name(whole))).toBe(false);
  });

  test.each([
    ['NICHOLAS SONGOK', 'NICHOLAS JOHN SONGOK'],
    ['J WANJIRU', 'JANE WANJIRU'],
    ['WANJIRU JANE', 'JANE WANJIRU'],
    ['JANE', 'JANE WANJIRU'],
    ['JANE WANJIRU KAM', 'JANE KAMAU WANJIRU'],
  ])('%s and %s may be one person', (one, other) => {
    expect([mayBeOnePerson(name(one), name(other)), mayBeOnePerson(name(other), name(one))]).toEqual([true, true]);
  });

  test.each([
    ['PETER KAMAU', 'JANE KAMAU'],
    ['JANE WANJIRU', 'JANE WAFULA'],
    ['PETER JOHN', 'NICHOLAS JOHN SONGOK'],
  ])('%s and %s are not', (one, other) => {
    expect([mayBeOnePerson(name(one), name(other)), mayBeOnePerson(name(other), name(one))]).toEqual([false, false]);
  });
});

describe('what a line tells of the payee', () => {
  test('phones stand anywhere, but only where the other party is named they show who it is', () => {
    const signs = signsOfLine({
      counterparty: 'JANE WANJIRU',
      counterpartyAccount: '254712345678',
      references: ['0733222111'],
      description: 'call 0722000111',
    });
    expect(signs.phones).toEqual(['712345678', '722000111', '733222111']);
    expect(signs.shown).toEqual(['712345678']);
    expect(signs.name?.key).toBe('jane wanjiru');
    expect(signs.account).toBe('254712345678');
  });

  test('nine digits alone may be an account and show no phone', () => {
    expect(signsOfLine({ counterpartyAccount: '712345678' })).toMatchObject({ phones: ['712345678'], shown: [] });
  });

  test('a phone may be named with the party', () => {
    expect(signsOfLine({ counterparty: '0712345678 - JANE WANJIRU' })).toMatchObject({
      shown: ['712345678'],
      account: null,
    });
  });

  test.each([
    ['2547****678', { head: '7', tail: '678' }],
    ['0712***678', { head: '712', tail: '678' }],
    ['+254712xxx678', { head: '712', tail: '678' }],
    ['254XX78', { head: '', tail: '78' }],
  ])('%s hides a phone', (counterpartyAccount, mask) => {
    expect(signsOfLine({ counterpartyAccount }).masks).toEqual([mask]);
  });

  test.each(['2547*678', '2547****6', '2547****678*', '47****678'])('%s hides none', (counterpartyAccount) => {
    expect(signsOfLine({ counterpartyAccount }).masks).toEqual([]);
  });

  test('nothing tells nothing', () => {
    const nothing = { phones: [], shown: [], masks: [], account: null, name: null };
    expect(signsOfLine({})).toEqual(nothing);
    expect(signsOfEntry({})).toEqual(nothing);
  });

  test('one name is read once', () => {
    const reader = new SignReader();
    expect(reader.ofEntry(anEntry({ payee: 'JANE WANJIRU' })).name).toBe(
      reader.ofLine(aLine({ counterparty: 'JANE WANJIRU' })).name,
    );
    expect([1, 2].map(() => reader.ofEntry(anEntry({ payee: '0712345678' })).name)).toEqual([null, null]);
  });
});

const phone = signsOfEntry({ destination: '254712345678' });
const account = signsOfEntry({ destination: 'KCB:1122334455' });
const nowhere = signsOfEntry({});

test.each([
  ['the phone', { counterpartyAccount: '0712345678' }, phone, 'same_phone'],
  ['the phone in the text', { description: 'to 0712 345 678' }, phone, 'same_phone'],
  [
    'the phone in the text, and a mask that hides it',
    { description: '0712345678', counterparty: '2547**678 - J' },
    phone,
    'same_phone',
  ],
  ['another phone', { counterpartyAccount: '0712345679' }, phone, null],
  [
    'another phone, and this one in the text',
    { counterpartyAccount: '0733000111', description: '0712345678' },
    phone,
    null,
  ],
  [
    'this phone in the text, and a mask that hides another',
    { description: '0712345678', counterparty: '2547**679 - J' },
    phone,
    null,
  ],
  ['the account', { counterpartyAccount: '1122334455' }, account, 'same_account'],
  ['another account', { counterpartyAccount: '1122334456' }, account, null],
  ['no account', {}, account, null],
  ['an account, for a phone', { counterpartyAccount: '1122334455' }, phone, null],
  ['a phone, for nowhere', { counterpartyAccount: '0712345678' }, nowhere, null],
  ['nothing, for nowhere', {}, nowhere, null],
] as const)('where the money went: %s', (_, line, entry, destination) => {
  expect(sameDestination(signsOfLine(line), entry)).toBe(destination);
});

test.each([
  ['the phone', { counterpartyAccount: '0712345678' }, phone, false, false],
  ['another phone', { counterpartyAccount: '0712345679' }, phone, true, true],
  ['another phone in the text only', { description: '0712345679' }, phone, false, false],
  ['a mask that hides it', { counterpartyAccount: '2547****678' }, phone, false, false],
  ['a mask that hides another', { counterpartyAccount: '2547****679' }, phone, true, true],
  ['a mask that begins otherwise', { counterpartyAccount: '0733***678' }, phone, true, true],
  ['an account, for a phone', { counterpartyAccount: '1122334455' }, phone, false, false],
  ['the account', { counterpartyAccount: '1122334455' }, account, false, false],
  ['the account with its branch', { counterpartyAccount: '0011122334455' }, account, false, false],
  ['the end of the account', { counterpartyAccount: '2334455' }, account, false, false],
  ['another account', { counterpartyAccount: '1122334456' }, account, false, true],
  ['no account', {}, account, false, false],
  ['a phone, for an account', { counterpartyAccount: '0712345678' }, account, false, true],
  ['a mask, for an account', { counterpartyAccount: '2547****678' }, account, false, true],
  ['a phone, for nowhere', { counterpartyAccount: '0712345678' }, nowhere, false, false],
] as const)('elsewhere: %s', (_, line, entry, another, elsewhere) => {
  expect(showsAnotherPhone(signsOfLine(line), entry)).toBe(another);
  expect(goesElsewhere(signsOfLine(line), entry)).toBe(elsewhere);
});
