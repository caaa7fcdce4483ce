import { execa } from 'execa';
import { added, NOTHING, type Total } from './total.ts';

export interface Shared {
  readonly seed: number;
  readonly worlds: number;
  readonly jobs: number;
  /** The program that plays worlds in one process. */
  readonly main: string;
}

/**
 * Shares worlds out to processes, each with seeds that follow each other; what each says of worlds that fail is passed on, and all
 * end with the first that fails, unless it was asked to go on. Throws when one ends without having said what its worlds came to.
 */
export async function playInProcesses({ seed, worlds, jobs, main }: Shared): Promise<Total> {
  const share = Math.ceil(worlds / jobs);
  const shares = Array.from({ length: jobs }, (_, job) => ({
    seed: seed + job * share,
    worlds: Math.min(share, worlds - job * share),
  })).filter((one) => one.worlds > 0);
  const stop = new AbortController();
  const totals = await Promise.all(
    shares.map(async (one) => {
      const total = await playInProcess(main, one, stop.signal);
      if (total.failed > 0 && !process.argv.includes('--all')) stop.abort();
      return total;
    }),
  );
  return totals.reduce(added, NOTHING);
}

async function playInProcess(
  main: string,
  { seed, worlds }: { readonly seed: number; readonly worlds: number },
  cancelSignal: AbortSignal,
): Promise<Total> {
  // What is said twice counts as it was said last.
  const given = [...process.argv.slice(2), '--seed', `${seed}`, '--worlds', `${worlds}`, '--jobs', '1'];
  const ended = await execa('node', [main, ...given], {
    ...{ cancelSignal, reject: false, preferLocal: true, stderr: 'inherit' },
  });
  if (ended.isCanceled) return NOTHING;
  const lines = ended.stdout.split('\n');
  const last = lines.pop() ?? '';
  for (const line of lines) process.stdout.write(`${line}\n`);
  if (!last.startsWith('{')) throw new Error(`worlds from ${seed} on ended with ${ended.exitCode}: ${last}`);
  return JSON.parse(last) as Total;
}
