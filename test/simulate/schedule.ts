import type { Dice } from '../model/dice.ts';

/** Thrown where a machine stops dead: nothing after it happens on that machine. */
export class Crash extends Error {
  override readonly name = 'Crash';
}

/** Where a machine waits until it is its turn. */
export type Turn = () => Promise<void>;

interface Waiting {
  readonly machine: string;
  readonly go: () => void;
}

/**
 * Lets many tasks run in one process, one step at a time: at each step a task waits until the dice choose it. The same seed gives
 * the same order, on every machine and database.
 */
export class Schedule {
  readonly #dice: Dice;
  readonly #waiting: Waiting[] = [];
  #running = 0;
  #idle: (() => void) | null = null;

  constructor(dice: Dice) {
    this.#dice = dice;
  }

  /** Starts a task; it takes its first step when the dice choose it. */
  start(machine: string, task: (turn: Turn) => Promise<void>): void {
    const turn: Turn = () => this.#wait(machine);
    this.#running += 1;
    void (async () => {
      try {
        await turn();
        await task(turn);
      } finally {
        this.#running -= 1;
        this.#settle();
      }
    })().catch((error: unknown) => (this.failure ??= error));
  }

  /** What a task ended with that nobody expected. */
  failure: unknown = null;

  /** Whether nothing is left to run. */
  get done(): boolean {
    return this.#running === 0;
  }

  get machines(): ReadonlySet<string> {
    return new Set(this.#waiting.map(({ machine }) => machine));
  }

  /** Lets one task take one step, and waits until it has. */
  async step(): Promise<void> {
    if (this.#waiting.length === 0) return;
    const [next] = this.#waiting.splice(this.#dice.below(this.#waiting.length), 1);
    const idle = new Promise<void>((resolve) => (this.#idle = resolve));
    next?.go();
    await idle;
    if (this.failure !== null) throw this.failure;
  }

  #wait(machine: string): Promise<void> {
    return new Promise((go) => {
      this.#waiting.push({ machine, go });
      this.#settle();
    });
  }

  /** Every task that runs waits for its turn: the step is over. */
  #settle(): void {
    if (this.#waiting.length < this.#running) return;
    const idle = this.#idle;
    this.#idle = null;
    idle?.();
  }
}
