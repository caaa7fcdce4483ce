import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { buildIfStale } from '../support/build.ts';
import { createDatabase, startPostgres } from '../support/postgres-server.ts';
import { inScratch } from './an-office.ts';
import { middle, peakMegabytes, printFigure, sha256sumSeconds, timePaired, type Figure } from './floor.ts';
import { fillTrail } from './long-trail.ts';
import { anInstallation, timeTool } from './start-up.ts';
import { TOOL } from '../support/tool.ts';

const RUNS = 5;
const SHORT = 100_000;
const LONG = 1_000_000;

/** `audit verify` of a million events, a quarter of which vouch for an entry and an execution, against sha256sum of the same bytes. */
export async function measureAudit(): Promise<void> {
  await buildIfStale();
  await inScratch((directory) => measureTrails('sqlite', directory, async (home) => `sqlite:${home}/office.db`));
  const server = await startPostgres({ durable: true });
  try {
    await inScratch((directory) => measureTrails('postgres', directory, () => createDatabase(server.url)));
  } finally {
    await server.stop();
  }
}

const LIMITS = { limit: 2.6, goal: 2 } as const;

async function measureTrails(
  database: 'sqlite' | 'postgres',
  directory: string,
  databaseOf: (home: string) => Promise<string>,
): Promise<void> {
  const trail = async (events: number): Promise<Trail> => {
    const home = path.join(directory, String(events));
    mkdirSync(home);
    const { office, env } = await anInstallation(home, await databaseOf(home), { funds: 20, payments: 0 });
    timeTool(env, 'login', '--user', 'root-admin', '--password-file', path.join(home, 'password'));
    const bytes = path.join(home, 'bytes');
    await fillTrail(office, events, bytes);
    return { env, bytes };
  };
  const [short, long] = [await trail(SHORT), await trail(LONG)];
  const shared = { database, runs: RUNS };
  printFigure({ ...shared, ...(await speedOf(long)), ...LIMITS });
  printFigure({ ...shared, ...memoryOf(short, long), limit: 1.25, goal: 1.1 });
}

interface Trail {
  readonly env: Readonly<Record<string, string>>;
  readonly bytes: string;
}

type Measured = Pick<Figure, 'name' | 'value' | 'floor' | 'ratio'>;

async function speedOf({ env, bytes }: Trail): Promise<Measured> {
  const verify = (): number => timeTool(env, 'audit', 'verify') / 1000;
  verify();
  sha256sumSeconds(bytes);
  const { a, b, ratio } = await timePaired(verify, () => sha256sumSeconds(bytes), RUNS);
  const name = `audit verify of ${LONG.toLocaleString('en')} events, seconds / sha256sum of the same bytes`;
  return { name, value: a, floor: b, ratio };
}

function memoryOf(short: Trail, long: Trail): Measured {
  const peak = ({ env }: Trail): number => peakMegabytes(process.execPath, [TOOL, 'audit', 'verify'], env);
  const runs = Array.from({ length: RUNS }, () => ({ few: peak(short), many: peak(long) }));
  return {
    name: `audit verify, peak MB at ${LONG.toLocaleString('en')} / ${SHORT.toLocaleString('en')} events`,
    value: middle(runs.map((run) => run.many)),
    floor: middle(runs.map((run) => run.few)),
    ratio: middle(runs.map((run) => run.many / run.few)),
  };
}
