import type { Context } from './context.ts';

const SLICE_MS = 500;

/** Waits in pieces, so that who stops it does not wait for long. */
export async function rest(
  { pause }: Pick<Context, 'pause'>,
  milliseconds: number,
  stopped: () => boolean,
): Promise<void> {
  for (let left = milliseconds; left > 0 && !stopped(); left -= SLICE_MS) await pause(Math.min(left, SLICE_MS));
}
