import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { seededRandom } from '../support/seeded-random.ts';
import { TOOL, toolEnvironment } from '../support/tool.ts';
import { SEED } from '../support/seed.ts';
import { paidThroughMpesa, statementFile, type StatementRow } from './a-statement.ts';
import { aDemoOffice, DIALECTS, type DemoOffice } from './demo-office.ts';

const KILLS = Math.ceil(Number(process.env['KILLS'] ?? 40) / 4);
const OPENING = 250_000;

test.each(DIALECTS)(
  `${KILLS} processes killed at random moments of reconcile --auto on %s leave a statement wholly saved or not at all (seed ${SEED})`,
  { timeout: 120_000 + KILLS * 10_000 },
  async (dialect) => {
    const office = await aDemoOffice(dialect);
    const random = seededRandom(SEED);
    try {
      const rows: StatementRow[] = [];
      let [took, killed] = [0, 0];
      for (let round = 0; round <= KILLS; round += 1) {
        const paid: string[] = [];
        for (let at = 0; at < 3; at += 1) {
          const receipt = `SKK${String(round * 3 + at).padStart(7, '0')}`;
          paid.push(await paidThroughMpesa(office, receipt, '10.00'));
          rows.push({ receipt, amount: -10 });
        }
        const file = statementFile(office, 'month.csv', OPENING, rows);
        const start = performance.now();
        // The first is let through, to know how long one takes.
        const ended = await reconcileFor(office, file, round === 0 ? null : (random.below(120) / 100) * took);
        if (round === 0) took = performance.now() - start;
        if (ended === 'SIGKILL') killed += 1;
        const reconciled = await reconciledAmong(office, paid);
        expect([0, 3], `round ${round}`).toContain(reconciled);
        const lines = await office.data<unknown[]>('david', ['reconcile', 'unmatched', '--fund', 'MPESA']);
        // Nothing of a killed run is left, so only the payments themselves are open.
        expect(lines).toHaveLength(3 - reconciled);
        if (reconciled === 0) await reconcileFor(office, file, null);
        expect(await reconciledAmong(office, paid)).toBe(3);
      }
      expect(killed).toBeGreaterThan(KILLS / 10);
      for (const words of [
        ['ledger', 'verify'],
        ['audit', 'verify'],
      ])
        expect((await office.as('faith', words)).exitCode).toBe(0);
    } finally {
      await office.close();
    }
  },
);

/** Runs it, and kills it after so many milliseconds unless it has ended; tells by which signal it ended. */
async function reconcileFor(office: DemoOffice, file: string, afterMs: number | null): Promise<NodeJS.Signals | null> {
  const env = toolEnvironment(office.home, office.environment('david'));
  const child = spawn(process.execPath, [TOOL, 'reconcile', file, '--fund', 'MPESA', '--auto', '-q'], {
    env,
    stdio: 'ignore',
  });
  const ended = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>;
  if (afterMs !== null) {
    await Promise.race([ended, pause(afterMs)]);
    child.kill('SIGKILL');
  }
  const [, signal] = await ended;
  return signal;
}

async function reconciledAmong(office: DemoOffice, refs: readonly string[]): Promise<number> {
  let reconciled = 0;
  for (const ref of refs)
    if ((await office.data<{ status: string }>('david', ['payment', 'show', ref])).status === 'reconciled')
      reconciled += 1;
  return reconciled;
}
