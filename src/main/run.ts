import { existsSync } from 'node:fs';
import type { Command, Result } from '../commands/command.ts';
import type { GlobalFlags } from '../commands/context.ts';
import { roughFlags } from '../commands/global-flags.ts';
import { inputOf, requireInputs, type Values } from '../commands/input.ts';
import { type Face, type Outlet, printFailure, printResult, sayOn } from '../commands/print.ts';
import { refuseUnknownFields } from '../commands/known-fields.ts';
import { readCommandLine } from '../commands/program.ts';
import { isReadByAll } from '../commands/read-by-all.ts';
import type { Meta } from '../documents/envelope.ts';
import { Problem, type ProblemKind, usage } from '../domain/problem.ts';
import { writeAnswer } from '../terminal/answer.ts';
import { isAsciiOnly, NO_PAINT, paintFor, resolveColour } from '../terminal/colour.ts';
import { type Output, terminalWidth } from '../terminal/output.ts';
import { openContext, type OpenedContext } from './context.ts';
import { failureOf, stackOf } from './failure.ts';
import { interruption, type Interruption } from './interruption.ts';
import { directoriesOf, placesOf } from './places.ts';
import { settingOf, settingsOf } from './settings.ts';
import { VERSION } from './version.ts';

/** The process as the tool sees it. */
export interface Surroundings {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdout: Output;
  readonly stderr: Output;
  readonly clock: () => Date;
  readonly exitCodes: Readonly<Record<ProblemKind, number>>;
  /** Told which command was asked for, once that is known. */
  readonly understood: (command: string) => void;
}

/** Runs one command line to its end, prints its answer, and gives the exit code. Throws nothing. */
export async function run(surroundings: Surroundings): Promise<number> {
  const state: State = { flags: roughFlags(surroundings.argv), command: null, opened: undefined };
  const interrupted = interruption(() => state.opened?.progress() ?? 'nothing');
  try {
    return await Promise.race([answer(surroundings, state, interrupted), interrupted.promise]);
  } catch (error) {
    return await fail(surroundings, state, error);
  } finally {
    await Promise.race([state.opened?.close(), interrupted.patience()]);
    interrupted.release();
  }
}

/** What is known so far; an error is answered with it. */
interface State {
  flags: GlobalFlags;
  command: string | null;
  opened: OpenedContext | undefined;
}

async function answer(surroundings: Surroundings, state: State, interrupted: Interruption): Promise<number> {
  if (surroundings.argv.length > 0) return answerAsked(surroundings, state, interrupted);
  // Without a word it says what waits for whoever is logged in, and how to begin to everybody else.
  if (await mayBeLoggedIn(surroundings.env)) {
    try {
      return await answerAsked({ ...surroundings, argv: ['status'] }, state, interrupted);
    } catch (error) {
      if (!(error instanceof Problem) || !LOGGED_OUT.has(error.code)) throw error;
    }
  }
  await answerAsked(surroundings, state, interrupted);
  const face = await faceOf(surroundings, 'stdout', state.flags.color);
  await sayOn(face, `\n${(await hasOffice(surroundings, state.flags)) ? LOG_IN : BEGIN}`);
  return 0;
}

const LOG_IN = 'You are not logged in: treasury login --user NAME';
const BEGIN = 'There is no office here yet. See one at work: treasury demo. Set yours up: treasury init --help';

const LOGGED_OUT: ReadonlySet<string> = new Set(['SESSION_MISSING', 'SESSION_EXPIRED']);

/** Whether there is a database, as far as that can be told without opening it. */
async function hasOffice({ env }: Surroundings, flags: GlobalFlags): Promise<boolean> {
  const directories = await directoriesOf(env);
  const settings = await settingsOf(flags, env, placesOf(env, directories, null).configFile);
  const { databaseUrl } = placesOf(env, directories, settingOf(settings, 'database_url'));
  const { isPostgres, sqlitePath } = await import('../store/open.ts');
  return isPostgres(databaseUrl) || existsSync(sqlitePath(databaseUrl));
}

async function mayBeLoggedIn(env: Surroundings['env']): Promise<boolean> {
  const { sessionFile, tokenFile } = placesOf(env, await directoriesOf(env), null);
  return tokenFile !== null || existsSync(sessionFile);
}

