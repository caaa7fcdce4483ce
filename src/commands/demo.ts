import { existsSync, mkdirSync, mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Problem, usage } from '../domain/problem.ts';
import { terminalWidth } from '../terminal/output.ts';
import type { Command } from './command.ts';

const WIDEST = 110;

export const command: Command = {
  path: 'demo',
  summary: 'Play a throw-away office from set-up to a proven payment',
  details:
    'No questions, no network, and no TREASURY_* setting is heeded. The directory is a TREASURY_HOME to go on exploring.',
  options: [
    { flags: '--dir <dir>', about: 'empty directory to play in (default: a new temporary one)' },
    { flags: '--seed <n>', about: 'whole number that decides amounts and accounts (default 1)' },
  ],
  examples: [{ command: 'treasury demo --seed 7', about: 'the same seed tells the same story' }],
  access: 'open',
  writes: false,
  document: 'demo',
  async run(context, input) {
    const seed = seedOf(input.optional('seed'));
    const directory = directoryFor(input.optional('dir'));
    const [{ Stage }, { playStory }, { CAST, ADMIN }] = await Promise.all([
      import('./demo/stage.ts'),
      import('./demo/story.ts'),
      import('./demo/cast.ts'),
    ]);
    const width = terminalWidth(process.stdout, context.env);
    const columns = Math.min(Number.isFinite(width) ? width - 2 : WIDEST, WIDEST);
    await context.gently(async (stop) => {
      const stage = new Stage(directory, context, { columns, stopped: () => stop() !== null });
      try {
        await playStory(stage, seed);
      } catch (error) {
        const exitCode = stop();
        throw exitCode === null ? error : interrupted(directory, exitCode);
      }
    });
    return {
      data: { directory, seed, people: [ADMIN, ...CAST.map((person) => person.username)] },
      human: {
        lines: [
          `The office lies in ${directory}.`,
          'Go on as any of its people:',
          `  export TREASURY_HOME=${directory}`,
          '  treasury login --user carol --password-file $TREASURY_HOME/passwords/carol',
          '  treasury payment list --ready',
        ],
      },
    };
  },
};

const interrupted = (directory: string, exitCode: number): Problem =>
  new Problem('cancelled', 'INTERRUPTED', 'Interrupted.', {
    unchanged: `Half an office lies in ${directory}.`,
    fix: `rm -r ${directory}`,
    exitCode,
  });

function seedOf(text: string | undefined): number {
  if (text === undefined) return 1;
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw usage('SEED_INVALID', `${JSON.stringify(text.slice(0, 20))} is not a whole number up to 999999999.`, {
    fix: 'treasury demo --seed 7',
  });
}

function directoryFor(named: string | undefined): string {
  if (named === undefined) return mkdtempSync(join(tmpdir(), 'treasury-demo-'));
  const directory = resolve(named);
  if (existsSync(directory) && readdirSync(directory).length > 0) {
    throw new Problem('usage', 'DIRECTORY_NOT_EMPTY', `${directory} is not empty.`, {
      unchanged: 'It was not touched.',
      fix: 'name a directory that is empty or does not exist',
    });
  }
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  return directory;
}
