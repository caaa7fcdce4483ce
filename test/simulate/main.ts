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
    /** Plays until this broken step is noticed; each of them in turn, when it is said several times. */
    sabotage: { type: 'string', multiple: true, default: [] },
    /** Goes on after a world that fails. */
    all: { type: 'boolean', default: false },
    /** How many processes share the worlds; as many as there are processors, where nothing is said. */
    jobs: { type: 'string' },
  },
});

/** Fewer worlds are played sooner than a process starts. */
const WORLDS_WORTH_A_PROCESS = 50;

/** Worlds that are played at the end of broken ones, with every step as it should be. */
const HONEST_WORLDS = 5;

const seed = Number(values.seed);
const worlds = Number(values.worlds);
const jobs =
  values.jobs === undefined
    ? Math.max(1, Math.min(availableParallelism(), Math.floor(worlds / WORLDS_WORTH_A_PROCESS)))
    : Number(values.jobs);
const startedAt = performance.now();
const broken = values.sabotage;
if (jobs === 1 || broken.length > 0) placeSeams({ spoilable: broken.length > 0, sabotages: SABOTAGES });
process.exitCode = (await (broken.length > 0 ? noticesAll() : isRight())) ? 0 : 1;

async function isRight(): Promise<boolean> {
  const total = jobs > 1 ? await playInProcesses({ seed, worlds, jobs, main: import.meta.filename }) : await playHere();
  process.stdout.write(`${JSON.stringify({ ...total, seconds: (performance.now() - startedAt) / 1000 })}\n`);
  return total.failed === 0;
}

/** One process breaks one step after another, to start one takes longer than to notice; honest again, it must find nothing. */
async function noticesAll(): Promise<boolean> {
  let noticed = 0;
  for (const name of broken) {
    process.stdout.write(`${name}:\n`);
    sabotage(name);
    const { failed } = await playHere();
    if (failed > 0) noticed += 1;
  }
  sabotage(null);
  const { failed } = await playHere(HONEST_WORLDS);
  return noticed === broken.length && failed === 0;
}

async function playHere(most = worlds): Promise<Total> {
  // Only now, so that everything in it meets the seams.
  const { playWorlds } = await import('./play-worlds.ts');
  const dialect = values.postgres === undefined ? 'sqlite' : 'postgres';
  let sum: Total = NOTHING;
  await playWorlds({ dialect, server: values.postgres ?? '', seed, worlds: most }, (report) => {
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
