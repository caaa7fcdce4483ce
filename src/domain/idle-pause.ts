const FIRST_MS = 250;
const LONGEST_MS = 5_000;

/**
 * Milliseconds that a worker rests after so many looks in a row that found nothing: twice as long each time, up to five seconds, and
 * by chance (0 <= chance < 1) up to a quarter less, so that many workers do not look at once.
 */
export const idlePause = (looks: number, chance: number): number =>
  Math.round(Math.min(FIRST_MS * 2 ** Math.min(looks, 10), LONGEST_MS) * (1 - chance / 4));
