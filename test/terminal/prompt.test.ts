import { spawn } from '@lydell/node-pty';
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import { askYes, canPrompt } from '../../src/terminal/prompt.ts';

const SCRIPT = new URL('fixtures/ask.ts', import.meta.url).pathname;
const ENTER = '\r';

interface Session {
  /** Every key press waits until the terminal shows `after`. */
  readonly keys: readonly { readonly after: string; readonly press: string }[];
  /** A file that takes stdout in place of the terminal. */
  readonly stdout?: string;
}

/** Runs one question in a pseudo-terminal; gives all that the terminal showed. */
const session = (question: readonly string[], { keys, stdout = '/dev/stdout' }: Session): Promise<string> =>
  new Promise((resolve) => {
    const { CI: _, ...env } = process.env;
    const redirected = [
      '-c',
      'out=$1; shift; if [ "$out" = /dev/stdout ]; then exec "$@"; else exec "$@" > "$out"; fi',
    ];
    const argv = [...redirected, 'sh', stdout, process.execPath, SCRIPT, ...question];
    const terminal = spawn('/bin/sh', argv, { cols: 44, rows: 20, env: { ...env, TERM: 'xterm' } });
    const waiting = [...keys];
    let shown = '';
    let unread = 0;
    terminal.onData((data) => {
      shown += data;
      const next = waiting[0];
      if (next === undefined || !stripVTControlCharacters(shown.slice(unread)).includes(next.after)) return;
      waiting.shift();
      unread = shown.length;
      terminal.write(next.press);
    });
    terminal.onExit(() => resolve(stripVTControlCharacters(shown)));
  });

/** The same question, but with stdout in a file: gives what stands in it. */
const stdoutOf = async (question: string, keys: Session['keys']): Promise<string> => {
  const directory = mkdtempSync(join(tmpdir(), 'prompt-'));
  const file = join(directory, 'stdout');
  await session([question], { keys, stdout: file });
  const written = readFileSync(file, 'utf8');
  rmSync(directory, { recursive: true });
  return written;
};

const typed = (question: string, after: string, press: string) => session([question], { keys: [{ after, press }] });

test.each([
  ['', false],
  ['y', true],
  ['Y', true],
  ['yes', true],
  ['YES', true],
  ['n', false],
  ['yep', false],
  ['ye', false],
])('only y or yes confirms, Enter means no: "%s" is %s', async (answer, confirmed) => {
  expect(await typed('yes', '(y/N)', answer + ENTER)).toContain(`answer=${confirmed}`);
});

test('the amount must be typed, and a wrong one is asked for again', async () => {
  expect(await typed('amount', 'Type the amount', `12,500.00${ENTER}`)).toContain('answer=true');
  expect(await typed('amount', 'Type the amount', `12500${ENTER}`)).toContain('answer=true');
  expect(await typed('amount', 'Type the amount', ENTER)).toContain('answer=false');
});

test.each([
  ['12500', true],
  ['', false],
])('what was typed wrongly is gone: after 1250, "%s" is %s', async (press, confirmed) => {
  const keys = [
    { after: 'Type the amount', press: `1250${ENTER}` },
    { after: 'not that amount', press: press + ENTER },
  ];
  expect(await session(['amount'], { keys })).toContain(`answer=${confirmed}`);
});

test('a secret is not shown', async () => {
  const shown = await typed('secret', 'Password', `hunter2${ENTER}`);
  expect(shown).toContain('answer="hunter2"');
  expect(shown.split('answer=')[0]).not.toContain('hunter2');
});

test('text is asked for, and a message cannot steer the terminal', async () => {
  const shown = await typed('text', 'Payee', `Jane${ENTER}`);
  expect(shown).toContain('\\u{202e}');
  expect(shown).toContain('answer="Jane"');
});

test.each([
  ['123456', '{"kind":"code","code":"123456"}'],
  ['123 456', '{"kind":"code","code":"123456"}'],
  ['r', '{"kind":"resend"}'],
  ['Q', '{"kind":"quit"}'],
])('at the question for a code, %s gives %s', async (answer, expected) => {
  expect(await typed('code', 'left)', answer + ENTER)).toContain(`answer=${expected}`);
});

