import { expect, test } from 'vitest';
import { bankAccountOf } from '../../../src/domain/bank-file/bank-account.ts';

const none = { code: null, bic: null, name: null };

test.each([
  ['01094:1234567890', { code: '01094', number: '1234567890' }],
  ['01-094:1234567890', { code: '01094', number: '1234567890' }],
  ['01:12', { code: '01', number: '12' }],
  ['KCBLKENX:1234567890', { bic: 'KCBLKENX', number: '1234567890' }],
  ['KCBLKENXXXX:1234567890', { bic: 'KCBLKENXXXX', number: '1234567890' }],
  ['KCBLKENX/01094:1234567890', { bic: 'KCBLKENX', code: '01094', number: '1234567890' }],
  ['01094/KCBLKENX:1234567890', { bic: 'KCBLKENX', code: '01094', number: '1234567890' }],
  ['KCB:1101-234-567', { name: 'KCB', number: '1101234567' }],
  ['KCB 1101 234 567', { name: 'KCB', number: '1101234567' }],
  ['Equity Bank: 0123 456', { name: 'Equity Bank', number: '0123456' }],
  ['kcblkenx:1', { name: 'kcblkenx', number: '1' }],
  // They have the form of a BIC, but no bank of this region has them.
  ['BARCLAYS:12', { name: 'BARCLAYS', number: '12' }],
  ['KCBLKENX/EQBLKENA:12', { name: 'KCBLKENX/EQBLKENA', number: '12' }],
  ['01094/02:12', { name: '01094/02', number: '12' }],
  ['KCB/01094:12', { name: 'KCB/01094', number: '12' }],
  [' 01094 / KCBLKENX :12', { bic: 'KCBLKENX', code: '01094', number: '12' }],
  [' KCB :12', { name: 'KCB', number: '12' }],
  ['KCB:12:34', { name: 'KCB', number: '1234' }],
  // A clearing code has two to eleven digits, and nothing else.
  ['12345678901:12', { code: '12345678901', number: '12' }],
  ['123456789012:12', { name: '123456789012', number: '12' }],
  ['1:12', { name: '1', number: '12' }],
  ['A01094:12', { name: 'A01094', number: '12' }],
  ['01094A:12', { name: '01094A', number: '12' }],
  // A BIC has eight or eleven characters.
  ['1KCBLKENX:12', { name: '1KCBLKENX', number: '12' }],
  ['KCBLKENXX:12', { name: 'KCBLKENXX', number: '12' }],
  ['KCBLKE1X:12', { name: 'KCBLKE1X', number: '12' }],
  ['KCBLKENO:12', { name: 'KCBLKENO', number: '12' }],
])('%s', (destination, account) => {
  expect(bankAccountOf(destination)).toEqual({ ...none, ...account });
});

test.each([
  ['1234567890', 'it does not say at which bank the account is'],
  [':1234567890', 'it does not say at which bank the account is'],
  ['KCB:', 'it does not say at which bank the account is'],
  ['KCB:abc', 'its account has no digit'],
  ['KCB:0123/456', 'its account is not of letters and digits alone'],
  ['KCB:１２３', 'its account is not of letters and digits alone'],
  ['銀行:123', 'its bank is in letters that no bank takes'],
  [`KCB:${'1'.repeat(35)}`, 'its account has more than 34 characters'],
])('%s is no account that a bank can be told of', (destination, why) => {
  expect(bankAccountOf(destination)).toBe(why);
});

test('34 characters of an account are taken, 35 are not', () => {
  expect(bankAccountOf(`KCB:${'1'.repeat(34)}`)).toMatchObject({ number: '1'.repeat(34) });
});

test.each(['KE', 'UG', 'TZ', 'RW', 'BI', 'SS', 'CD', 'ET', 'SO'])('a BIC of %s counts', (country) => {
  expect(bankAccountOf(`ABCD${country}NX:12`)).toEqual({ ...none, bic: `ABCD${country}NX`, number: '12' });
});

test.each(['DE', 'US', 'XX', 'ZA'])('a BIC of %s is a name: no bank of this region clears there', (country) => {
  expect(bankAccountOf(`ABCD${country}NX:12`)).toEqual({ ...none, name: `ABCD${country}NX`, number: '12' });
});
