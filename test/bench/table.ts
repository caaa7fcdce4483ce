import path from 'node:path';
import type { Context } from '../../src/commands/context.ts';
import type { Input } from '../../src/commands/command.ts';
import { command as paymentList } from '../../src/commands/payment/list.ts';
import { openStore } from '../../src/store/open.ts';
import { NO_PAINT } from '../../src/terminal/colour.ts';
import { renderCsv, type ListView } from '../../src/terminal/list.ts';
import { renderTable } from '../../src/terminal/table.ts';
import { buildIfStale } from '../support/build.ts';
import { inScratch, type BenchOffice } from './an-office.ts';
import { printFigure, timePaired } from './floor.ts';
import { anInstallation, timeTool } from './start-up.ts';

const RUNS = 11;
const ROWS = 5_000;
const LIMIT = 2;
const WIDTHS = [100, Infinity];

/** A table of 5,000 payments against the same as CSV: what they draw, and whole processes. */
export async function measureTable(): Promise<void> {
  await buildIfStale();
  await inScratch(async (directory) => {
    const url = `sqlite:${path.join(directory, 'office.db')}`;
    const { office, env } = await anInstallation(directory, url, { funds: 20, payments: ROWS });
    const view = await viewOf(office);
    for (const width of WIDTHS) {
      const table = (): number => timeMs(() => renderTable(view, { width, wide: false, paint: NO_PAINT }));
      const csv = (): number => timeMs(() => renderCsv(view));
      await print(`drawn ${width === Infinity ? 'into a pipe' : `${width} columns wide`}`, table, csv);
    }
    const list = (...how: string[]) => timeTool(env, 'payment', 'list', '--limit', '0', ...how);
    await print(
      'whole process',
      () => list(),
      () => list('--format', 'csv'),
    );
  });
}

async function print(what: string, table: () => number, csv: () => number): Promise<void> {
  await timePaired(table, csv, 3);
  const { a: value, b: floor, ratio } = await timePaired(table, csv, RUNS);
  const name = `table of ${ROWS.toLocaleString('en')} payments, ${what}, ms / CSV`;
  printFigure({ name, database: 'sqlite', value, floor, ratio, limit: LIMIT, goal: 1.2, runs: RUNS });
}

/** The list as the command itself makes it. */
async function viewOf(office: BenchOffice): Promise<ListView<object>> {
  const store = await openStore(office.url, { clock: () => new Date() });
  try {
    const context: Pick<Context, 'store' | 'actor' | 'now' | 'zone'> = {
      store: async () => store,
      actor: async () => office.executor,
      now: () => new Date(),
      zone: async () => 'Africa/Nairobi',
    };
    const input: Pick<Input, 'optional' | 'flag'> = {
      optional: (name) => (name === 'limit' ? '0' : undefined),
      flag: () => false,
    };
    // A list asks for nothing else.
    const { human } = await paymentList.run(context as Context, input as Input);
    if (human.list?.rows.length !== ROWS) throw new Error('the list is not whole');
    return human.list;
  } finally {
    await store.close();
  }
}

function timeMs(work: () => string): number {
  const start = performance.now();
  work();
  return performance.now() - start;
}