async function answerAsked(surroundings: Surroundings, state: State, interrupted: Interruption): Promise<number> {
  const { argv, env, stdout } = surroundings;
  const asked = await readCommandLine(argv);
  if (asked.kind === 'help') {
    const { helpFor } = await import('../commands/help.ts');
    await writeAnswer(stdout, await helpFor(asked.words, terminalWidth(stdout, env)));
    return 0;
  }
  state.flags = asked.flags;
  const { command, flags, values } = asked;
  state.command = command.path;
  surroundings.understood(command.path);
  refuseFlags(command, flags);
  const saveData =
    flags.out === null || flags.out === '-' ? undefined : (await import('./out-file.ts')).outFile(flags.out);
  const err = await faceOf(surroundings, 'stderr', flags.color);
  state.opened = await openContext({
    command,
    flags,
    env,
    clock: surroundings.clock,
    talk: err,
    gently: interrupted.gently,
  });
  const { context } = state.opened;
  await authorise(command, values, state.opened);
  const wrote = command.writes || command.writesWith?.(inputOf(values)) === true;
  if (wrote) await refuseUnknownFields(command, flags);
  const { result, warnings, replayed } = await carryOut(command, values, state.opened);
  await state.opened.settle();
  if (interrupted.happened()) return 0;
  const color = colourFlag(settingOf(context.settings, 'color'));
  const outlet: Outlet = {
    out: saveData === undefined ? await faceOf(surroundings, 'stdout', color) : plainFace(stdout),
    err: await faceOf(surroundings, 'stderr', color),
    saveData,
  };
  const meta = { ...metaOf(surroundings, state), replayed };
  const told = await forReader(result, state.opened, wrote);
  await printResult({ command, result: told, flags, warnings: warnings(), meta, wrote }, outlet);
  return result.exitCode ?? 0;
}

/** The same with what comes next for whoever reads it. Once something is done, that it cannot be told is no failure. */
async function forReader(result: Result, { context, actorName }: OpenedContext, wrote: boolean): Promise<Result> {
  const { next = [] } = result.human;
  if (context.flags.json || context.flags.quiet || actorName() === null || next.every(isReadByAll)) return result;
  try {
    const { stepsFor } = await import('../commands/next-steps.ts');
    return { ...result, human: { ...result.human, next: await stepsFor(context, next) } };
  } catch (error) {
    if (!wrote || !(error instanceof Problem)) throw error;
    return result;
  }
}

interface Answered {
  readonly result: Result;
  /** Everything to warn of, also of what is done after the command. */
  readonly warnings: () => readonly string[];
  readonly replayed: boolean;
}

/** Runs a command, or gives the answer again that its idempotency key stands for. */
async function carryOut(command: Command, values: Values, opened: OpenedContext): Promise<Answered> {
  const { context, warnings: said } = opened;
  const { idempotencyKey: key } = context.flags;
  const input = inputOf(values);
  if (key === null || !(command.writes || command.writesWith?.(input) === true)) {
    const result = await command.run(context, input);
    return { result, warnings: () => [...said, ...(result.warnings ?? [])], replayed: false };
  }
  const { runUnderKey } = await import('./under-key.ts');
  const run = { command, values, key, context, keyed: await opened.keyed(), warnings: said };
  const { result, warnings, replayed } = await runUnderKey(run);
  const before = said.length;
  return { result, warnings: () => [...warnings, ...said.slice(before)], replayed };
}

/** The role comes before missing flags: who may not do a thing is not told how it is done. */
async function authorise(command: Command, values: Values, { context }: OpenedContext): Promise<void> {
  if (command.access !== 'open') await context.actor();
  requireInputs(command, values);
}

function refuseFlags(command: Command, flags: GlobalFlags): void {
  if (command.writes && flags.readOnly) {
    throw usage('READ_ONLY', `treasury ${command.path} writes, and --read-only was given.`, {
      unchanged: 'Nothing was changed.',
    });
  }
}

async function fail(surroundings: Surroundings, state: State, error: unknown): Promise<number> {
  const { flags, opened } = state;
  const failure = failureOf(error, surroundings.exitCodes, state.command);
  const color = colourFlag(opened === undefined ? flags.color : settingOf(opened.context.settings, 'color'));
  await printFailure(
    {
      failure,
      flags,
      warnings: opened?.warnings ?? [],
      meta: metaOf(surroundings, state),
      stack: flags.debug ? stackOf(error) : undefined,
    },
    { out: plainFace(surroundings.stdout), err: await faceOf(surroundings, 'stderr', color) },
  );
  return failure.exitCode;
}

const metaOf = ({ clock }: Surroundings, { flags, opened }: State): Meta => ({
  actor: opened?.actorName() ?? null,
  at: clock().toISOString(),
  dry_run: flags.dryRun,
  replayed: false,
  version: VERSION,
});

/** A file, or JSON: no colours, no width. */
const plainFace = (stream: Output): Face => ({ stream, width: Infinity, paint: NO_PAINT, ascii: false });

const colourFlag = (setting: string | null): GlobalFlags['color'] =>
  setting === 'always' || setting === 'never' ? setting : 'auto';

async function faceOf(
  surroundings: Surroundings,
  name: 'stdout' | 'stderr',
  flag: GlobalFlags['color'],
): Promise<Face> {
  const { env, [name]: stream } = surroundings;
  const paint = await paintFor(resolveColour({ flag, env, stream }));
  return { stream, width: terminalWidth(stream, env), paint, ascii: stream.isTTY === true && isAsciiOnly(env) };
}
