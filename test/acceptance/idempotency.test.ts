import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CATALOG } from '../../src/commands/catalog.ts';
import { TOOL, toolEnvironment } from '../support/tool.ts';
import { CALLS, thingsBefore, thingsFor, type Things } from './calls.ts';
import { contents } from './contents.ts';
import { aDemoOffice, DIALECTS, PASSWORD, type DemoOffice, type Person } from './demo-office.ts';
import { answerOf, errorOf } from './documents.ts';

const COMMANDS = await Promise.all(
  CATALOG.flatMap(({ commands, nouns }) => [...commands, ...nouns.flatMap((noun) => noun.verbs)]).map(
    async ({ load }) => (await load()).command,
  ),
);

const HEADER = 'payee,amount,purpose,method,destination,company,region,branch,category\n';
const LINE = `${HEADER}Jane,100,Taxi,cash,Jane,,,WESTLANDS,\n`;
const strace = spawnSync('strace', ['-o', '/dev/null', 'true']).status === 0;

/** Commands that take no key, because nobody is logged in or something secret is given to them. */
const REFUSING = [
  'init',
  'login',
  'logout',
  'migrate',
  'config set',
  'config unset',
  'user add',
  'user password',
  'user totp enroll',
  'user totp recovery',
  'token create',
  'bankfile import',
  'listen',
  'payment import-callback',
  'schedule run-due',
  'webhook add',
  'worker run',
];

/** What makes a command that only reads write after all. */
const MORE: Readonly<Record<string, readonly string[]>> = { 'replenish check': ['--create'], reconcile: ['--auto'] };

const requisition = (purpose: string, amount = '100'): string[] => [
  ...['requisition', 'create', '--payee', 'Jane', '--amount', amount, '--purpose', purpose],
  ...['--method', 'cash', '--to', 'Jane', '--branch', 'WESTLANDS'],
];

describe.each(DIALECTS)('every command that writes, on %s', (dialect) => {
  let office: DemoOffice;
  let things: Things;
  beforeAll(async () => {
    office = await aDemoOffice(dialect);
    writeFileSync(join(office.home, 'list.csv'), LINE);
    things = await thingsFor(office);
    await office.data(
      'carol',
      [
        'token',
        'create',
        'nightly',
        '--scope',
        'books:read',
        '--out',
        join(office.home, 'n.token'),
        '--password-stdin',
      ],
      PASSWORD,
    );
  });
  afterAll(() => office.close());

  const writing = Object.keys(CALLS).filter((path) => {
    const command = COMMANDS.find((one) => one.path === path);
    // What is refused stores nothing, so there is nothing to do once.
    const refused = CALLS[path]?.[0].document === 'error';
    return !refused && (command?.writes === true || command?.writesWith !== undefined);
  });

  test.each(writing)('%s is done once for its key, or takes none', async (path) => {
    const [works] = CALLS[path] ?? [];
    if (works === undefined) throw new Error(`no call of ${path}`);
    things = await thingsBefore(path, office, things);
    const more = MORE[path] ?? [];
    const args = [...works.args(things), ...more, '--json', '--idempotency-key', path.replaceAll(' ', '-')];
    const person = path === 'replenish check' ? 'david' : works.as;
    const call = (given = args) => office.as(person, given, works.input === undefined ? {} : { input: works.input });
    if (REFUSING.includes(path)) {
      expect(await errorOf(await call())).toMatchObject({ code: 'IDEMPOTENCY_KEY_REFUSED', exit_code: 2 });
      return;
    }
    const first = await call();
    const answer = await answerOf(first);
    expect(first.exitCode, first.stdout).toBe(works.exit ?? 0);
    expect(answer.meta.replayed).toBe(false);
    const before = await contents(office);
    const again = await call();
    expect(again.exitCode).toBe(first.exitCode);
    const { meta, ...same } = await answerOf(again);
    expect(meta).toMatchObject({ replayed: true, dry_run: false, actor: person });
    const { meta: _, ...was } = answer;
    expect(same).toEqual(was);
    const other = await call([...args, '--reason', 'another reason']);
    expect(await errorOf(other)).toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED', exit_code: 7, retryable: false });
    expect(await contents(office)).toEqual(before);
    if (path === 'payment reverse') await propose(answer.data as { ref: string });
  });

  async function propose({ ref: change }: { ref: string }): Promise<void> {
    const edit = ['fund', 'edit', 'MPESA', '--payment-limit', '90,000'];
    const change2 = (await office.data<{ ref: string }>('david', edit)).ref;
    things = { ...things, ref: { ...things.ref, change, change2 } };
  }
});

