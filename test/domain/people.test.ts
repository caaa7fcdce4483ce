import { expect, test } from 'vitest';
import {
  codeFault,
  emailFault,
  mailUrlFault,
  nameFault,
  normalEmail,
  parseRoles,
  passwordFault,
  senderFault,
  usernameFault,
  LOGIN_LOCK_MS,
  LOGIN_TRIES,
  loginLockHolds,
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
  for (const bad of [
    'Treasury',
    'A <a@b.example>, c@d.example',
    'A\r\nBcc: x@y.example <a@b.example>',
    'A <a@b.example',
  ]) {
    expect(senderFault(bad)).not.toBeNull();
  }
});

test.each(['smtp://user@mail.example:587', 'smtps://mail.example', 'smtp://127.0.0.1:2525/', 'file:/srv/outbox'])(
  'mail may go to %s',
  (url) => {
    expect(mailUrlFault(url)).toBeNull();
  },
);

test.each([
  'smtp://',
  'file:',
  'ftp://mail.example',
  'smtp://mail.example/path',
  'smtp://mail.example?x=1',
  'mail.example',
  '',
])('mail may not go to "%s"', (url) => {
  expect(mailUrlFault(url)).not.toBeNull();
});

test.each(['smtp://me:hunter2@mail.example', 'http://me:hunter2@mail.example', 'smtp://me:hunter2@mail.example/path'])(
  'a password in %s is refused and not repeated',
  (url) => {
    expect(mailUrlFault(url)).not.toBeNull();
    expect(mailUrlFault(url)).not.toContain('hunter2');
  },
);

test('a code has 2 to 16 capitals, digits and hyphens, a capital first', () => {
  for (const good of ['AB', 'NBI-R', 'A'.repeat(16), 'K2']) expect(codeFault('the code', good)).toBeNull();
  for (const bad of ['A', 'A'.repeat(17), 'acme', '1A', '-A', 'A_B', 'A\n', '\u0410B'])
    expect(codeFault('the code', bad)).not.toBeNull();
});

test('a username has 2 to 32 small letters, digits, dots, hyphens and underscores, a letter first', () => {
  for (const good of ['jo', 'root-admin', 'a.b_c', 'a'.repeat(32)]) expect(usernameFault(good)).toBeNull();
  for (const bad of ['a', 'a'.repeat(33), 'Jane', '1a', 'a b', 'a\n', '../x'])
    expect(usernameFault(bad)).not.toBeNull();
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
  for (const bad of ['', '  ', 'a'.repeat(81), 'a\u202eb', 'a\u001b[31m', 'a\nb'])
    expect(nameFault('the name', bad)).not.toBeNull();
});

test('roles are read once each; those that may not meet are refused', () => {
  expect(parseRoles('cashier, Requester,cashier')).toEqual({ roles: ['cashier', 'requester'], faults: [] });
  for (const bad of ['admin,cashier', 'auditor,requester', 'king', '', ','])
    expect(parseRoles(bad).faults).toHaveLength(1);
});

test('ten failed logins lock a user for a quarter of an hour', () => {
  expect([LOGIN_TRIES, LOGIN_LOCK_MS]).toEqual([10, 900_000]);
});

test('an email is kept in small letters, without space around it', () => {
  expect(normalEmail(' Jane@ACME.co.ke\n')).toBe('jane@acme.co.ke');
});

test('an email has at most 254 characters, a label of its domain at most 63', () => {
  const label = 'b'.repeat(63);
  const long = `a@${label}.${label}.${label}.`;
  expect(emailFault(long + 'c'.repeat(254 - long.length))).toBeNull();
  expect(emailFault(long + 'c'.repeat(255 - long.length))).not.toBeNull();
  expect(emailFault(`a@${label}b.example`)).not.toBeNull();
  expect(emailFault('a@b-.example')).not.toBeNull();
  expect(emailFault('a@b.x')).toBeNull();
});

test.each(['a.', 'a.b.', '.a', 'a..b', '', 'a;b', '(a)', 'a\n'])('%j is no name before an @', (local) => {
  expect(emailFault(`${local}@b.example`)).not.toBeNull();
});

