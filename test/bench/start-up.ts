import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { buildIfStale } from '../support/build.ts';
import { PASSWORD } from '../support/people.ts';
import { createDatabase, startPostgres } from '../support/postgres-server.ts';
import { TOOL, toolEnvironment } from '../support/tool.ts';
import { aBenchOffice, inScratch, type BenchOffice } from './an-office.ts';
import { middle, nodeFloorMs, printFigure, timeProcess, type Figure } from './floor.ts';

const RUNS = 21;

/** Whole processes of the built tool, logged in, 20 funds, against `node -e 0`. */
export async function measureStartUp(): Promise<void> {
  await buildIfStale();
  await inScratch(async (directory) => {
    measureProcesses('sqlite', await anInstallation(directory, `sqlite:${path.join(directory, 'office.db')}`));
  });
  const server = await startPostgres({ durable: true });
  try {
    await inScratch(async (directory) => {
      measureProcesses('postgres', await anInstallation(directory, await createDatabase(server.url)));
    });
  } finally {
    await server.stop();
  }
}

interface Installation {
  readonly office: BenchOffice;
  readonly env: Readonly<Record<string, string>>;
}

/** A home directory in which a cashier is logged in to an office. */
export async function anInstallation(
  home: string,
  url: string,
  size = { funds: 20, payments: RUNS + 1 },
): Promise<Installation> {
  const office = await aBenchOffice(url, size);
  const env = { ...toolEnvironment(home), TREASURY_DATABASE_URL: url };
  const passwordFile = path.join(home, 'password');
  writeFileSync(passwordFile, `${PASSWORD}\n`, { mode: 0o600 });
  timeTool(env, 'login', '--user', 'carol', '--password-file', passwordFile);
  return { office, env };
}

/** Wall time of one run of the built tool, in milliseconds. Throws with what it said when it fails. */
export const timeTool = (env: Readonly<Record<string, string>>, ...args: string[]): number =>
  timeProcess(process.execPath, [TOOL, ...args], env);

function measureProcesses(database: 'sqlite' | 'postgres', { office, env }: Installation): void {
  const pay = (run: number): string[] => ['payment', 'execute', office.paymentIds[run] ?? '', '--yes'];
  const commands = [
    { name: '--version', args: () => ['--version'], limit: 1.4, goal: 1.2 },
    { name: 'fund list', args: () => ['fund', 'list'], limit: 1.8, goal: 1.5 },
    { name: 'payment execute', args: pay, limit: 2.1, goal: 1.8 },
  ];
  // The first run of each fills the compile cache, as an installation's first day does.
  for (const { args } of commands) timeTool(env, ...args(RUNS));
  const floors: number[] = [];
  const times = commands.map((): number[] => []);
  for (let run = 0; run < RUNS; run += 1) {
    floors.push(nodeFloorMs());
    for (const [at, { args }] of commands.entries()) times[at]?.push(timeTool(env, ...args(run)));
  }
  for (const [at, { name, limit, goal }] of commands.entries()) {
    const mine = times[at] ?? [];
    const ratio = middle(mine.map((time, run) => time / (floors[run] ?? Number.NaN)));
    const figure: Figure = {
      name: `${name}, whole process / node -e 0`,
      database,
      value: middle(mine),
      floor: middle(floors),
      ratio,
      limit,
      goal,
      runs: RUNS,
    };
    printFigure(figure);
  }
}