describe.each(DIALECTS)('a key on %s', (dialect) => {
  let office: DemoOffice;
  beforeAll(async () => {
    office = await aDemoOffice(dialect);
  });
  afterAll(() => office.close());

  const keyed = (person: Person, key: string, args: readonly string[], input = '') =>
    office.as(person, [...args, '--json', '--idempotency-key', key], { input });
  const madeFor = async (purpose: string): Promise<number> =>
    (await office.data<{ purpose: string }[]>('faith', ['requisition', 'list', '--limit', '0'])).filter(
      (one) => one.purpose === purpose,
    ).length;

  describe('two processes at once', () => {
    const expectOne = async (runs: Promise<Awaited<ReturnType<typeof keyed>>>[]) => {
      const answers = await Promise.all(
        (await Promise.all(runs)).map(async (run) => ({ run, ...(await answerOf(run)) })),
      );
      expect(
        answers.map(({ run }) => run.exitCode),
        answers.map(({ run }) => run.stdout).join(),
      ).toEqual(runs.map(() => 0));
      expect(answers.filter(({ meta }) => !meta.replayed)).toHaveLength(1);
      for (const { data } of answers) expect(data).toEqual(answers[0]?.data);
    };

    test('execute a payment once', async () => {
      const ref = await office.ready();
      await expectOne([1, 2, 3].map(() => keyed('carol', 'pay', ['payment', 'execute', ref, '--yes'])));
      const history = await office.data<{ action: string }[]>('faith', ['payment', 'history', ref]);
      expect(history.filter(({ action }) => action === 'payment.executed')).toHaveLength(1);
    });

    test('create a requisition once', async () => {
      await expectOne([1, 2, 3].map(() => keyed('amina', 'ask', requisition('at once'))));
      expect(await madeFor('at once')).toBe(1);
    });

    test('create a payment once', async () => {
      const { number, id } = await office.requisition();
      const args = ['payment', 'create', '--requisition', number, '--fund', 'PETTY', '--amount', '300'];
      await expectOne([1, 2, 3].map(() => keyed('carol', 'order', args)));
      const rows = await office.store.read(async (tx) => tx.db.select().from(tx.t.payments));
      expect(rows.filter(({ requisitionId }) => requisitionId === id)).toHaveLength(1);
    });
  });

  test('an open outcome (8) is answered again, also once it is settled, and paid once', async () => {
    const ref = await office.ready({ method: 'mpesa' });
    const pay = () => keyed('carol', 'mpesa', ['payment', 'execute', ref, '--yes']);
    const [first, second] = [await pay(), await pay()];
    expect([first.exitCode, second.exitCode]).toEqual([8, 8]);
    expect((await answerOf(second)).meta.replayed).toBe(true);
    expect((await answerOf(second)).warnings).toEqual((await answerOf(first)).warnings);
    await office.data('carol', ['payment', 'resolve', ref, '--gateway-reference', 'SKJ7X2M9QP']);
    const third = await pay();
    expect([third.exitCode, (await answerOf(third)).data]).toEqual([8, (await answerOf(first)).data]);
    const rows = await office.store.read(async (tx) => tx.db.select().from(tx.t.paymentAttempts));
    expect(
      rows.filter(({ gateway, gatewayReference }) => gateway === 'manual' && gatewayReference === 'SKJ7X2M9QP'),
    ).toHaveLength(1);
  });

  test('a refusal keeps nothing: the same key works when what was missing is there', async () => {
    const ref = await office.payment();
    const pay = () => keyed('carol', 'refused', ['payment', 'execute', ref, '--yes']);
    expect((await errorOf(await pay())).exit_code).toBe(4);
    await office.data('carol', ['payment', 'otp', ref, '--send']);
    await office.data('carol', ['payment', 'otp', ref, '--verify', '--code-stdin'], office.newestCode());
    const paid = await pay();
    expect([paid.exitCode, (await answerOf(paid)).meta.replayed]).toEqual([0, false]);
    expect((await answerOf(await pay())).meta.replayed).toBe(true);
  });

  test('belongs to its arguments: others are refused, and how it is shown or named does not count', async () => {
    const first = await answerOf(await keyed('amina', 'args', requisition('arguments')));
    const shown = [
      [...requisition('arguments'), '--tz', 'UTC', '--quiet', '--yes', '--no-input'],
      ['--color', 'never', ...requisition('arguments'), '--verbose'],
    ];
    for (const args of shown) expect((await answerOf(await keyed('amina', 'args', args))).meta.replayed).toBe(true);
    const file = join(office.home, 'answer.json');
    expect((await keyed('amina', 'args', [...requisition('arguments'), '--out', file])).exitCode).toBe(0);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ data: first.data, meta: { replayed: true } });
    for (const args of [
      requisition('arguments', '100.00'),
      [...requisition('arguments'), '--category', 'x'],
      [...requisition('arguments'), '--reason', 'x'],
      ['requisition', 'import', '-'],
    ]) {
      const refused = await errorOf(await keyed('amina', 'args', args, LINE));
      expect(refused).toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED', exit_code: 7 });
      expect(refused.message).not.toMatch(/Jane|arguments,|Taxi/);
    }
    expect(await madeFor('arguments')).toBe(1);
    // Somebody else's key of the same name is theirs.
    expect((await answerOf(await keyed('grace', 'args', requisition('arguments')))).meta.replayed).toBe(false);
  });

  test('of a file the content counts, wherever it comes from', async () => {
    const file = join(office.home, 'list.csv');
    writeFileSync(file, LINE.replaceAll('Taxi', 'from a file'));
    const run = async (source: string, input = '') => keyed('amina', 'list', ['requisition', 'import', source], input);
    expect((await answerOf(await run(file))).meta.replayed).toBe(false);
    expect((await answerOf(await run('-', readFileSync(file, 'utf8')))).meta.replayed).toBe(true);
    writeFileSync(file, `${LINE.replaceAll('Taxi', 'from a file')}John,5,Tea,cash,John,,,WESTLANDS,\n`);
    expect(await errorOf(await run(file))).toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED' });
    expect(await madeFor('from a file')).toBe(1);
  });

  test('so it is of a file that an option names', async () => {
    const file = join(office.home, 'tariff.csv');
    const steps = (fee: string) => `up_to,at_most\n100,0\n*,${fee}\n`;
    const add = ['reconcile', 'fee', 'add', 'keyed', '--fund', 'PETTY', '--within', '--tariff-file'];
    const run = (source: string, input = '') => keyed('david', 'tariff', [...add, source], input);
    writeFileSync(file, steps('13'));
    expect((await answerOf(await run(file))).meta.replayed).toBe(false);
    expect((await answerOf(await run(file))).meta.replayed).toBe(true);
    expect((await answerOf(await run('-', steps('13')))).meta.replayed).toBe(true);
    writeFileSync(file, steps('14'));
    expect(await errorOf(await run(file))).toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED' });
  });

  test('a rehearsal keeps nothing, and says what would be answered again', async () => {
    const rehearse = () => keyed('amina', 'dry', [...requisition('dry'), '--dry-run']);
    for (const made of [0, 1]) {
      const { meta } = await answerOf(await rehearse());
      expect(meta).toMatchObject({ dry_run: true, replayed: made === 1 });
      if (made === 0)
        expect((await answerOf(await keyed('amina', 'dry', requisition('dry')))).meta.replayed).toBe(false);
    }
    expect(await madeFor('dry')).toBe(1);
  });

  test('people are told that nothing was done again, and see the list of the first time', async () => {
    const check = (more: readonly string[]) =>
      office.as('david', ['replenish', 'check', '--create', '--idempotency-key', 'morning', ...more]);
    const low = [
      '--opening',
      '50',
      '--reorder-level',
      '100',
      '--imprest-level',
      '500',
      '--company',
      'ACME',
      '--no-auto-replenish',
    ];
    const fund = await office.as('david', ['fund', 'create', 'LOW', '--name', 'Low', ...low, '--json']);
    const { ref } = (await answerOf(fund)).data as { ref: string };
    await office.data('esther', ['change', 'confirm', ref, '--yes']);
    const first = await check([]);
    const again = await check([]);
    expect(first.stdout).toMatch(/^LOW /m);
    expect([again.exitCode, again.stdout]).toEqual([10, first.stdout]);
    expect(first.stderr).not.toMatch(/done again/);
    expect(again.stderr).toMatch(/^Nothing was done again: this is the answer of the first time\.$/m);
    const [csv, markdown] = [
      await check(['--format', 'csv']),
      await check(['--format', 'md', '--fields', 'fund,short_by']),
    ];
    expect(csv.stdout).toMatch(/^fund,balance,/);
    expect(markdown.stdout).toMatch(/\| Fund \|/);
  });

  test('what is no key, and a command that only reads', async () => {
    expect(await errorOf(await keyed('amina', 'a b', requisition('bad key')))).toMatchObject({
      code: 'IDEMPOTENCY_KEY_INVALID',
      exit_code: 2,
    });
    expect((await answerOf(await keyed('carol', 'read', ['fund', 'list']))).meta.replayed).toBe(false);
    expect((await answerOf(await keyed('carol', 'read', ['fund', 'list']))).meta.replayed).toBe(false);
    const ref = await office.payment();
    const verify = await keyed('carol', 'code', ['payment', 'otp', ref, '--verify', '--code-stdin'], '123456');
    expect(await errorOf(verify)).toMatchObject({ code: 'IDEMPOTENCY_KEY_REFUSED', exit_code: 2 });
  });

  test('a code is mailed once for its key, and works', async () => {
    const ref = await office.payment();
    const before = office.mails().length;
    for (const replayed of [false, true])
      expect((await answerOf(await keyed('carol', 'mail', ['payment', 'otp', ref]))).meta.replayed).toBe(replayed);
    expect(office.mails()).toHaveLength(before + 1);
    await office.data('carol', ['payment', 'otp', ref, '--verify', '--code-stdin'], office.newestCode());
  });

  test('a proposal is made once, and those concerned are told once', async () => {
    const before = office.mails().length;
    const edit = ['user', 'edit', 'musa', '--email', 'musa.ali@acme.example'];
    for (const replayed of [false, true])
      expect((await answerOf(await keyed('root-admin', 'move', edit))).meta.replayed).toBe(replayed);
    expect(office.mails()).toHaveLength(before + 2);
    await office.data('esther', ['change', 'reject', await office.newestChange()]);
  });

  test('whose role is gone, or reaches less, is answered no more (5); who is not logged in neither (4)', async () => {
    const ask = requisition('roles');
    expect((await keyed('grace', 'roles', ask)).exitCode).toBe(0);
    const becomes = async (role: string, ...place: string[]) => {
      const proposed = await office.as('root-admin', ['user', 'role', 'grace', '--role', role, ...place, '--json']);
      const { data, schema } = await answerOf(proposed);
      if (schema === 'treasury.change/1')
        await office.data('esther', ['change', 'confirm', (data as { ref: string }).ref, '--yes']);
      await office.data('grace', ['login', '--user', 'grace', '--password-stdin'], PASSWORD);
    };
    await becomes('cashier', '--company', 'ACME');
    expect(await errorOf(await keyed('grace', 'roles', ask))).toMatchObject({ code: 'ROLE_MISSING', exit_code: 5 });
    await becomes('requester', '--branch', 'MOMBASA');
    expect(await errorOf(await keyed('grace', 'roles', ask))).toMatchObject({ code: 'REACH_LOST', exit_code: 5 });
    await becomes('requester', '--company', 'ACME');
    expect((await answerOf(await keyed('grace', 'roles', ask))).meta.replayed).toBe(true);
    await office.data('grace', ['logout']);
    expect(await errorOf(await keyed('grace', 'roles', ask))).toMatchObject({ exit_code: 4 });
    expect(await madeFor('roles')).toBe(1);
  });

  describe('a process that is killed', () => {
    /** Runs the tool under strace, which kills it at such a call. */
    const killedAt = (
      person: Person,
      calls: string,
      paths: readonly string[],
      when: number,
      args: readonly string[],
      out: string,
    ) =>
      spawnSync(
        'sh',
        ['-c', 'exec "$@" > "$OUT"', 'sh', 'strace', '-f', '-o', '/dev/null', '-e', `trace=${calls}`].concat(
          paths.flatMap((path) => ['-P', path]),
          ['-e', `inject=${calls}:signal=KILL:when=${when}`, process.execPath, TOOL, ...args, '--json'],
        ),
        { env: { ...toolEnvironment(office.home, office.environment(person)), OUT: out } },
      );

    test.runIf(strace)(
      'between its commit and its answer: one effect, and the first answer when it is asked for again',
      async () => {
        const ref = await office.ready();
        const out = join(office.home, 'killed.json');
        writeFileSync(out, '');
        const pay = ['payment', 'execute', ref, '--yes'];
        const killed = killedAt('carol', 'write,writev', [out], 1, [...pay, '--idempotency-key', 'killed'], out);
        expect(killed.status).not.toBe(0);
        expect((await office.data<{ status: string }>('carol', ['payment', 'show', ref])).status).toBe('success');
        const again = await keyed('carol', 'killed', pay);
        expect([again.exitCode, (await answerOf(again)).meta.replayed]).toEqual([0, true]);
        const history = await office.data<{ action: string }[]>('faith', ['payment', 'history', ref]);
        expect(history.filter(({ action }) => action === 'payment.executed')).toHaveLength(1);
        const { data } = (await answerOf(again)) as unknown as {
          data: { execution: { voucher: string }; payment: { status: string } };
        };
        expect([data.payment.status, data.execution.voucher]).toEqual(['success', expect.stringMatching(/^PV-/)]);
      },
    );

    test.runIf(strace && dialect === 'sqlite')(
      'at each write or sync of the database: done once in the end, wherever that was',
      async () => {
        const files = [join(office.home, 'treasury.db'), join(office.home, 'treasury.db-wal')];
        const out = join(office.home, 'swept.json');
        const seen = new Set<boolean>();
        for (const [calls, stride] of [
          ['fsync,fdatasync', 1],
          ['pwrite64', 3],
        ] as const) {
          for (let at = 0, ended = false; !ended; at += 1) {
            const purpose = `killed at ${calls} ${at}`;
            const args = [...requisition(purpose), '--idempotency-key', `${calls}-${at}`];
            const killed = killedAt('amina', calls, files, 1 + at * stride, args, out);
            ended = killed.status === 0;
            const again = await answerOf(await office.as('amina', [...args, '--json']));
            seen.add(again.meta.replayed);
            expect(await madeFor(purpose), purpose).toBe(1);
          }
        }
        // Some were killed before the commit, and some after it.
        expect(seen).toEqual(new Set([true, false]));
      },
    );

    test('before its commit: nothing was done, and its key is free', async () => {
      const ref = await office.ready();
      const pay = ['payment', 'execute', ref, '--yes'];
      const [locked, release] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
      const holding = office.store.write(async (tx) => {
        await tx.db.update(tx.t.funds).set({ name: 'Petty cash Westlands' });
        locked.resolve();
        await release.promise;
      });
      await locked.promise;
      const child = spawn(process.execPath, [TOOL, ...pay, '--idempotency-key', 'early', '--json'], {
        env: toolEnvironment(office.home, office.environment('carol')),
        stdio: 'ignore',
      });
      await pause(1500);
      child.kill('SIGKILL');
      await once(child, 'exit');
      release.resolve();
      await holding;
      const again = await keyed('carol', 'early', pay);
      expect([again.exitCode, (await answerOf(again)).meta.replayed]).toEqual([0, false]);
    });
  });

  test('after all this the books and the trail are whole, and no secret is kept with a key', async () => {
    for (const proof of ['ledger', 'audit']) await office.data('faith', [proof, 'verify']);
    const rows = await office.store.read(async (tx) => tx.db.select().from(tx.t.idempotencyKeys));
    expect(rows.length).toBeGreaterThan(10);
    expect(rows.every(({ answer }) => answer !== null)).toBe(true);
    const text = JSON.stringify(rows);
    expect(text).not.toMatch(/argon2|password_hash|token_hash/);
    const codes = office.mails().flatMap((mail) => /^(\d{6})\s*$/m.exec(mail)?.[1] ?? []);
    expect(codes.length).toBeGreaterThan(0);
    for (const code of codes) expect(new RegExp(`(?<![0-9a-f])${code}(?![0-9a-f])`).test(text)).toBe(false);
    expect(existsSync(join(office.home, 'pepper'))).toBe(true);
    expect(text).not.toContain(readFileSync(join(office.home, 'pepper'), 'utf8').trim());
  });
});