test('every fault quotes harmlessly what was typed, and shows how to write it', () => {
  expect(codeFault('the fund', 'nb\u001b')).toBe(
    'the fund "nb\\u{1b}" is not a code: 2 to 16 capitals, digits and hyphens, a capital first, such as NBI-R',
  );
  expect(usernameFault('J')).toBe(
    'the username "J" must have 2 to 32 small letters, digits, dots, hyphens or underscores, a letter first',
  );
  expect(emailFault('a')).toBe('"a" is not one email address, such as jane@acme.co.ke');
  expect(senderFault('a')).toBe(
    'the sender "a" is neither an address nor Name <address>, such as Treasury <treasury@acme.co.ke>',
  );
  expect(nameFault('the payee', ' ')).toBe('the payee is empty');
  expect(nameFault('the payee', 'a'.repeat(81))).toBe('the payee has 81 characters; 80 at most');
  expect(nameFault('the payee', 'a'.repeat(80))).toBeNull();
  expect(nameFault('the payee', 'a\u202eb')).toBe('the payee "a\\u{202e}b" holds invisible characters');
  expect(passwordFault('secret')).toBe(
    'the password has 6 characters; it needs 15 or more (any: a sentence does well)',
  );
  expect(passwordFault('s'.repeat(1025))).toBe('the password has 1025 characters; 1024 at most');
});

test('a sender is in small or capital letters, with a name of 60 characters at most', () => {
  expect(senderFault('Treasury@Acme.Example')).toBeNull();
  expect(senderFault(`${'N'.repeat(60)} <a@b.example>`)).toBeNull();
  expect(senderFault(`${'N'.repeat(61)} <a@b.example>`)).not.toBeNull();
  for (const bad of [
    'A<a@b.example>',
    ' <a@b.example>x',
    'x\nA <a@b.example>',
    'A <a@b.example>x',
    'A, B <a@b.example>',
    'A <>',
  ]) {
    expect([bad, senderFault(bad) === null]).toEqual([bad, false]);
  }
});

const SUCH_AS = 'such as smtp://treasury@mail.acme.co.ke:587, smtps://mail.acme.co.ke or file:/srv/treasury/outbox';

test.each([
  'ftp://mail.example',
  'smtp://',
  'smtp://m.example/x',
  'smtp://m.example?x=1',
  'smtp://m.example#x',
  'xsmtp://m.example',
  ' file:/x',
])('%s is no mail URL', (url) => {
  expect(mailUrlFault(url)).toBe(`the mail URL "${url}" is not one, ${SUCH_AS}`);
});

test('a mail URL holds neither spaces nor control characters', () => {
  expect(mailUrlFault('file:/srv/out box')).toBeNull();
  expect(mailUrlFault('file:/srv\u0000')).toBe('the mail URL "file:/srv\\u{0}" holds control characters');
  expect(mailUrlFault('smtp://mail.example\t')).toBe(`the mail URL "smtp://mail.example\\u{9}" is not one, ${SUCH_AS}`);
  expect(mailUrlFault('smtp://mail.example ')).not.toBeNull();
});

test('a password in a mail URL is not shown, and its place is named', () => {
  expect(mailUrlFault('smtp://me:hunter2@mail.example')).toBe(
    'the mail URL holds a password, which would lie in the database; put it into a file that TREASURY_MAIL_PASSWORD_FILE names',
  );
  expect(mailUrlFault('http://me:hunter2@mail.example')).toBe(
    `the mail URL "http://me:...@mail.example" is not one, ${SUCH_AS}`,
  );
});

test('faults of roles are said in full', () => {
  const all = 'the roles are requester, approver, cashier, treasurer, cfo, auditor, admin';
  expect(parseRoles('king,queen,cfo')).toEqual({
    roles: ['cfo'],
    faults: [`there is no role "king", "queen"; ${all}`],
  });
  expect(parseRoles(' , ')).toEqual({ roles: [], faults: [`no role is named; ${all}`] });
  expect(parseRoles('CFO,')).toEqual({ roles: ['cfo'], faults: [] });
  expect(parseRoles('admin,king').faults).toEqual([`there is no role "king"; ${all}`]);
});

test('a lock of a login holds to its last instant, and never longer than a lock lasts', () => {
  const now = new Date('2026-10-18T06:00:00.000Z');
  const holds = (ms: number) => loginLockHolds(new Date(now.getTime() + ms), now);
  expect([holds(0), holds(-1)]).toEqual([true, false]);
  expect([holds(15 * 60_000), holds(15 * 60_000 + 1)]).toEqual([true, false]);
});
