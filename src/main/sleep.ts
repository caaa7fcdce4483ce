/** The longest time that a timer can wait at once. */
const LONGEST_MS = 2 ** 30;

/** Waits, however long. */
export async function sleep(milliseconds: number): Promise<void> {
  for (let left = milliseconds; left > 0; left -= LONGEST_MS) await timer(Math.min(left, LONGEST_MS));
}

const timer = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
  });
