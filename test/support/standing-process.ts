import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { Readable } from 'node:stream';
import type { EXIT_CODES } from '../../src/main/app.ts';
import type { run } from '../../src/main/run.ts';
import type { Output } from '../../src/terminal/output.ts';

/** What the standing tool is asked to do: one command line, with all that its process would have had. */
export interface Order {
  readonly tool: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly input: string;
}

export interface Done {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The build as `main.cjs` loads it, but for the file that ends the process. */
const DIST = path.join(import.meta.dirname, '../../dist');
const require = createRequire(path.join(DIST, 'main.cjs'));

const chunk = (name: string): string => {
  const found = readdirSync(DIST).find((file) => new RegExp(`^${name}-[^.]+\\.cjs$`).test(file));
  if (found === undefined) throw new Error(`the build has no ${name}`);
  return path.join(DIST, found);
};
const built = require(chunk('app')) as { readonly EXIT_CODES: typeof EXIT_CODES };
const frame = require(chunk('frame')) as { readonly run: typeof run };

/** Takes the place of the process: what the tool asks `process` for is what a process of its own would tell. */
function standIn({ tool, args, env, cwd, input }: Order): void {
  process.umask(0o077);
  process.chdir(cwd);
  process.argv = [process.execPath, tool, ...args];
  for (const name of Object.keys(process.env)) if (!(name in env)) delete process.env[name];
  for (const [name, value] of Object.entries(env)) if (process.env[name] !== value) process.env[name] = value;
  const stdin = Readable.from(input === '' ? [] : [Buffer.from(input)]);
  Object.defineProperty(process, 'stdin', { value: stdin, configurable: true });
}

/** A pipe that is read to its end. */
function pipe(): { readonly output: Output; readonly text: () => string } {
  const pieces: Buffer[] = [];
  return {
    output: { write: (text, done) => (pieces.push(Buffer.from(text)), done()), on: () => undefined },
    text: () => Buffer.concat(pieces).toString(),
  };
}

async function carryOut(order: Order): Promise<Done> {
  standIn(order);
  const [stdout, stderr] = [pipe(), pipe()];
  const exitCode = await frame.run({
    argv: order.args,
    env: process.env,
    stdout: stdout.output,
    stderr: stderr.output,
    clock: () => new Date(),
    exitCodes: built.EXIT_CODES,
    understood: () => undefined,
  });
  return { exitCode, stdout: stdout.text(), stderr: stderr.text() };
}

/** An error here is a bug of the tool that `run` lets through: the process ends with it, and whoever waits is told. */
const answer = async (order: Order): Promise<boolean | undefined> => process.send?.(await carryOut(order));

process.on('message', (order: Order) => void answer(order));
process.on('disconnect', () => process.exit());
