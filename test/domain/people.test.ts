import { expect, test } from 'vitest';
import {
  codeFault,
  emailFault,
  mailUrlFault,
  nameFault,
  parseRoles,
  passwordFault,
  senderFault,
  usernameFault,
} from '../../src/domain/people.ts';

test.each(['jane@acme.co.ke', "o'neil+pay@a-b.example", 'root@localhost', `${'a'.repeat(64)}@x.example`])(
  '%s is one email address',
  (email) => {
    expect(emailFault(email)).toBeNull();
  },
);

test.each([
  ['a comma', 'a@b.example,c@d.example'],
  ['a semicolon', 'a@b.example;c@d.example'],
  ['a second @', 'a@b@c.example'],
  ['a line feed', 'a@b.example\nBcc: thief@evil.example'],
  ['a line feed at the end', 'a@b.example\n'],
  ['a null', 'a\0@b.example'],
  ['a space', 'a b@c.example'],
  ['angle brackets', '<a@b.example>'],
  ['a quoted part', '"a,b"@c.example'],
  ['no domain', 'a@'],
  ['no person', '@b.example'],
  ['a dot at the start', '.a@b.example'],
  ['two dots', 'a..b@c.example'],
  ['a domain that begins with a hyphen', 'a@-b.example'],
  ['an empty label', 'a@b..example'],
  ['another alphabet', '\u0430@b.example'],
  ['65 characters before the @', `${'a'.repeat(65)}@b.example`],
  ['no end', `a@${'b.'.repeat(200_000)}`],
])('an email with %s is none', (_, email) => {
  expect(emailFault(email)).not.toBeNull();
});

test('a sender is an address or a name with one', () => {
  expect(senderFault('treasury@localhost')).toBeNull();
  expect(senderFault('Acme Treasury <treasury@acme.example>')).toBeNull();
  for (const bad of ['Treasury', 'A <a@b.example>, c@d.example', 'A\r\nBcc: x@y.example <a@b.example>', 'A <a@b.example']) {
    expect(senderFault(bad)).not.toBeNull();
  }
});

test.each(['smtp://user@mail.example:587', 'smtps://mail.example', 'smtp://127.0.0.1:2525/', 'file:/srv/outbox'])(
  'mail may go to %s',
  (url) => {
    expect(mailUrlFault(url)).toBeNull();
  },
);

test.each(['smtp://', 'file:', 'ftp://mail.example', 'smtp://mail.example/path', 'smtp://mail.example?x=1', 'mail.example', ''])(
  'mail may not go to "%s"',
  (url) => {
    expect(mailUrlFault(url)).not.toBeNull();
  },
);

test.each(['smtp://me:hunter2@mail.example', 'http://me:hunter2@mail.example', 'smtp://me:hunter2@mail.example/path'])(
  'a password in %s is refused and not repeated',
  (url) => {
    expect(mailUrlFault(url)).not.toBeNull();
    expect(mailUrlFault(url)).not.toContain('hunter2');
  },
);

test('a code has 2 to 16 capitals, digits and hyphens, a capital first', () => {
  for (const good of ['AB', 'NBI-R', 'A'.repeat(16), 'K2']) expect(codeFault('the code', good)).toBeNull();
  for (const bad of ['A', 'A'.repeat(17), 'acme', '1A', '-A', 'A_B', 'A\n', '\u0410B']) expect(codeFault('the code', bad)).not.toBeNull();
});

test('a username has 2 to 32 small letters, digits, dots, hyphens and underscores, a letter first', () => {
  for (const good of ['jo', 'root-admin', 'a.b_c', 'a'.repeat(32)]) expect(usernameFault(good)).toBeNull();
  for (const bad of ['a', 'a'.repeat(33), 'Jane', '1a', 'a b', 'a\n', '../x']) expect(usernameFault(bad)).not.toBeNull();
});

test('a password has 15 characters or more, whatever they are', () => {
  expect(passwordFault('a'.repeat(15))).toBeNull();
  expect(passwordFault('a'.repeat(14))).not.toBeNull();
  expect(passwordFault('\u{1F600}'.repeat(14))).not.toBeNull();
  expect(passwordFault('a'.repeat(1024))).toBeNull();
  expect(passwordFault('a'.repeat(1025))).not.toBeNull();
});

test('a name shows what it is', () => {
  expect(nameFault('the name', 'Wanjik\u0169 Ng\u2019ang\u2019a')).toBeNull();
  for (const bad of ['', '  ', 'a'.repeat(81), 'a\u202eb', 'a\u001b[31m', 'a\nb']) expect(nameFault('the name', bad)).not.toBeNull();
});

test('roles are read once each; those that may not meet are refused', () => {
  expect(parseRoles('cashier, Requester,cashier')).toEqual({ roles: ['cashier', 'requester'], faults: [] });
  for (const bad of ['admin,cashier', 'auditor,requester', 'king', '', ',']) expect(parseRoles(bad).faults).toHaveLength(1);
});
