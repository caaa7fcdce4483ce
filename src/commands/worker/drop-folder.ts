import { lstatSync, mkdirSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Actor } from '../../domain/access.ts';
import { fileTrouble } from '../../domain/file-trouble.ts';
import { Problem } from '../../domain/problem.ts';
import { autoReconcile } from '../../operations/auto-reconcile.ts';
import type { JobOrder } from '../../operations/carrier.ts';
import type { Context } from '../context.ts';
import { openStatementFile } from '../statement-file.ts';

/** A file that was changed a moment ago may still be written. */
const QUIET_MS = 10_000;

interface Reconciled {
  readonly file: string;
  readonly matched: number;
  readonly failure: string | null;
}

/**
 * Reconciles each file of a folder as `reconcile --auto` does, oldest name first, and moves it to `done` or `failed` in it; beside a
 * failed one lies why. Nothing but plain files is looked at. The same file again adds nothing to the books. Files for which its person
 * may no longer do so stay where they are.
 */
export async function reconcileFolder(context: Context, { acting, schedule }: JobOrder): Promise<string> {
  const { folder, fundId } = schedule;
  if (folder === null || fundId === null) throw new Error(`${schedule.ref} names no folder or no fund`);
  const done: Reconciled[] = [];
  for (const file of filesOf(folder, context.now()))
    done.push(await reconcileFile(context, { actor: await acting(), folder, fundId, file }));
  const failed = done.filter(({ failure }) => failure !== null);
  const matched = done.reduce((all, one) => all + one.matched, 0);
  const summary = `${done.length} ${done.length === 1 ? 'file' : 'files'}, ${matched} matched`;
  if (failed.length === 0) return summary;
  const why = failed.map(({ file, failure }) => `${file}: ${failure ?? ''}`).join(' ');
  throw new Problem('refused', 'FILES_NOT_RECONCILED', `${summary}, ${failed.length} moved to failed. ${why}`);
}

function filesOf(folder: string, now: Date): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => !name.startsWith('.'))
      .filter((name) => {
        const found = lstatSync(path.join(folder, name), { throwIfNoEntry: false });
        return found?.isFile() === true && now.getTime() - found.mtimeMs >= QUIET_MS;
      })
      .toSorted();
  } catch (error) {
    const why = fileTrouble(error, 'reading');
    if (why === null) throw error;
    throw new Problem('external', 'FOLDER_NOT_READ', `The folder ${folder} cannot be read: ${why}.`, {
      unchanged: 'Nothing was reconciled.',
    });
  }
}

interface OneFile {
  readonly actor: Actor;
  readonly folder: string;
  readonly fundId: string;
  readonly file: string;
}

async function reconcileFile(context: Context, { actor, folder, fundId, file }: OneFile): Promise<Reconciled> {
  const name = path.join(folder, file);
  try {
    const matched = await reconcileOpened(context, { actor, fundId, name });
    move(folder, file, 'done');
    return { file, matched, failure: null };
  } catch (error) {
    // What may pass leaves the file where it is; a bug or an alarm is not for this folder to hide.
    if (!(error instanceof Problem) || !FILE_FAULTS.has(error.kind)) throw error;
    const moved = move(folder, file, 'failed');
    written(moved, () => writeFileSync(`${moved}.txt`, `${error.message}\n`, { mode: 0o600 }));
    return { file, matched: 0, failure: error.message };
  }
}

const FILE_FAULTS: ReadonlySet<Problem['kind']> = new Set(['usage', 'refused', 'not_found']);

async function reconcileOpened(
  context: Context,
  { actor, fundId, name }: { actor: Actor; fundId: string; name: string },
): Promise<number> {
  const opened = await openStatementFile(context, name);
  try {
    const { outcome } = await autoReconcile(await context.store(), actor, {
      ...{ fund: fundId, plan: false, acceptUnbalanced: false, tellAll: false, onProgress: () => undefined },
      source: { name, type: null, profile: null, pieces: () => opened.pieces() },
    });
    return outcome.matched;
  } finally {
    opened.close();
  }
}

/** Moves a file into a folder beside it; one of that name that lies there stays. Answers where it is now. */
function move(folder: string, file: string, to: 'done' | 'failed'): string {
  const target = path.join(folder, to);
  written(target, () => mkdirSync(target, { recursive: true, mode: 0o700 }));
  const { name, ext } = path.parse(file);
  let moved = path.join(target, file);
  for (let again = 2; lstatSync(moved, { throwIfNoEntry: false }) !== undefined; again += 1)
    moved = path.join(target, `${name}.${again}${ext}`);
  written(moved, () => renameSync(path.join(folder, file), moved));
  return moved;
}

/** A folder that takes no writes is for its owner to mend, and no end of the worker: the same file again adds nothing to the books. */
function written(place: string, write: () => void): void {
  try {
    write();
  } catch (error) {
    const why = fileTrouble(error, 'writing');
    if (why === null) throw error;
    throw new Problem('external', 'FOLDER_NOT_WRITTEN', `${place} cannot be written: ${why}.`, {
      unchanged: 'The file stays where it is, and is read again the next time.',
    });
  }
}
