import pty from '@lydell/node-pty';
import { execa } from 'execa';
import { rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { stripVTControlCharacters } from 'node:util';
import { PROJECT } from './build.ts';
import { scratchDirectory } from './scratch.ts';
import type { Done } from './standing-process.ts';
import { standingTool } from './standing-tool.ts';

/** The file that an installation puts on the PATH as `treasury`. */
export const TOOL = path.join(PROJECT, 'bin', 'treasury.js');

export interface ToolOptions {
  /** Becomes TREASURY_HOME and HOME; without it an empty directory for this one run. */
  readonly home?: string;
  /** On top of the clean environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** What is piped to standard input; without it standard input is empty, not a terminal. */
  readonly input?: string;
  readonly cwd?: string;
}

export interface ToolRun {
  /** 128 plus the signal's number when a signal ended it, as a shell says. */
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Standard output as one JSON document; throws with all that was printed when it is not. */
  json<T>(): T;
}

const RUN_DEADLINE_MS = 120_000;

/** Runs the built tool as a process of its own and gives what it printed, whatever its exit code. */
export async function treasury(args: readonly string[], options: ToolOptions = {}): Promise<ToolRun> {
  const home = options.home ?? newHome();
  const run = await execa(process.execPath, [TOOL, ...args], {
    env: toolEnvironment(home, options.env),
    extendEnv: false,
    cwd: options.cwd ?? home,
    input: options.input ?? '',
    reject: false,
    stripFinalNewline: false,
    timeout: RUN_DEADLINE_MS,
  });
  if (options.home === undefined) removeHome(home);
  const { stdout, stderr } = run;
  const exitCode = run.exitCode ?? signalExitCode(run.signal);
  if (run.timedOut || exitCode === undefined) {
    throw new Error(`treasury ${args.join(' ')} did not run to its end: ${run.message}`, { cause: run });
  }
  return toolRun(args, { exitCode, stdout, stderr });
}

/** The same in the standing tool, for what needs no process of its own; those that are begun while another runs get theirs. */
export async function treasuryStanding(args: readonly string[], options: ToolOptions = {}): Promise<ToolRun> {
  const { home = newHome(), env, cwd = home, input = '' } = options;
  const done = await standingTool({ tool: TOOL, args, env: toolEnvironment(home, env), cwd, input });
  if (options.home === undefined) removeHome(home);
  return done === undefined ? treasury(args, options) : toolRun(args, done);
}

const toolRun = (args: readonly string[], done: Done): ToolRun => ({
  ...done,
  json: <T>() => parseJson(args, done) as T,
});

/** The environment of a fresh login with nothing set: no TREASURY_*, no NO_COLOR, no CI, UTC; and `env` on top. */
export function toolEnvironment(home: string, env: ToolOptions['env'] = {}): Record<string, string> {
  return { PATH: process.env['PATH'] ?? '', LANG: 'C.UTF-8', TZ: 'UTC', HOME: home, TREASURY_HOME: home, ...env };
}

export type Key = 'enter' | 'ctrl-c' | 'ctrl-d' | 'escape' | 'up' | 'down' | 'tab' | 'backspace';

export interface TerminalSession {
  /** Waits for a text printed since the last key; throws with the screen when it does not come or the tool ends first. */
  waitFor(text: string | RegExp, timeoutMs?: number): Promise<void>;
  type(text: string): void;
  press(key: Key): void;
  /** Everything printed so far, escape codes and carriage returns taken out: a record, not a picture. */
  screen(): string;
  raw(): string;
  kill(): void;
  readonly exit: Promise<{ readonly exitCode: number; readonly signal: number }>;
}

export interface TerminalOptions extends Pick<ToolOptions, 'home' | 'env' | 'cwd'> {
  readonly columns?: number;
  readonly rows?: number;
}

const KEYS: Readonly<Record<Key, string>> = {
  enter: '\r',
  'ctrl-c': '\x03',
  'ctrl-d': '\x04',
  escape: '\x1b',
  up: '\x1b[A',
  down: '\x1b[B',
  tab: '\t',
  backspace: '\x7f',
};

/** Runs the built tool in a pseudo-terminal, as a cashier would see it. */
export function treasuryInTerminal(args: readonly string[], options: TerminalOptions = {}): TerminalSession {
  const home = options.home ?? newHome();
  const terminal = pty.spawn(process.execPath, [TOOL, ...args], {
    name: options.env?.['TERM'] ?? 'xterm-256color',
    cols: options.columns ?? 100,
    rows: options.rows ?? 30,
    cwd: options.cwd ?? home,
    env: { TERM: 'xterm-256color', ...toolEnvironment(home, options.env) },
  });
  let printed = '';
  let sinceKey = 0;
  let ended = false;
  terminal.onData((data) => (printed += data));
  const exit = new Promise<{ exitCode: number; signal: number }>((resolve) => {
    terminal.onExit(({ exitCode, signal }) => {
      ended = true;
      if (options.home === undefined) removeHome(home);
      resolve({ exitCode, signal: signal ?? 0 });
    });
  });
  const send = (keys: string): void => {
    sinceKey = printed.length;
    terminal.write(keys);
  };
  return {
    waitFor: async (text, timeoutMs = 60_000) => {
      const deadline = performance.now() + timeoutMs;
      while (!shows(readable(printed.slice(sinceKey)), text)) {
        if (ended || performance.now() > deadline) {
          const why = ended ? 'The tool ended' : `${timeoutMs} ms passed`;
          throw new Error(`${why} without ${String(text)}. The screen:\n${readable(printed)}`);
        }
        await pause(10);
      }
    },
    type: send,
    press: (key) => send(KEYS[key]),
    screen: () => readable(printed),
    raw: () => printed,
    kill: () => (ended ? undefined : terminal.kill('SIGKILL')),
    exit,
  };
}

function shows(screen: string, text: string | RegExp): boolean {
  return typeof text === 'string' ? screen.includes(text) : screen.search(text) >= 0;
}

function readable(printed: string): string {
  return stripVTControlCharacters(printed).replaceAll('\r', '');
}

function signalExitCode(signal: string | undefined): number | undefined {
  const number = signal === undefined ? undefined : os.constants.signals[signal as NodeJS.Signals];
  return number === undefined ? undefined : 128 + number;
}

function parseJson(args: readonly string[], { exitCode, stdout, stderr }: Done): unknown {
  try {
    return JSON.parse(stdout);
  } catch (error) {
    const command = `treasury ${args.join(' ')} (exit code ${exitCode})`;
    throw new Error(`${command} did not print one JSON document:\n${stdout}\n${stderr}`, { cause: error });
  }
}

function newHome(): string {
  return scratchDirectory('treasury-home-');
}

function removeHome(home: string): void {
  rmSync(home, { recursive: true, force: true });
}
