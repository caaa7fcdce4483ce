import { parseArgs } from 'node:util';
import { placeSeams, sabotage } from '../model/real/seams.ts';
import { SABOTAGES } from './sabotages.ts';

// Plays worlds: `node test/simulate/main.ts --seed 1 --worlds 1000`. What fails is printed with the line that plays it again.

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    worlds: { type: 'string', default: '1000' },
    postgres: { type: 'string' },
    sabotage: { type: 'string' },
    /** Goes on after a world that fails. */
    all: { type: 'boolean', default: false },
  },
});

placeSeams({ spoilable: values.sabotage !== undefined, sabotages: SABOTAGES });
if (values.sabotage !== undefined) sabotage(values.sabotage);
// Only now, so that everything in it meets the seams.
const { playWorlds } = await import('./play-worlds.ts');

const seed = Number(values.seed);
const worlds = Number(values.worlds);
const startedAt = performance.now();
const total = { worlds: 0, failed: 0, paid: 0, suspended: 0, crashes: 0 };
const dialect = values.postgres === undefined ? 'sqlite' : 'postgres';
await playWorlds({ dialect, server: values.postgres ?? '', seed, worlds }, (report) => {
  total.worlds += 1;
  total.paid += report.paid;
  total.suspended += report.suspended;
  total.crashes += report.crashes;
  if (worlds > 5000 && total.worlds % 1000 === 0)
    process.stderr.write(`${total.worlds} worlds, ${Math.round((performance.now() - startedAt) / 1000)} s\n`);
  if (report.fault === null) return true;
  total.failed += 1;
  const server = values.postgres === undefined ? '' : ' --postgres URL';
  process.stdout.write(
    `world ${report.seed}: ${report.fault}\n  npm run simulate -- --seed ${report.seed} --worlds 1${server}\n`,
  );
  return values.all;
});
process.stdout.write(`${JSON.stringify({ ...total, seconds: (performance.now() - startedAt) / 1000 })}\n`);
process.exitCode = total.failed === 0 ? 0 : 1;
