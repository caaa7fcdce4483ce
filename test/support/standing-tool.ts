import { fork, type ChildProcess } from 'node:child_process';
import path from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Done, Order } from './standing-process.ts';

/**
 * The built tool in a process that stays: a command costs what it does, and not what it costs to begin and end a process as well, which is
 * ten times as much. One command at a time; it ends with the test file. What a process of its own alone can show (how it begins, ends and
 * is stopped) is tested with `treasury` of tool.ts.
 */
let standing: ChildProcess | undefined;
let busy = false;

/** How many commands have been begun just now. */
let together: { count: number } | undefined;

/** Whether each command gets a process of its own: PROCESSES=1 proves that it makes no difference. */
const EACH_ITS_OWN = process.env['PROCESSES'] === '1';

/**
 * Runs a command in the standing tool. Undefined when that is at work already, and for each of several that are begun together: they are
 * to meet as processes do. So it is with what tells Node something, which listens at its beginning only.
 */
export async function standingTool(order: Order): Promise<Done | undefined> {
  if (EACH_ITS_OWN || Object.keys(order.env).some((name) => name.startsWith('NODE_'))) return undefined;
  const begun = (together ??= { count: 0 });
  begun.count += 1;
  await nextTurn();
  together = undefined;
  if (begun.count > 1 || busy) return undefined;
  busy = true;
  try {
    return await ask((standing ??= begin()), order);
  } finally {
    busy = false;
  }
}

function begin(): ChildProcess {
  const child = fork(path.join(import.meta.dirname, 'standing-process.ts'), {
    execArgv: ['--disable-warning=ExperimentalWarning'],
    env: {},
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  letFileEnd(child);
  return child;
}

async function ask(child: ChildProcess, order: Order): Promise<Done> {
  child.ref();
  child.channel?.ref();
  const { promise, resolve, reject } = Promise.withResolvers<Done>();
  const ended = (code: number | null, signal: string | null): void => {
    standing = undefined;
    reject(new Error(`treasury ${order.args.join(' ')} ended the standing tool: ${code ?? signal}`));
  };
  child.once('message', resolve).once('exit', ended);
  child.send(order);
  try {
    return await promise;
  } finally {
    child.off('message', resolve).off('exit', ended);
    letFileEnd(child);
  }
}

/** The tool does not keep the process of a test that has nothing else to do. */
function letFileEnd(child: ChildProcess): void {
  child.unref();
  child.channel?.unref();
}
