import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import type { Moment } from './moments.ts';
import { TOOL } from './tool.ts';

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The built tool while it runs, as a process of its own. */
export interface Begun {
  readonly ended: Promise<Ended>;
  /** Waits until it has said something on standard error, and answers what matched. */
  said(pattern: RegExp): Promise<RegExpExecArray>;
  /** Asks it to end, as a person at the terminal or the system does. */
  signal(name: 'SIGINT' | 'SIGTERM'): void;
  /** kill -9, when it has not ended by itself; throws when it has. */
  kill(): Promise<void>;
}

/** The tool on its way to a moment. */
export interface Stopping extends Begun {
  /** Waits until it stands still there; answers what lets it go on. Throws when it ends before. */
  readonly stands: Promise<() => void>;
}

/** Begins a run of the tool. */
export function beginTool(args: readonly string[], env: Readonly<Record<string, string>>): Begun {
  const child = spawn(process.execPath, [TOOL, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (piece: Buffer) => (stdout += piece.toString()));
  child.stderr.on('data', (piece: Buffer) => (stderr += piece.toString()));
  let over = false;
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      over = true;
      resolve({ code, signal, stdout, stderr });
    });
  });
  return {
    ended,
    said: async (pattern) => {
      for (;;) {
        const found = pattern.exec(stderr);
        if (found !== null) return found;
        if (over) throw new Error(`it ended without ${pattern.source}:\n${stdout}${stderr}`);
        await pause(5);
      }
    },
    signal: (name) => void child.kill(name),
    kill: async () => {
      child.kill('SIGKILL');
      const { signal, code } = await ended;
      if (signal !== 'SIGKILL') throw new Error(`it had ended by itself with ${code}:\n${stdout}${stderr}`);
    },
  };
}

/** Begins a run that stops inside itself: at a moment of its SQLite, or at a file (see stop-inside.ts). */
export function stoppingInside(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  moment: Moment,
): Stopping {
  const directory = mkdtempSync(join(tmpdir(), 'treasury-stop-'));
  const sign = join(directory, 'stopped');
  const begun = beginTool(args, {
    ...env,
    NODE_OPTIONS: `--import=${pathToFileURL(join(import.meta.dirname, 'stop-inside.ts')).href}`,
    STOP_INSIDE: JSON.stringify({ moment, sign }),
  });
  let over = false;
  const end = begun.ended.then(() => {
    over = true;
    rmSync(directory, { recursive: true, force: true });
  });
  const there = async (): Promise<() => void> => {
    while (!existsSync(sign) && !over) await pause(5);
    // Who has ended never stands.
    await (over ? end.then(() => new Promise<never>(() => undefined)) : undefined);
    return () => rmSync(sign, { force: true });
  };
  return stoppingAt(begun, there());
}

/** A run that stands still when `there` says so. */
export function stoppingAt(begun: Begun, there: Promise<() => void>): Stopping {
  const early = begun.ended.then(({ code, stdout, stderr }) => {
    throw new Error(`it ended with ${code} before its moment:\n${stdout}${stderr}`);
  });
  const stands = Promise.race([there, early]);
  // Whoever kills it earlier waits for nothing.
  stands.catch(() => undefined);
  early.catch(() => undefined);
  return { ...begun, stands };
}
