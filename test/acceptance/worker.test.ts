import { mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { changeRoles } from '../../src/operations/change-roles.ts';
import { disableUser } from '../../src/operations/disable-user.ts';
import { startSmsProvider } from '../support/sms-provider.ts';
import { TOOL, toolEnvironment } from '../support/tool.ts';
import { paidThroughMpesa, statementFile } from './a-statement.ts';
import { aDemoOffice, DIALECTS, PASSWORD, type DemoOffice } from './demo-office.ts';
import { answerOf, errorOf } from './documents.ts';

interface Schedule {
  readonly ref: string;
  readonly status: string;
  readonly next_at: string | null;
  readonly last_detail: string | null;
}
interface Work {
  readonly done: number;
  readonly failed: number;
  readonly refused: number;
  readonly items: readonly {
    readonly what: string;
    readonly subject: string;
    readonly outcome: string;
    readonly detail: string;
  }[];
}

describe.each(DIALECTS)('schedules and workers on %s', (dialect) => {
  let office: DemoOffice;
  let token: string;
  beforeAll(async () => {
    office = await aDemoOffice(dialect);
    token = join(office.home, 'cron.token');
    const make = ['token', 'create', 'cron', '--scope', 'worker:run', '--out', token, '--password-stdin'];
    await office.data('david', make, PASSWORD);
  });
  afterAll(() => office.close());

  const withToken = () => ({ env: { TREASURY_TOKEN_FILE: token } });
  const worker = (...args: string[]) => office.as(null, ['worker', 'run', ...args, '--json'], withToken());
  const statusOf = async (ref: string) =>
    (await office.data<{ status: string }>('carol', ['payment', 'show', ref])).status;
  /** Turns a schedule's time back, as only who owns the database can. */
  const dueNow = (ref: string) =>
    office.store.write(async (tx) => {
      const at = new Date(tx.now.getTime() - 1_000);
      const { schedules } = tx.t;
      const { eq } = await import('drizzle-orm');
      await tx.db.update(schedules).set({ nextAt: at }).where(eq(schedules.ref, ref));
    });
  const inSeconds = (seconds: number): string => new Date(Date.now() + seconds * 1_000).toISOString();
  const scheduled = async (seconds: number): Promise<{ payment: string; schedule: Schedule }> => {
    const payment = await office.ready({ method: 'mpesa' });
    const args = ['schedule', 'add', payment, '--at', inSeconds(seconds)];
    return { payment, schedule: await office.data<Schedule>('carol', args) };
  };

  test('a payment is ordered for a time, and the worker carries it out for who gave the code, not for its token', async () => {
    const { payment } = await scheduled(3);
    expect(await statusOf(payment)).toBe('pending');
    await pause(3_100);
    const run = await worker('--once');
    const { data, meta } = await answerOf(run);
    expect(run.exitCode).toBe(0);
    expect(meta.actor).toBe('david');
    expect((data as Work).items).toMatchObject([{ subject: payment, outcome: 'done' }]);
    const paying = await office.data<{ status: string; executor: string; otp_required: boolean }>('faith', [
      'payment',
      'show',
      payment,
    ]);
    expect(paying).toMatchObject({ status: 'executing', executor: 'carol', otp_required: true });
    expect((await office.as('faith', ['ledger', 'verify'])).exitCode).toBe(0);
    await office.data('carol', ['payment', 'resolve', payment, '--gateway-reference', `SKQ${dialect.toUpperCase()}1`]);
  });

  test('the token of a worker can execute, approve and schedule nothing', async () => {
    const payment = await office.ready({ method: 'mpesa' });
    for (const args of [
      ['payment', 'execute', payment, '--yes'],
      ['schedule', 'add', payment, '--at', '1h'],
      ['change', 'confirm', 'chg_000000', '--yes'],
      ['requisition', 'approve', 'req_000000'],
    ])
      expect(await errorOf(await office.as(null, [...args, '--json'], withToken()))).toMatchObject({
        code: 'TOKEN_SCOPE',
        exit_code: 5,
      });
    expect(await statusOf(payment)).toBe('pending');
  });

  test('three processes carry out each of many payments once', async () => {
    const ordered = [];
    for (let count = 0; count < 12; count += 1) ordered.push(await scheduled(5));
    await pause(5_100);
    const runs = await Promise.all([1, 2, 3].map(() => worker('--until-empty')));
    const items = (await Promise.all(runs.map(answerOf))).flatMap(({ data }) => (data as Work).items);
    const done = items.filter(({ outcome, what }) => outcome === 'done' && what.startsWith('sch_'));
    expect(done.map(({ subject }) => subject).toSorted()).toEqual(ordered.map(({ payment }) => payment).toSorted());
    expect(items.filter(({ outcome }) => outcome !== 'done')).toEqual([]);
    for (const { payment } of ordered) expect(await statusOf(payment)).toBe('executing');
    expect((await office.as('faith', ['ledger', 'verify'])).exitCode).toBe(0);
  });

  test('SIGTERM lets a worker finish and end with 0; a second one is not needed', async () => {
    const running = execa(process.execPath, [TOOL, 'worker', 'run', '--json'], {
      env: toolEnvironment(office.home, { ...office.environment(null), TREASURY_TOKEN_FILE: token }),
      extendEnv: false,
      reject: false,
    });
    await said(running.stderr, 'Working');
    const { payment } = await scheduled(3);
    for (let tries = 0; (await statusOf(payment)) === 'pending' && tries < 300; tries += 1) await pause(200);
    running.kill('SIGTERM');
    const { exitCode, stdout } = await running;
    expect(exitCode).toBe(0);
    const { data } = JSON.parse(stdout) as { data: Work };
    // The letter that asks its person to pay may be sent by the same worker.
    expect(data.items.filter(({ subject }) => subject === payment)).toMatchObject([{ outcome: 'done' }]);
  });

  test('a worker that finds nothing uses less than a hundredth of a core', async () => {
    const running = execa(process.execPath, [TOOL, 'worker', 'run', '--json'], {
      env: toolEnvironment(office.home, { ...office.environment(null), TREASURY_TOKEN_FILE: token }),
      extendEnv: false,
      reject: false,
    });
    await said(running.stderr, 'Working');
    await pause(5_000);
    // Of 1,000 ticks in ten seconds; the quietest of three, as whatever else the machine does costs ticks as well.
    const used: number[] = [];
    while (used.length < 3 && !used.some((ticks) => ticks < 10)) {
      const before = cpuTicks(running.pid ?? 0);
      await pause(10_000);
      used.push(cpuTicks(running.pid ?? 0) - before);
    }
    running.kill('SIGTERM');
    expect((await running).exitCode).toBe(0);
    expect(Math.min(...used)).toBeLessThan(10);
  }, 60_000);

  test('the line for cron works where nothing is set, as cron has it', async () => {
    const { payment } = await scheduled(3);
    await pause(3_100);
    const { line } = await office.data<{ line: string }>('david', ['schedule', 'crontab', '--token-file', token]);
    const [, command = ''] = /^\* \* \* \* \* (.*)$/.exec(line) ?? [];
    const cron = await execa('/bin/sh', ['-c', command.replaceAll(String.raw`\%`, '%')], {
      env: { HOME: office.home, LOGNAME: 'treasury', SHELL: '/bin/sh', PATH: '/usr/bin:/bin' },
      extendEnv: false,
      cwd: '/',
      reject: false,
    });
    expect([cron.exitCode, cron.stdout, cron.stderr]).toEqual([0, '', '']);
    expect(await statusOf(payment)).toBe('executing');
  });

  test('a schedule is paused, resumed and removed, and what it orders is seen', async () => {
    const { schedule, payment } = await scheduled(3_600);
    for (const [verb, status] of [
      ['pause', 'paused'],
      ['resume', 'active'],
      ['remove', 'removed'],
    ] as const)
      expect(await office.data<Schedule>('carol', ['schedule', verb, schedule.ref])).toMatchObject({ status });
    expect(await statusOf(payment)).toBe('pending');
    const run = await office.as('carol', ['payment', 'execute', payment, '--yes', '--json']);
    expect((await errorOf(run)).checks.filter(({ ok }) => ok === false).map(({ code }) => code)).toEqual(['OTP_USED']);
  });

  test('a time is told in the zone of the office, and one that is none says why', async () => {
    const payment = await office.ready({ method: 'mpesa' });
    const add = (at: string) => office.as('carol', ['schedule', 'add', payment, '--at', at, '--json']);
    for (const at of ['tomorrow', '2026-13-01T09:00', '2027-02-30T09:00', '01/02/2027 09:00', '2027-01-01'])
      expect(await errorOf(await add(at)), at).toMatchObject({ code: 'TIME_INVALID', exit_code: 2 });
    expect(await errorOf(await add('2020-01-01T09:00'))).toMatchObject({ code: 'SCHEDULE_TIME_INVALID', exit_code: 2 });
    const { data } = await answerOf(await add(`${nextYear()}-01-15 09:30:00.000`));
    expect(await errorOf(await add(`${nextYear()}-01-15T09:30:00+25:00`))).toMatchObject({ code: 'TIME_INVALID' });
    expect(data).toMatchObject({ at: `${nextYear()}-01-15T06:30:00.000Z`, otp_used: true });
  });

  test('a folder is reconciled: what can be read lies in done, what cannot in failed with why', async () => {
    await paidThroughMpesa(office, 'SKD1DROP11', '150.00');
    const folder = join(office.home, 'drop folder');
    mkdirSync(folder);
    const file = statementFile(office, 'drop.csv', 250_000, [{ receipt: 'SKD1DROP11', amount: -150 }]);
    writeFileSync(join(folder, 'a.csv'), readFileSync(file));
    writeFileSync(join(folder, 'b.csv'), 'Dear treasurer,\n');
    const long = new Date(Date.now() - 60_000);
    for (const name of ['a.csv', 'b.csv']) utimesSync(join(folder, name), long, long);
    const add = ['schedule', 'add', 'reconcile', folder, '--fund', 'MPESA', '--cron', '0 5 * * *'];
    const { ref } = await office.data<Schedule>('david', add);
    await dueNow(ref);
    const run = await worker('--once');
    expect(run.exitCode).toBe(12);
    expect(readdirSync(join(folder, 'done'))).toEqual(['a.csv']);
    expect(readdirSync(join(folder, 'failed')).toSorted()).toEqual(['b.csv', 'b.csv.txt']);
    const [line] = await office.data<{ reconciled: boolean }[]>('faith', [
      'ledger',
      'list',
      '--fund',
      'MPESA',
      '--limit',
      '1',
    ]);
    expect(line?.reconciled).toBe(true);
    await office.data('david', ['schedule', 'remove', ref]);
  });

  test.each([
    ['olga', 'is shut out', 'SESSION_MISSING', 4],
    ['esther', 'loses the role', 'ROLE_MISSING', 5],
  ] as const)('a worker of %s, who %s while it runs, ends and begins nothing more', async (person, how, code, exit) => {
    const running = execa(process.execPath, [TOOL, 'worker', 'run', '--json'], {
      env: toolEnvironment(office.home, office.environment(person)),
      extendEnv: false,
      reject: false,
    });
    await said(running.stderr, 'Working');
    const admin = await office.actor('root-admin');
    if (how === 'is shut out') await disableUser(office.store, admin, { username: person });
    else await changeRoles(office.store, admin, { username: person, roles: 'auditor', place: { company: 'ACME' } });
    const { payment } = await scheduled(3);
    const { exitCode, stdout } = await running;
    expect(exitCode, stdout).toBe(exit);
    expect((JSON.parse(stdout) as { error: object }).error).toMatchObject({
      ...{ code, exit_code: exit },
      unchanged: 'What was carried out before stays so; nothing more was begun.',
    });
    await pause(3_100);
    expect(await statusOf(payment)).toBe('pending');
    expect((await worker('--until-empty')).exitCode).toBe(0);
    expect(await statusOf(payment)).toBe('executing');
  });

  const nextYear = (): number => new Date().getFullYear() + 1;
});

describe.each(DIALECTS)('a worker and texts on %s', (dialect) => {
  let office: DemoOffice;
  beforeAll(async () => {
    office = await aDemoOffice(dialect);
  });
  afterAll(() => office.close());

  test('what the policy says goes by SMS goes to the provider of this machine, and its key nowhere else', async () => {
    const provider = await startSmsProvider();
    const key = 'atsk_9b41d7e0';
    try {
      mkdirSync(join(office.home, 'gateways'), { recursive: true });
      const file = join(office.home, 'gateways', 'sms.toml');
      const settings = `provider = "africastalking"\nusername = "acme"\napi_key = "${key}"\nbase_url = "${provider.url}"\n`;
      writeFileSync(file, settings, { mode: 0o600 });
      await office.store.write(async (tx) => {
        const { users } = tx.t;
        const { eq } = await import('drizzle-orm');
        await tx.db.update(users).set({ phone: '254712000333' }).where(eq(users.username, 'esther'));
      });
      const policy = '[notify]\npayment_paid = ["cfo"]\nsms = ["payment_paid"]\n';
      const set = await office.as('root-admin', ['policy', 'set', '-', '--reason', 'board', '--json'], {
        input: policy,
      });
      const { data } = await answerOf(set);
      const { ref } = data as { ref?: string };
      if (ref?.startsWith('chg_')) await office.data('esther', ['change', 'confirm', ref, '--yes']);
      const payment = await office.ready();
      await office.data('carol', ['payment', 'execute', payment, '--yes']);
      provider.behaviour = { http: 503, body: `ill, ${key}` };
      const failed = await office.as('david', ['worker', 'run', '--once', '--json']);
      expect(((await answerOf(failed)).data as Work).items).toContainEqual(
        expect.objectContaining({ what: 'texts', outcome: 'failed', detail: 'it answered 503: ill, (left out)' }),
      );
      expect(provider.asked).toHaveLength(1);
      const [asked] = provider.asked;
      expect(asked).toMatchObject({ key, form: { username: 'acme', to: '+254712000333' } });
      expect(asked?.form['message']).toContain(`${payment}, KES`);
      const rows = await office.store.read((tx) => tx.db.select().from(tx.t.outboxMessages));
      expect(rows.filter(({ topic }) => topic === 'sms')).toMatchObject([{ deliveredAt: null, deliveries: 1 }]);
      expect(JSON.stringify(rows) + failed.stdout + failed.stderr).not.toContain(key);
    } finally {
      await provider.close();
    }
  });
});

/** Waits until a stream has said something. */
async function said(stream: NodeJS.ReadableStream, text: string): Promise<void> {
  let heard = '';
  for await (const piece of stream) {
    heard += String(piece);
    if (heard.includes(text)) return;
  }
  throw new Error(`it never said ${text}: ${heard}`);
}

/** Hundredths of a second of processor time that a process has used. */
function cpuTicks(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return Number(fields[11]) + Number(fields[12]);
}
