import { once } from 'node:events';
import { placeSeams, sabotage } from './real/seams.ts';

// A process that plays sequences for crew.ts: the tool runs inside it, with seams in place that src knows nothing of.

/** What a worker is started for. */
export interface WorkerStart {
  readonly dialect: 'sqlite' | 'postgres';
  /** The Postgres server to use. */
  readonly server: string;
  /** Whether its tasks may break rules of the tool. */
  readonly spoilable: boolean;
}

/** One sequence to play. */
export interface Task {
  readonly seed: number;
  readonly length: number;
  /** Whether a sequence that the two sides disagree on is made as short as it can be. */
  readonly shrink: boolean;
  /** The sabotage that breaks a rule of the tool on purpose; null leaves it honest. */
  readonly sabotage: string | null;
}

const [start] = (await once(process, 'message')) as [WorkerStart];
placeSeams(start);
// Only now, so that everything in them meets the seams.
const { openDatabases } = await import('./real/databases.ts');
const { playShort } = await import('./shrink.ts');

const databases = await openDatabases(start.dialect, start.server);
process.on('message', (task: Task) => void work(task));
process.once('disconnect', () => void databases.close());
process.send?.('ready');

async function work(task: Task): Promise<void> {
  try {
    sabotage(task.sabotage);
    process.send?.({ seed: task.seed, played: await playShort(databases, task) });
  } catch (error) {
    process.send?.({ seed: task.seed, crash: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  }
}
