import { expect, test } from 'vitest';
import { OpenItems } from '../../../src/domain/reconciliation/open-items.ts';
import { payeePass } from '../../../src/domain/reconciliation/payee-pass.ts';
import { foundIn } from '../../support/matching-facts.ts';
import { payeesByTrying, written, type MeantEntry, type MeantLine } from '../../support/payee-oracle.ts';
import { seededRandom } from '../../support/seeded-random.ts';
import { cases } from '../../support/seed.ts';

const CASES = cases(20_000);
const SEED = Number(process.env['PAYEE_SEED'] ?? 20_262);

test(`${CASES.toLocaleString('en')} small cases of payees are taken as by looking at everything (PAYEE_SEED=${SEED})`, () => {
  const random = seededRandom(SEED);
  const oneIn = (times: number): boolean => random.below(times) === 0;
  const some = (limit: number, nothing: number): number | null => (oneIn(nothing) ? null : random.below(limit));
  let taken = 0;
  for (let at = 0; at < CASES; at += 1) {
    const spread = [1, 2, 8, 30][random.below(4)] as number;
    const [phones, names] = [1 + random.below(3), 1 + random.below(4)];
    const entry = (): MeantEntry => ({
      ...{ day: 100 + random.below(spread), amount: -1 - random.below(2), isFee: oneIn(12) },
      ...{ phone: some(phones, 4), name: some(names, 4), receipt: some(2, 2) },
    });
    const entries = Array.from({ length: 1 + random.below(4) }, entry);
    const line = (): MeantLine => {
      // Mostly of one of the entries, sometimes of nobody's.
      const { isFee, ...same } = oneIn(5) ? entry() : (entries[random.below(entries.length)] as MeantEntry);
      return {
        ...{ ...same, day: same.day + (oneIn(2) ? random.below(8) - 1 : 0), isCharge: isFee !== oneIn(15) },
        ...(oneIn(4) ? { phone: some(phones, 3) } : {}),
        ...(oneIn(4) ? { name: some(names, 3) } : {}),
        ...(oneIn(2) ? { receipt: some(2, 2) } : {}),
        place: (['party', 'text', 'mask'] as const)[random.below(3)] ?? 'party',
        isCut: oneIn(3),
      };
    };
    const meant = { entries, lines: Array.from({ length: 1 + random.below(5) }, line) };
    const { lines, entries: book } = written(meant);
    const open = new OpenItems(lines, book);
    payeePass(open, []);
    const found = new Set(foundIn(open));
    expect({ meant, found }, `PAYEE_SEED=${SEED}, case ${at}`).toEqual({ meant, found: payeesByTrying(meant) });
    taken += found.size;
  }
  expect(taken).toBeGreaterThan(CASES / 4);
});
