import type { Act } from './acts.ts';
import { chooseAct, timeBefore } from './choose.ts';
import { diceOf } from './dice.ts';
import { randomOffice, SET_UP_AT } from './random-office.ts';
import { judge } from './rules.ts';
import type { Verdict } from './verdict.ts';
import type { World } from './world.ts';

export const LENGTH = 200;

/** The office of a seed, before anybody does anything. */
export const officeOf = (seed: number): World => randomOffice(diceOf(seed));

/** The commands of a seed: each is chosen in the office that the ones before it have left. */
export const sequenceOf = (seed: number, length = LENGTH): Act[] => [...told(seed, length)].map(({ act }) => act);

/** How the commands of a seed end, `payment execute 5`, and why: each reason, and each that was the only one. */
export function endsOf(seed: number, length = LENGTH): Set<string> {
  const ends = new Set<string>();
  for (const { act, verdict } of told(seed, length)) {
    const { what } = act.deed;
    // References differ from office to office.
    const why = verdict.why.replaceAll(/\w*\d[\w#]*/g, '#');
    for (const reason of why.split('; ')) ends.add(`${what}: ${reason}`);
    ends.add(`${what} ${verdict.exit}`);
    if (!why.includes('; ')) ends.add(`${what} ${verdict.exit} ${why}`);
  }
  return ends;
}

function* told(seed: number, length: number): Generator<{ readonly act: Act; readonly verdict: Verdict }> {
  const world = officeOf(seed);
  const dice = diceOf(seed ^ 0x5eed);
  let settled = false;
  for (let id = 1; id <= length; id += 1) {
    world.now += timeBefore(dice, world, settled);
    const act = chooseAct(dice, world, id, world.now - SET_UP_AT);
    const verdict = judge(world, act);
    verdict.effect?.();
    // Days pass only after something was done: a clock that is a week ahead of the newest event is not believed.
    settled = verdict.exit === 0 && !act.dryRun;
    yield { act, verdict };
  }
}
