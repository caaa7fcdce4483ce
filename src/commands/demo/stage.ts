import { spawn } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Context } from '../context.ts';
import type { Person } from './cast.ts';

const Answer = z.looseObject({
  data: z.unknown().optional(),
  error: z.looseObject({ message: z.string() }).optional(),
});

export interface Played {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A stage on which people type real commands: each runs this very tool in the demo's directory, under its own session. */
export class Stage {
  readonly directory: string;
  readonly #context: Context;
  readonly #columns: number;
  readonly #stopped: () => boolean;

  constructor(directory: string, context: Context, how: { columns: number; stopped: () => boolean }) {
    this.directory = directory;
    this.#context = context;
    this.#columns = how.columns;
    this.#stopped = how.stopped;
    for (const part of ['sessions', 'passwords', 'outbox'])
      mkdirSync(join(directory, part), { recursive: true, mode: 0o700 });
  }

  /** Says what happens next in the story. */
  tell(text: string): void {
    this.#print(`\n${text}\n`);
  }

  /** Types a command as a person and shows it with everything it answers. Throws when it ends otherwise than expected. */
  async show(
    person: Person,
    args: readonly string[],
    how: { input?: string; exitCode?: number; typed?: string } = {},
  ): Promise<Played> {
    this.#print(`\n${person}$ ${how.typed ?? typedLine(args)}\n`);
    const played = await this.#run(person, args, how.input);
    const lines = `${played.stdout}${played.stderr}`.trimEnd();
    if (lines !== '') this.#print(`${lines.replaceAll(/^(?=.)/gm, '  ')}\n`);
    if (played.exitCode !== 0) this.#print(`  [exit ${played.exitCode}]\n`);
    requireExit(args, played, how.exitCode ?? 0);
    return played;
  }

  /** Types a command without showing it and answers its data. */
  async quietly(person: Person, args: readonly string[], input?: string): Promise<unknown> {
    const played = await this.#run(person, [...args, '--json'], input);
    requireExit(args, played, 0);
    return Answer.parse(JSON.parse(played.stdout)).data;
  }

  /** The code in the newest mail, as its reader would copy it. */
  newestCode(): string {
    const outbox = join(this.directory, 'outbox');
    const newest = readdirSync(outbox).toSorted().at(-1);
    const mail = newest === undefined ? '' : readFileSync(join(outbox, newest), 'utf8');
    const code = /^(\d{6})\s*$/m.exec(mail)?.[1];
    if (code === undefined) throw new Error('the demo found no code in the outbox');
    return code;
  }

  /** When it is on the stage. */
  now(): Date {
    return this.#context.now();
  }

  sessionFile(person: Person): string {
    return join(this.directory, 'sessions', person);
  }

  #print(text: string): void {
    this.#context.say(text.replace(/\n$/, ''));
  }

  /** Nothing is typed, and no answer shown, once the play was stopped. */
  async #run(person: Person, args: readonly string[], input = ''): Promise<Played> {
    if (this.#stopped()) throw new Error('the demo was stopped');
    const played = await this.#typed(person, args, input);
    if (this.#stopped()) throw new Error('the demo was stopped');
    return played;
  }

  #typed(person: Person, args: readonly string[], input: string): Promise<Played> {
    const [tool] = process.argv.slice(1);
    if (tool === undefined) throw new Error('the demo does not know where this tool lies');
    const kept = Object.entries(this.#context.env).filter(
      ([name]) => !name.startsWith('TREASURY_') && name !== 'FORCE_COLOR',
    );
    const env = {
      ...Object.fromEntries(kept),
      TREASURY_HOME: this.directory,
      TREASURY_SESSION_FILE: this.sessionFile(person),
      COLUMNS: String(this.#columns),
      NO_COLOR: '1',
    };
    return new Promise((resolve, reject) => {
      // Files are named as who types sees them.
      const child = spawn(process.execPath, [tool, ...args], { env, stdio: 'pipe', cwd: this.directory });
      const output = { stdout: '', stderr: '' };
      child.stdout.setEncoding('utf8').on('data', (text: string) => (output.stdout += text));
      child.stderr.setEncoding('utf8').on('data', (text: string) => (output.stderr += text));
      child.on('error', reject);
      child.on('close', (code) => resolve({ exitCode: code ?? 1, ...output }));
      child.stdin.end(input);
    });
  }
}

function requireExit(args: readonly string[], played: Played, expected: number): void {
  if (played.exitCode === expected) return;
  throw new Error(
    `${typedLine(args)} ended with ${played.exitCode} instead of ${expected}:\n${played.stdout}${played.stderr}`,
  );
}

const typedLine = (args: readonly string[]): string =>
  `treasury ${args.map((arg) => (/^[\w./,:=@-]+$/.test(arg) ? arg : `"${arg}"`)).join(' ')}`;
