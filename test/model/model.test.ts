import { inject, describe, expect, test } from 'vitest';
import { cases, SEED } from '../support/seed.ts';
import { startPlayer, type Report } from './crew.ts';
import { expectAllSeen, tableOf } from './coverage.ts';
import { LENGTH } from './sequence.ts';
import { tellingSeeds, USUALLY_PLAYED } from './telling.ts';

/**
 * Random offices, random people, random sequences of commands: the tool, on both databases, and a second telling of the rules
 * agree on every outcome. What is always played are the sequences of many that tell most, more of them with EFFORT.
 * `SEQUENCES=10000 npx vitest run --project store test/model/model.test.ts` plays every seed, from another start with `SEED`; what
 * fails is printed with the line that plays it again.
 */
const ASKED = process.env['SEQUENCES'];
const FIRST = process.env['SEED'] === undefined ? 1 : SEED;

const seedsOf = (usual: number): number[] =>
  ASKED === undefined
    ? tellingSeeds(cases(usual), FIRST)
    : Array.from({ length: Number(ASKED) }, (_, index) => FIRST + index);

/** What ten thousand sequences may take. */
const HOURS = 24 * 60 * 60 * 1000;

/** With fewer, some commands are not seen in every way they can end. */
const ENOUGH = ASKED === undefined ? 40 : 200;

describe.concurrent('the tool and the model agree on every outcome', () => {
  test.each([
    { dialect: 'sqlite', atOnce: 2 },
    { dialect: 'postgres', atOnce: 3 },
  ] as const)(
    'on $dialect',
    async ({ dialect, atOnce }) => {
      const player = await startPlayer({ dialect, server: inject('postgresUrl'), spoilable: false });
      try {
        const seeds = seedsOf(USUALLY_PLAYED[dialect]);
        const tell = ASKED === undefined ? undefined : progressOf(dialect);
        const report = await player.play({ seeds, length: LENGTH, atOnce, shrink: true, sabotage: null, tell });
        expect(failuresOf(report), 'see the commands below').toBe('');
        expect(report.sequences).toBe(seeds.length);
        if (process.env['COVERAGE'] === '1') process.stdout.write(`${dialect}\n${tableOf(report.coverage)}\n`);
        if (seeds.length >= ENOUGH) expectAllSeen(report.coverage);
      } finally {
        await player.close();
      }
    },
    HOURS,
  );
});

/** Whoever asked for many sees how far it is. */
function progressOf(dialect: string): (played: number) => void {
  const startedAt = performance.now();
  return (played) => {
    if (played % 100 !== 0) return;
    const seconds = Math.round((performance.now() - startedAt) / 1000);
    process.stdout.write(`${dialect}: ${played} sequences from seed ${FIRST} on, ${seconds} s\n`);
  };
}

/** Each sequence that failed, as few of its commands as make it fail, and how to play it again. */
const failuresOf = ({ failures }: Report): string =>
  failures
    .map(({ seed, disagreement, story }) =>
      [
        ...story,
        '',
        disagreement,
        `SEQUENCES=1 SEED=${seed} npx vitest run --project store test/model/model.test.ts`,
      ].join('\n'),
    )
    .join('\n\n');
