import { expect, test } from 'vitest';
import {
  isAccountOfPhone,
  destinationFault,
  normaliseDestination,
  textFault,
  tidyText,
} from '../../src/domain/destination.ts';

test('text is kept composed and without space around it', () => {
  expect(tidyText(' Jose\u0301\u00a0\n')).toBe('José');
});

test('a destination has single spaces', () => {
  expect(normaliseDestination('  KCB:  123   456 ')).toBe('KCB: 123 456');
});

test('a text may be as long as is allowed, and not one character more', () => {
  expect(textFault('the payee', 'x'.repeat(140), 140)).toBeNull();
  expect(textFault('the payee', 'x'.repeat(141), 140)).toBe('the payee has 141 characters; 140 is the most');
  expect(textFault('the payee', '😀'.repeat(140), 140)).toBeNull();
  expect(textFault('the payee', '', 140)).toBe('the payee is empty');
});

test.each(['a\u0000b', 'a\u001b[2Jb', 'a\nb', 'a\u2028b', 'a\u2029b', 'a\ud800b'])(
  '%j cannot be shown harmlessly',
  (text) => {
    expect(textFault('the payee', text, 140)).toBe('the payee has a control character or line break in it');
  },
);

test.each(['254712345678', '254112345678'])('%s is a Kenyan mobile number', (destination) => {
  expect(destinationFault('mpesa', destination)).toBeNull();
});

test.each(['254812345678', '25471234567', '2547123456789', '0712345678', '+254712345678', 'x254712345678', ''])(
  '%j is none',
  (destination) => {
    expect(destinationFault('mpesa', destination)).toBe(
      'the destination is not a Kenyan mobile number; write it like 0712345678 or +254712345678',
    );
  },
);

test.each(['KCB:1234567890', '1234', 'Équity/12-3.4', 'A'.repeat(64)])('%s is a bank account', (destination) => {
  expect(destinationFault('bank', destination)).toBeNull();
});

test.each(['123', 'A'.repeat(65), 'KCB;123', 'KCB\n1234', '=1234', '', '----', ': : :'])(
  '%j is no bank account',
  (destination) => {
    expect(destinationFault('bank', destination)).toBe(
      'the destination is not a bank account: 4 to 64 letters, digits 0 to 9, spaces, dashes, slashes, colons or dots, such as KCB:1234567890',
    );
  },
);

test.each(['KCB:０７２２１２３４５６', 'KCB:٠٧٢٢١٢٣٤٥٦', 'KCB:०७२२', 'KCB ²³⁴⁵', 'KCB:½½½'])(
  '%s has digits that no comparison takes for those of an account',
  (destination) => {
    expect(destinationFault('bank', destination)).toContain('digits 0 to 9');
  },
);

test.each(['\u200b', '\u202e\u202c', ' \u00ad\ufeff', '\u3164'])('%j is nothing that anybody could see', (text) => {
  expect(textFault('the payee', text, 140)).toBe('the payee is empty');
  expect(textFault('the payee', `${text}J`, 140)).toMatch(/^the payee has a character in it that cannot be seen: U\+/);
});

test('cash goes to a person with a name', () => {
  expect(destinationFault('cash', 'Mary Wanjiru')).toBeNull();
  expect(destinationFault('cash', '')).toBe('the destination (who receives the cash) is empty');
  expect(destinationFault('cash', 'x'.repeat(140))).toBeNull();
  expect(destinationFault('cash', 'x'.repeat(141))).toContain('140 is the most');
});

test.each(['254712345678', '0712 345 678', 'KCB M-PESA 0712-345-678', '+254 (712) 345678'])(
  '%s is the account of that phone',
  (account) => {
    expect(isAccountOfPhone(account, '254712345678')).toBe(true);
  },
);

test.each(['254712345679', 'KCB:1101234567', '12345678', ''])('%s is not', (account) => {
  expect(isAccountOfPhone(account, '254712345678')).toBe(false);
});
