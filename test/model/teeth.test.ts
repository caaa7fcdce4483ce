import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startPlayer, type Player } from './crew.ts';
import { SABOTAGES } from './sabotages.ts';
import { LENGTH } from './sequence.ts';
import { tellingSeeds, USUALLY_PLAYED } from './telling.ts';

const MINUTES = 60 * 1000;

/**
 * The model is no mirror of the tool: it notices when the tool is wrong. Each rule is broken in turn, and nothing else. Takes
 * minutes, so only when it is asked for: `TEETH=1 npx vitest run --project store test/model/teeth.test.ts`; `SHOW=1` says what
 * noticed each.
 */
describe.runIf(process.env['TEETH'] === '1')('a rule that is broken on purpose is noticed', () => {
  let player: Player;

  beforeAll(async () => {
    player = await startPlayer({ dialect: 'sqlite', server: '', spoilable: true });
  });
  afterAll(() => player.close());

  /** Each broken rule must be noticed by the sequences that are always played. */
  const seeds = tellingSeeds(USUALLY_PLAYED.sqlite);

  test.each(Object.keys(SABOTAGES))(
    '%s',
    async (sabotage) => {
      const { failures, sequences } = await player.play({ seeds, length: LENGTH, atOnce: 1, shrink: false, sabotage });
      const [failure] = failures;
      expect(failure, `${sequences} sequences were played, and nothing was noticed`).toBeDefined();
      if (process.env['SHOW'] === '1')
        process.stdout.write(`${sabotage} | ${failure?.seed} | ${failure?.disagreement.split('\n')[0]}\n`);
    },
    10 * MINUTES,
  );
});
