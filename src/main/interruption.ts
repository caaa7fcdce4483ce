import { Problem } from '../domain/problem.ts';
import type { Progress } from './watched-store.ts';

/** How long an interrupted command may take to let go of its database. */
const PATIENCE_MS = 2000;

export interface Interruption {
  /** Whether it has come: nothing more is printed for the command then. */
  readonly happened: () => boolean;
  /** Rejects at the first Ctrl-C or SIGTERM, and never resolves. */
  readonly promise: Promise<never>;
  /** While this work goes on, the first Ctrl-C or SIGTERM only tells it to come to an end by itself. */
  readonly gently: <T>(work: (stop: () => StopCode | null) => Promise<T>) => Promise<T>;
  /** Without an interruption for ever, else a short time. */
  patience(): Promise<void>;
  /** Stops listening. */
  release(): void;
}

/** Turns Ctrl-C and SIGTERM into an answer. The second one kills: nobody listens for it any more. */
export function interruption(progress: () => Progress): Interruption {
  let came: NodeJS.Signals | undefined;
  const { promise, reject } = Promise.withResolvers<never>();
  let asked: StopCode | null = null;
  let gentle = false;
  const heard = (signal: keyof typeof EXIT_CODES): void => {
    if (gentle) {
      asked = EXIT_CODES[signal];
      // Nobody listens for the second one, which kills.
      process.off('SIGINT', heard).off('SIGTERM', heard);
      return;
    }
    came = signal;
    stopListening();
    reject(interrupted(EXIT_CODES[signal], progress()));
  };
  process.once('SIGINT', heard);
  process.once('SIGTERM', heard);
  // What is thrown where nobody waits for it, such as by a lost connection, is a bug like any other.
  process.once('uncaughtException', reject);
  const stopListening = () => process.off('SIGINT', heard).off('SIGTERM', heard).off('uncaughtException', reject);
  // Only raced against: nobody is told of an interruption after the end.
  promise.catch(() => undefined);
  return {
    promise,
    happened: () => came !== undefined,
    gently: async (work) => {
      gentle = true;
      try {
        return await work(() => asked);
      } finally {
        gentle = false;
      }
    },
    patience: () =>
      new Promise((resolve) => (came === undefined ? undefined : setTimeout(resolve, PATIENCE_MS).unref())),
    release: stopListening,
  };
}

/** The exit code of what was stopped by a signal. */
export type StopCode = 130 | 143;

const EXIT_CODES = { SIGINT: 130, SIGTERM: 143 } as const;

const UNCHANGED: Readonly<Record<Progress, string>> = {
  nothing: 'Nothing was changed.',
  writing: 'Whether the change was saved is not certain: look before you do it again.',
  saved: 'What was saved before stays saved: look before you do it again.',
};

const interrupted = (exitCode: number, progress: Progress): Problem =>
  new Problem('cancelled', 'INTERRUPTED', exitCode === 143 ? 'Terminated.' : 'Interrupted.', {
    unchanged: UNCHANGED[progress],
    exitCode,
  });
