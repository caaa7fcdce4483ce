import { execFileSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { wrapCommand, wrapIndented, wrapTo } from '../../src/terminal/wrap.ts';

const LONG = 'treasury payment resolve pay_3zrybt --gateway-reference REFERENCE --reason "paid in the app"';

/** What a shell is asked to run when the lines are pasted into it: each word in brackets. */
const pasted = (lines: readonly string[]): string =>
  execFileSync('sh', ['-s'], {
    input: `treasury() { printf '[%s]' "$@"; echo .; }\n${lines.join('\n')}\n`,
    encoding: 'utf8',
  });

describe('a command', () => {
  test.each([80, 60, 44, 30, 20])(
    'pasted into a shell from %i columns is one command, with the same words',
    (width) => {
      const lines = wrapCommand(LONG, width);
      expect(pasted(lines)).toBe(pasted([LONG]));
      expect(pasted(wrapTo(`Next: ${LONG}`, width).slice(1))).toBe(pasted([LONG]));
    },
  );

  test('fits the terminal where its words do', () => {
    for (const line of wrapCommand(LONG, 44)) expect(line.length).toBeLessThanOrEqual(44);
    expect(wrapCommand(LONG, 44)).toEqual([
      'treasury payment resolve pay_3zrybt \\',
      '  --gateway-reference REFERENCE \\',
      '  --reason "paid in the app"',
    ]);
  });

  test('stands on lines of its own, below the words that lead to it', () => {
    expect(wrapTo('Next: treasury payment execute pay_3zrybt', 41)).toEqual([
      'Next: treasury payment execute pay_3zrybt',
    ]);
    expect(wrapTo('Next: treasury payment execute pay_3zrybt', 40)).toEqual([
      'Next:',
      'treasury payment execute pay_3zrybt',
    ]);
  });

  test('a mark stays beside it', () => {
    expect(wrapIndented('   > treasury reconcile unmatched --fund MPESA', 44)).toEqual([
      '   > treasury reconcile unmatched \\',
      '     --fund MPESA',
    ]);
  });

  test('a word that is longer than the terminal is left to it', () => {
    const head = 'a'.repeat(64);
    expect(wrapCommand(`treasury audit verify --head ${head}`, 44)).toEqual([
      'treasury audit verify --head \\',
      `  ${head}`,
    ]);
  });

  test('and where nothing stands before its lines it is broken so that a shell joins it', () => {
    const cursor = 'MTc5NTk2NTkxMzg4MS4wMWEyMjdlOS0wYjkwLTdhY2UtOTY1NC0yMTNjOTIwZDg0OWU';
    const lines = wrapTo(`Showing 2; go on with: --after ${cursor}`, 30, { flush: true });
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(30);
    expect(lines[0]).toBe('Showing 2; go on with:');
    const after = lines.slice(1).join('\n');
    expect(pasted([`treasury payment list ${after}`])).toBe(`[payment][list][--after][${cursor}].\n`);
  });

  test('what is quoted is not broken', () => {
    const quoted = `treasury batch cancel bat_1 --reason 'no longer wanted by the whole of the board'`;
    expect(pasted(wrapCommand(quoted, 30))).toBe(pasted([quoted]));
  });
});

describe('a command within a text', () => {
  test('ends where the text goes on', () => {
    expect(wrapTo('Fix: treasury token revoke nightly, or give it another name', 30)).toEqual([
      'Fix:',
      'treasury token revoke nightly',
      'or give it another name',
    ]);
    expect(wrapTo('There is none. See one: treasury demo. Set yours up: treasury init --help', 40)).toEqual([
      'There is none. See one:',
      'treasury demo',
      'Set yours up: treasury init --help',
    ]);
  });

  test('ends with its sentence', () => {
    expect(wrapTo('Payments fail until that is put right: treasury doctor.', 40)).toEqual([
      'Payments fail until that is put right:',
      'treasury doctor',
    ]);
  });

  test('begins with the settings of its environment', () => {
    expect(wrapTo('Next: TREASURY_TOKEN_FILE=nightly.token treasury whoami', 44)).toEqual([
      'Next:',
      'TREASURY_TOKEN_FILE=nightly.token treasury \\',
      '  whoami',
    ]);
  });

  test('may be such a setting alone', () => {
    const setting = 'TREASURY_DATABASE_URL=postgres://USER@HOST/DATABASE';
    const [lead, ...lines] = wrapTo(`Fix: ${setting}`, 44, { flush: true });
    expect(lead).toBe('Fix:');
    expect(lines.join('\n').replaceAll('\\\n', '')).toBe(setting);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(44);
  });

  test('of the shell too', () => {
    expect(wrapTo('Fix: chown USER /srv/treasury/pepper; chmod 600 /srv/treasury/pepper', 40)).toEqual([
      'Fix:',
      'chown USER /srv/treasury/pepper',
      'chmod 600 /srv/treasury/pepper',
    ]);
  });

  test('the name of the tool in a sentence is no command', () => {
    expect(wrapTo('put right what the message says, and run treasury doctor again', 44)).toEqual([
      'put right what the message says, and run',
      'treasury doctor again',
    ]);
    expect(wrapTo('Usage: treasury payment resolve <ref> [options]', 44)).toEqual([
      'Usage: treasury payment resolve <ref>',
      '[options]',
    ]);
  });
});
