import { availableParallelism } from 'node:os';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { GENESIS } from '../audit-hash.ts';
import type { ChainHead } from '../audit-records.ts';
import { scanSegment, type ChainPart, type ScannedSegment, type Segment } from './scan-segment.ts';

// This module is also what the threads run: they load it and find their segment in workerData.
if (!isMainThread && isSegment(workerData)) parentPort?.postMessage(scanSegment(workerData));

/** Fewer events are scanned sooner than a thread starts. */
const EVENTS_WORTH_A_THREAD = 20_000;
const MOST_THREADS = 4;
/** Rows are looked at once and forgotten; left alone, the collector lets ten times the rows take twice the memory. */
const THREAD_LIMITS = { maxYoungGenerationSizeMb: 8, maxOldGenerationSizeMb: 256 };

export interface ScannedChain {
  readonly events: number;
  readonly entries: number;
  readonly executions: number;
}

/**
 * Checks all chains at once, in the order the rows were written, with a thread for each processor. Answers what each chain
 * holds, or null when anything is amiss or out of order: then only the slower proof, in the order of the chains, can tell.
 */
export async function scanAuditChain(
  whole: Segment,
  heads: readonly ChainHead[],
): Promise<ReadonlyMap<string, ScannedChain> | null> {
  const scanned = await Promise.all(
    segmentsOf(whole).map(async (segment, _, all) => (all.length === 1 ? scanSegment(segment) : inThread(segment))),
  );
  const tied = tie(scanned);
  if (tied === null || tied.size > heads.length) return null;
  const chains = new Map<string, ScannedChain>();
  for (const head of heads) {
    const part = tied.get(head.chain) ?? null;
    if (!endsAtHead(part, head)) return null;
    chains.set(head.chain, {
      events: part?.events ?? 0,
      entries: part?.entries ?? 0,
      executions: part?.executions ?? 0,
    });
  }
  return [...tied.keys()].every((chain) => chains.has(chain)) ? chains : null;
}

function segmentsOf(whole: Segment): Segment[] {
  const rows = whole.last - whole.first + 1;
  const threads = Math.max(1, Math.min(MOST_THREADS, availableParallelism(), Math.floor(rows / EVENTS_WORTH_A_THREAD)));
  const size = Math.ceil(rows / threads);
  return Array.from({ length: threads }, (_, index) => ({
    ...whole,
    first: whole.first + index * size,
    last: Math.min(whole.last, whole.first + (index + 1) * size - 1),
  }));
}

function inThread(segment: Segment): Promise<ScannedSegment> {
  const { promise, resolve, reject } = Promise.withResolvers<ScannedSegment>();
  const worker = new Worker(new URL(import.meta.url), {
    workerData: { ...segment, scans: true },
    resourceLimits: THREAD_LIMITS,
  });
  worker.once('message', resolve);
  worker.once('error', (error) => (outOfMemory(error) ? resolve(null) : reject(error)));
  worker.once('exit', () => reject(new Error('a thread ended without an answer')));
  return promise;
}

/** More chains than memory holds: that many can only have been put there. */
const outOfMemory = (error: Error): boolean => 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY';

function isSegment(data: unknown): data is Segment {
  return typeof data === 'object' && data !== null && 'scans' in data;
}

/** The parts of each chain, tied end to end; null when two do not fit. */
function tie(scanned: readonly ScannedSegment[]): Map<string, ChainPart> | null {
  const chains = new Map<string, ChainPart>();
  for (const segment of scanned) {
    if (segment === null) return null;
    for (const [chain, part] of Object.entries(segment)) {
      const before = chains.get(chain);
      const joined = before === undefined ? part : join(before, part);
      if (joined === null) return null;
      chains.set(chain, joined);
    }
  }
  return chains;
}

function join(before: ChainPart, after: ChainPart): ChainPart | null {
  if (after.firstSeq !== before.seq + 1 || after.firstPrevious !== before.hash) return null;
  if (after.entries > 0 && before.entries > 0 && after.firstEntry <= before.lastEntry) return null;
  return {
    ...before,
    seq: after.seq,
    hash: after.hash,
    events: before.events + after.events,
    entries: before.entries + after.entries,
    firstEntry: before.entries > 0 ? before.firstEntry : after.firstEntry,
    lastEntry: Math.max(before.lastEntry, after.lastEntry),
    executions: before.executions + after.executions,
  };
}

/** From the genesis to the kept head, with every entry of the fund's book told of once: seqs rise, and there are as many. */
function endsAtHead(part: ChainPart | null, head: ChainHead): boolean {
  const entrySeq = head.fund?.entrySeq ?? 0;
  if (part === null) return head.headSeq === 0 && head.headHash === GENESIS && entrySeq === 0;
  return (
    part.firstSeq === 1 &&
    part.firstPrevious === GENESIS &&
    part.seq === head.headSeq &&
    part.hash === head.headHash &&
    part.entries === entrySeq &&
    part.lastEntry === entrySeq
  );
}
