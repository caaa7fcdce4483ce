import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { placeSeams, sabotage } from '../model/real/seams.ts';
import { SABOTAGES } from './sabotages.ts';
import { playInProcesses } from './processes.ts';
import { added, NOTHING, type Total } from './total.ts';

// Plays worlds: `node test/simulate/main.ts --seed 1 --worlds 1000`. What fails is printed with the line that plays it again.

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    worlds: { type: 'string', default: '1000' },
    postgres: { type: 'string' },
    sabotage: { type: 'string' },
    /** Goes on after a world that fails. */
    all: { type: 'boolean', default: false },
    /** How many processes share the worlds; as many as there are processors, where nothing is said. */
    jobs: { type: 'string' },
  },
});

/** Fewer worlds are played sooner than a process starts. */
const WORLDS_WORTH_A_PROCESS = 50;

const seed = Number(values.seed);
const worlds = Number(values.worlds);
const jobs =
  values.jobs === undefined
    ? Math.max(1, Math.min(availableParallelism(), Math.floor(worlds / WORLDS_WORTH_A_PROCESS)))
    : Number(values.jobs);
const startedAt = performance.now();
const total = jobs > 1 ? await playInProcesses({ seed, worlds, jobs, main: import.meta.filename }) : await playHere();
process.stdout.write(`${JSON.stringify({ ...total, seconds: (performance.now() - startedAt) / 1000 })}\n`);
process.exitCode = total.failed === 0 ? 0 : 1;

async function playHere(): Promise<Total> {
  placeSeams({ spoilable: values.sabotage !== undefined, sabotages: SABOTAGES });
  if (values.sabotage !== undefined) sabotage(values.sabotage);
  // Only now, so that everything in it meets the seams.
  const { playWorlds } = await import('./play-worlds.ts');
  const dialect = values.postgres === undefined ? 'sqlite' : 'postgres';
  let sum: Total = NOTHING;
  await playWorlds({ dialect, server: values.postgres ?? '', seed, worlds }, (report) => {
    const failed = report.fault === null ? 0 : 1;
    sum = added(sum, { ...report, worlds: 1, failed });
    if (worlds > 5000 && sum.worlds % 1000 === 0)
      process.stderr.write(`${sum.worlds} worlds, ${Math.round((performance.now() - startedAt) / 1000)} s\n`);
    if (report.fault === null) return true;
    const server = values.postgres === undefined ? '' : ' --postgres URL';
    process.stdout.write(
      `world ${report.seed}: ${report.fault}\n  npm run simulate -- --seed ${report.seed} --worlds 1${server}\n`,
    );
    return values.all;
  });
  return sum;
}
