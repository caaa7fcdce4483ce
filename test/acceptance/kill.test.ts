import { spawn, spawnSync } from 'node:child_process';
import { eq } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { toolEnvironment, TOOL } from '../support/tool.ts';
import { SEED } from '../support/seed.ts';
import { aLiveOffice, type LiveOffice } from './live-office.ts';

const KILLS = Number(process.env['KILLS'] ?? 40);
const EACH_KILL_MS = 3000;
/** More than the writes of one execution: each changed page is two, its header and itself. */
const MOST_CALLS = 200;
/** Of the writes, every one is tried in the long run and each ninth in the short one; of the syncs always every one. */
const WRITE_STRIDE = KILLS >= 1000 ? 1 : 9;

describe.each(['sqlite', 'postgres'] as const)('kill -9 on %s', (dialect) => {
  test(
    `${KILLS} processes killed at random moments of payment execute leave each payment wholly paid or wholly not (seed ${SEED})`,
    { timeout: 120_000 + KILLS * EACH_KILL_MS },
    async () => {
      const office = await aLiveOffice(dialect, { payments: KILLS, moneyFor: KILLS });
      try {
        const took = await timeOne(office);
        const random = numbersFrom(SEED);
        let killed = 0;
        for (const ref of office.payments.slice(1)) {
          if (await executeAndKill(office, ref, random() * took * 1.2)) killed += 1;
        }
        expect(killed).toBeGreaterThan(KILLS / 10);
        await expectWhole(office);
      } finally {
        await office.close();
      }
    },
  );
});

const strace = spawnSync('strace', ['-o', '/dev/null', 'true']).status === 0;

describe('killed at each write and sync of SQLite', () => {
  test.runIf(strace)(
    'the payment is wholly paid or wholly not, wherever the process ended',
    { timeout: 1_800_000 },
    async () => {
      for (const [call, stride] of [
        ['pwrite64', WRITE_STRIDE],
        ['fsync,fdatasync', 1],
      ] as const) {
        const office = await aLiveOffice('sqlite', { payments: MOST_CALLS, moneyFor: MOST_CALLS });
        try {
          const endings = sweep(office, call, stride);
          process.stdout.write(`killed at ${endings.length - 1} calls of ${call}\n`);
          expect(endings.at(-1)).toBe(0);
          expect(endings.length).toBeGreaterThan(1);
          await expectWhole(office);
        } finally {
          await office.close();
        }
      }
    },
  );
});

/** Kills at each `stride`th such call until a run comes through; one payment each. */
function sweep(office: LiveOffice, calls: string, stride: number): (number | null)[] {
  const endings: (number | null)[] = [];
  for (const [at, ref] of office.payments.entries()) {
    const ran = spawnSync(
      'strace',
      [
        '-f',
        '-o',
        '/dev/null',
        '-e',
        `trace=${calls}`,
        '-P',
        `${office.home}/treasury.db`,
        '-P',
        `${office.home}/treasury.db-wal`,
        '-e',
        `inject=${calls}:signal=KILL:when=${1 + at * stride}`,
        process.execPath,
        TOOL,
        'payment',
        'execute',
        ref,
        '--yes',
      ],
      { env: toolEnvironment(office.home, office.environment('carol')) },
    );
    endings.push(ran.status);
    if (ran.status === 0) break;
  }
  return endings;
}

async function timeOne(office: LiveOffice): Promise<number> {
  const startedAt = performance.now();
  const ran = await office.as('carol', ['payment', 'execute', office.payments[0] ?? '', '--yes']);
  expect(ran.exitCode).toBe(0);
  return performance.now() - startedAt;
}

function executeAndKill(office: LiveOffice, ref: string, afterMs: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [TOOL, 'payment', 'execute', ref, '--yes'], {
      env: toolEnvironment(office.home, office.environment('carol')),
      stdio: 'ignore',
    });
    const timer = setTimeout(() => child.kill('SIGKILL'), afterMs);
    child.on('error', reject);
    child.on('close', (_code, signal) => {
      clearTimeout(timer);
      resolve(signal === 'SIGKILL');
    });
  });
}

/** Each payment is pending without a trace, or paid with execution, entry, voucher and event; and the books verify. */
async function expectWhole(office: LiveOffice): Promise<void> {
  const rows = await office.store.read((tx) =>
    tx.db
      .select({
        status: tx.t.payments.status,
        execution: tx.t.paymentExecutions.id,
        entry: tx.t.ledgerEntries.id,
        attempt: tx.t.paymentAttempts.state,
      })
      .from(tx.t.payments)
      .leftJoin(tx.t.paymentExecutions, eq(tx.t.paymentExecutions.paymentId, tx.t.payments.id))
      .leftJoin(tx.t.ledgerEntries, eq(tx.t.ledgerEntries.paymentId, tx.t.payments.id))
      .leftJoin(tx.t.paymentAttempts, eq(tx.t.paymentAttempts.paymentId, tx.t.payments.id)),
  );
  for (const row of rows) {
    const parts = [row.execution, row.entry, row.attempt].map((part) => part !== null);
    expect(parts).toEqual(row.status === 'success' ? [true, true, true] : [false, false, false]);
    expect(['success', 'pending']).toContain(row.status);
  }
  for (const proof of [
    ['ledger', 'verify'],
    ['audit', 'verify'],
  ]) {
    const ran = await office.as('faith', proof);
    expect(`${ran.exitCode} ${ran.stdout}${ran.stderr}`).toMatch(/^0 /);
  }
}

/** Numbers from 0 to 1 that a seed decides. */
function numbersFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