test.each([
  ['app', '123 456', '{"kind":"code","code":"123456"}'],
  ['app', '7F3K-2M9Q-XW4C-D8VN', '{"kind":"code","code":"7f3k2m9qxw4cd8vn"}'],
  ['app', 'q', '{"kind":"quit"}'],
  ['new_app', '123456', '{"kind":"code","code":"123456"}'],
  ['new_app', 'q', '{"kind":"quit"}'],
])('at the question for a code of an app (%s), %s gives %s', async (question, answer, expected) => {
  expect(await typed(question, 'left)', answer + ENTER)).toContain(`answer=${expected}`);
});

test.each([
  ['app', 'r', 'six digits or a recovery code'],
  ['new_app', 'r', 'six digits, or q = quit'],
  ['new_app', '7F3K-2M9Q-XW4C-D8VN', 'six digits, or q = quit'],
  ['code', '7F3K-2M9Q-XW4C-D8VN', 'six digits, or r = resend'],
])(
  'nothing of an app is mailed, and its first code is its own: at %s, %s gets a hint',
  async (question, wrong, hint) => {
    const keys = [
      { after: 'left)', press: wrong + ENTER },
      { after: hint, press: `654321${ENTER}` },
    ];
    const shown = await session([question], { keys });
    expect(shown).toContain('answer={"kind":"code","code":"654321"}');
    expect(shown.includes('resend')).toBe(question === 'code');
  },
);

test('once a code is given, nothing says any more which keys to press', async () => {
  const shown = await typed('code', 'left)', `123456${ENTER}`);
  const last = shown.slice(shown.lastIndexOf('Code'), shown.indexOf('answer='));
  expect(last).toContain('Code: 123456');
  expect(last).not.toContain('resend');
});

test('anything but six digits gets a hint, and can be typed again', async () => {
  const keys = [
    { after: 'left)', press: `12345${ENTER}` },
    { after: 'six digits', press: `654321${ENTER}` },
  ];
  expect(await session(['code'], { keys })).toContain('answer={"kind":"code","code":"654321"}');
});

test('the time left counts down, and the question ends with it', async () => {
  const shown = await session(['code', '2200'], { keys: [] });
  expect(shown).toContain('(0:03 left)');
  expect(shown).toContain('(0:01 left)');
  expect(shown).toContain('answer={"kind":"expired"}');
});

test.each(['yes', 'amount', 'secret', 'text', 'code'])(
  'Ctrl-C and Ctrl-D cancel the question: %s',
  async (question) => {
    const after = { yes: '(y/N)', amount: 'Type', secret: 'Password', text: 'Payee', code: 'left)' }[question] ?? '';
    expect(await typed(question, after, '\x03')).toContain('problem=cancelled INTERRUPTED');
    expect(await typed(question, after, '\x04')).toContain('problem=cancelled INTERRUPTED');
  },
);

test('questions go to stderr: stdout holds the answer only', async () => {
  const yes = [{ after: '(y/N)', press: `y${ENTER}` }];
  expect(await stdoutOf('yes', yes)).toBe('answer=true\n');
  const code = [{ after: 'left)', press: `123456${ENTER}` }];
  expect(await stdoutOf('code', code)).toBe('answer={"kind":"code","code":"123456"}\n');
});

test('people are asked on terminals only, unless --no-input or CI says not to', () => {
  const terminal = { stdinTty: true, stderrTty: true, noInput: false, env: {} };
  expect(canPrompt(terminal)).toBe(true);
  expect(canPrompt({ ...terminal, env: { CI: '' } })).toBe(true);
  expect(canPrompt({ ...terminal, env: { CI: 'true' } })).toBe(false);
  expect(canPrompt({ ...terminal, noInput: true })).toBe(false);
  expect(canPrompt({ ...terminal, stdinTty: false })).toBe(false);
  expect(canPrompt({ ...terminal, stderrTty: false })).toBe(false);
});

test('a y in a pipe confirms nothing: without a terminal asking is a bug', async () => {
  const piped = new Promise<string>((resolve) => {
    const child = execFile(process.execPath, [SCRIPT, 'yes'], (_, stdout, stderr) => resolve(stdout + stderr));
    child.stdin?.end('y\n');
  });
  expect(await piped).toContain('needs stdin and stderr on a terminal');
  expect(await piped).not.toContain('answer=');
  if (!process.stdin.isTTY) await expect(askYes({ message: 'Pay?' })).rejects.toThrow('terminal');
});
