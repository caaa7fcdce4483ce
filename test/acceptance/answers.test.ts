import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { aDemoOffice, type DemoOffice, type Person } from './demo-office.ts';
import { answerOf, errorOf } from './documents.ts';

/** What CLI.md promises of every answer, and what must never be said of what was done. */
describe('answers', () => {
  let office: DemoOffice;
  beforeAll(async () => {
    office = await aDemoOffice('sqlite');
  });
  afterAll(() => office.close());

  const statusOf = async (ref: string) =>
    (await office.data<{ status: string }>('faith', ['payment', 'show', ref])).status;

  test.each(['--json', '--format=jsonl', '--format=csv', '--format=table'])(
    'a field that does not exist is refused before anything is paid (%s)',
    async (form) => {
      const ref = await office.ready({ amount: '10' });
      const pay = ['payment', 'execute', ref, '--yes'];
      const run = await office.as('carol', [...pay, form, '--fields', 'payment,shoe_size']);
      expect([run.exitCode, run.stdout + run.stderr]).toEqual([2, expect.stringMatching(/no field \\?"shoe_size/)]);
      expect(run.stdout + run.stderr).toContain('Nothing was changed.');
      expect(await statusOf(ref)).toBe('pending');
      const paid = await office.as('carol', [...pay, '--json', '--fields', 'fund,payment']);
      expect(Object.keys(paid.json<{ data: object }>().data)).toEqual(['fund', 'payment']);
      expect(await statusOf(ref)).toBe('success');
    },
  );

  test('a field that only the document has that was not answered is null, with a warning', async () => {
    const freeze = ['fund', 'freeze', 'BANK', '--reason', 'counted', '--json', '--fields', 'code,proposed_by'];
    const run = await office.as('david', freeze);
    expect(run.json()).toMatchObject({
      ok: true,
      data: { code: 'BANK', proposed_by: null },
      warnings: [expect.stringContaining('The answer has no field "proposed_by".')],
    });
  });

  test('what is shown as a card has only the fields that are asked for, in that order', async () => {
    const run = await office.as('carol', ['fund', 'show', 'PETTY', '--fields', 'status,code']);
    expect([run.exitCode, run.stdout]).toEqual([0, 'status  ok\ncode    PETTY\n']);
    const refused = await office.as('carol', ['fund', 'show', 'PETTY', '--fields', 'shoe_size']);
    expect([refused.exitCode, refused.stdout]).toEqual([2, '']);
  });

  test.each(['--json', '--format=jsonl', '--format=csv', '--format=table', '--format=md'])(
    'an empty list is exit 0 whatever fields are asked for (%s)',
    async (form) => {
      const run = await office.as('faith', ['payment', 'list', '--status', 'failed', form, '--fields', 'requisition']);
      expect([run.exitCode, run.stderr.includes('Error')]).toEqual([0, false]);
    },
  );

  test('every key of an answer is there: one thing has no page', async () => {
    const asked: readonly (readonly [Person, readonly string[], object | null])[] = [
      ['carol', ['fund', 'show', 'PETTY'], null],
      ['carol', ['whoami'], null],
      ['carol', ['fund', 'list'], { next: null, count: 3 }],
    ];
    for (const [person, args, page] of asked) {
      const answer: Record<string, unknown> = JSON.parse((await office.as(person, [...args, '--json'])).stdout);
      expect(Object.keys(answer)).toEqual(['schema', 'ok', 'data', 'page', 'warnings', 'meta']);
      if (page === null) expect(answer['page']).toBeNull();
      else expect(answer['page']).toMatchObject(page);
    }
  });

  test('every error says what did not happen and what to type next', async () => {
    const wrong: readonly (readonly [readonly string[], string])[] = [
      [['payment', 'list', '--status', 'lost'], 'treasury payment list --help'],
      [['payment', 'list', '--since', '01/02/2026'], 'treasury payment list --help'],
      [['payment', 'list', '--tz', 'Moon'], 'treasury payment list --help'],
      [['payment', 'create', '--read-only'], 'treasury payment create --help'],
      [['ledger', 'list', '--format', 'xml'], 'treasury --help'],
      [['requisition', 'import', 'nowhere.csv'], 'give a file that you can read: ls -ld nowhere.csv'],
      [['statement', 'show', 'nowhere.csv'], 'give a file that you can read: ls -ld nowhere.csv'],
      [['payment', 'list', '--fields', 'shoe_size'], '--fields ref,amount,status'],
    ];
    await office.payment();
    for (const [args, fix] of wrong) {
      const person = args[0] === 'requisition' ? 'amina' : 'carol';
      const error = await errorOf(await office.as(person, [...args, '--json']));
      expect([args, error.exit_code, error.unchanged]).toEqual([args, 2, 'Nothing was changed.']);
      if (args.at(-1) !== 'shoe_size') expect([args, error.fix]).toEqual([args, fix]);
      else expect(error.fix).toMatch(/^--fields /);
    }
  });

  test('0 is no amount, but for openings, levels, thresholds and what was really paid or counted', async () => {
    const ref = await office.ready({ amount: '10' });
    await office.data('carol', ['payment', 'execute', ref, '--yes']);
    const { number } = await office.requisition();
    const refused = [
      ['payment', 'create', '--requisition', number, '--fund', 'PETTY', '--amount', '0'],
      ['replenish', 'request', 'PETTY', '--amount', '0', '--reason', 'rent'],
      [
        'fund',
        'create',
        'NONE',
        '--name',
        'None',
        '--company',
        'ACME',
        '--opening',
        '0',
        '--reorder-level',
        '0',
        '--daily-limit',
        '0',
      ],
      ['reconcile', 'payment', ref, '--amount', '0'],
    ];
    for (const args of refused) {
      const error = await errorOf(await office.as('david', [...args, '--json']));
      expect([args, error.exit_code, error.message]).toEqual([
        args,
        2,
        expect.stringContaining('it must be more than 0'),
      ]);
    }
    for (const args of [
      ['variance', 'record', ref, '--adjusted', '0', '--reason', 'never left'],
      ['variance', 'record', '--fund', 'BANK', '--counted', '0', '--reason', 'closed'],
    ]) {
      expect((await office.as('david', [...args, '--dry-run', '--json'])).exitCode).toBe(0);
    }
  });

  test('a fault that is a sentence of its own ends with one full stop', async () => {
    const wish = ['--payee', 'Jane', '--purpose', 'Taxi', '--method', 'cash', '--to', 'Jane', '--branch', 'WESTLANDS'];
    const error = await errorOf(
      await office.as('amina', ['requisition', 'create', '--amount', '1.234,50', ...wish, '--json']),
    );
    expect(error.message).toMatch(/Write it like 12,500\.00\.$/);
  });

  test('what a failing check asks for is what an error asks for', async () => {
    const topUp = ['replenish', 'request', 'MPESA', '--reason', 'rent', '--amount', '5,000'];
    const { ref } = await office.data<{ ref: string }>('david', topUp);
    const error = await errorOf(await office.as('david', ['fund', 'close', 'MPESA', '--yes', '--json']));
    expect(error).toMatchObject({ exit_code: 6, fix: `treasury replenish reject ${ref}` });
  });

  test('mail settings that come after the set-up are ignored, and said to be', async () => {
    const kept = `file:${office.home}/outbox`;
    const env = { TREASURY_MAIL_URL: 'smtp://mail.evil.example', TREASURY_MAIL_FROM: 'treasury@acme.example' };
    const run = await office.as(null, ['init', '--mail-from', 'x@evil.example', '--json'], { env });
    const { data, warnings } = await answerOf(run);
    expect([run.exitCode, data]).toEqual([0, expect.objectContaining({ created: false, mail_url: kept })]);
    expect(warnings).toEqual([
      `TREASURY_MAIL_URL is ignored: the office sends its mail as it was set up, with ${kept}.`,
      '--mail-from is ignored: the office sends its mail as it was set up, with treasury@acme.example.',
    ]);
    const same = await answerOf(await office.as(null, ['init', '--mail-url', kept, '--json']));
    expect(same.warnings).toEqual([]);
  });

  test('--version tells the version wherever it stands, in the form that is asked for', async () => {
    const line = /^treasury \d+\.\d+\.\d+/;
    expect((await office.as(null, ['--version'])).stdout).toMatch(line);
    for (const args of [
      ['fund', 'list', '--version'],
      ['payment', 'execute', 'pay_7f3k2m', '--version'],
      ['--version', 'fund', 'list', '--limit', '1'],
      ['--version', '--format', 'table'],
    ]) {
      const run = await office.as(null, args);
      expect([args, run.exitCode, run.stdout]).toEqual([args, 0, expect.stringMatching(line)]);
    }
    const json = await answerOf(await office.as(null, ['fund', 'list', '--json', '--version']));
    expect(json.schema).toBe('treasury.version/1');
    // Where a command has one of its own, that is meant.
    expect((await office.as('faith', ['policy', 'show', '--version', '7', '--json'])).exitCode).toBe(3);
    expect((await office.as(null, ['fund', 'lst', '--version'])).exitCode).toBe(2);
  });
});
