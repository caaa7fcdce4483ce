import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import type { Coverage, Played } from './play.ts';
import type { Task, WorkerStart } from './worker.ts';

/** A sequence that model and tool did not agree on, or that broke one of them. */
export interface Failure {
  readonly seed: number;
  readonly disagreement: string;
  readonly story: readonly string[];
}

export interface Report {
  readonly sequences: number;
  readonly failures: readonly Failure[];
  readonly coverage: Coverage;
}

export interface Job extends Omit<Task, 'seed'> {
  readonly seeds: readonly number[];
  /** Sequences that are played at the same time: while one waits for the server, another goes on. */
  readonly atOnce: number;
  /** Hears after each sequence how many have been played. */
  readonly tell?: ((played: number) => void) | undefined;
}

/** A process that plays sequences. */
export interface Player {
  /** Plays sequences until one fails or all have been played. */
  play(job: Job): Promise<Report>;
  close(): Promise<void>;
}

/** Starts a process that plays sequences on databases of its own. */
export async function startPlayer(start: WorkerStart): Promise<Player> {
  const worker = fork(path.join(import.meta.dirname, 'worker.ts'), {
    // Not those of vitest: the tool is loaded as Node itself loads it.
    execArgv: [],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const gone = died(worker);
  // Whoever waits for an answer hears of it; after the end nobody does.
  gone.catch(() => undefined);
  const ready = once(worker, 'message');
  worker.send(start);
  await Promise.race([ready, gone]);
  const replies = new Map<number, (reply: Reply) => void>();
  worker.on('message', (reply: Reply) => replies.get(reply.seed)?.(reply));
  const ask = (task: Task): Promise<Reply> => {
    const answer = new Promise<Reply>((resolve) => replies.set(task.seed, resolve));
    worker.send(task);
    return Promise.race([answer, gone]);
  };
  return {
    play: (job) => playAll(ask, job),
    close: async () => {
      const ended = once(worker, 'exit');
      worker.disconnect();
      await ended;
    },
  };
}

const died = async (worker: ChildProcess): Promise<never> => {
  const [code, signal] = (await once(worker, 'exit')) as [number | null, string | null];
  throw new Error(`a process of the model ended with ${code ?? signal}`);
};

type Reply = { readonly seed: number } & (
  | { readonly played: Played; readonly crash?: undefined }
  | { readonly crash: string; readonly played?: undefined }
);

async function playAll(ask: (task: Task) => Promise<Reply>, job: Job): Promise<Report> {
  const { seeds, atOnce, tell, ...how } = job;
  const failures: Failure[] = [];
  const coverage: Coverage = {};
  let sequences = 0;
  let next = 0;
  const one = async (seed: number): Promise<void> => {
    const { played, crash } = await ask({ seed, ...how });
    sequences += 1;
    tell?.(sequences);
    for (const [key, count] of Object.entries(played?.coverage ?? {})) coverage[key] = (coverage[key] ?? 0) + count;
    if (played === undefined) failures.push({ seed, disagreement: `it broke: ${crash}`, story: [] });
    else if (played.disagreement !== null)
      failures.push({ seed, disagreement: played.disagreement, story: played.story });
  };
  const inTurn = async (): Promise<void> => {
    for (let seed = seeds[next++]; seed !== undefined && failures.length === 0; seed = seeds[next++]) await one(seed);
  };
  await Promise.all(Array.from({ length: atOnce }, inTurn));
  return { sequences, failures, coverage };
}
