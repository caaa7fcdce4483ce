import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { lineDifferences, withPlaceholders } from './transcript-lines.ts';
import { treasury, type ToolOptions, type ToolRun } from './tool.ts';

/**
 * A transcript is a text file of commands and what they print, as an accountant reads it:
 *
 *     # Lines that start with "# " are remarks.
 *     as jane                                     who works from here on: a session file of their own
 *     $ treasury payment create --json ...        a command; below it what it prints, stdout first, then stderr
 *     …                                           any number of lines; within a line, any text
 *     # keep REF = .data.ref                      remembers a value of that command's JSON; {REF} in later lines gives it
 *     $ treasury payment otp {REF} --verify --code-stdin < "{CODE}\n"      text for standard input
 *     Payment <ref> paid <time>, voucher <voucher>, note <any>
 *     [5]                                         the exit code, when it is not 0
 *
 * Words are split as a shell does ('..', "..", \). Blank lines around a command's output do not count. An output line that
 * itself looks like one of the above is written with a backslash before it.
 *
 * With RECORD=1 in the environment the file is written anew with what the tool prints now: to be read before it is committed.
 */
export interface TranscriptOptions extends Pick<ToolOptions, 'env' | 'cwd'> {
  readonly home: string;
  /** Values known from the start; a function is asked each time, such as for the code in the newest mail. */
  readonly variables?: Readonly<Record<string, string | (() => string | Promise<string>)>>;
}

/** Runs a transcript on the built tool. Throws at the first command that prints or exits otherwise, with a diff. */
export async function runTranscript(file: string, options: TranscriptOptions): Promise<void> {
  const play: Play = { file, options, person: undefined, variables: new Map(Object.entries(options.variables ?? {})) };
  const steps = parseTranscript(readFileSync(file, 'utf8'));
  for (const step of steps) {
    if (step.kind === 'as') play.person = step.person;
    else await playCommand(play, step);
  }
  if (RECORDING) writeRecorded(file, steps);
}

const RECORDING = process.env['RECORD'] === '1';

interface Keep {
  readonly name: string;
  readonly keys: readonly string[];
}

interface CommandStep {
  readonly kind: 'command';
  readonly line: number;
  readonly text: string;
  readonly expected: string[];
  readonly keeps: Keep[];
  exitCode: number;
}

type Step = CommandStep | { readonly kind: 'as'; readonly person: string };

interface Play {
  readonly file: string;
  readonly options: TranscriptOptions;
  readonly variables: Map<string, string | (() => string | Promise<string>)>;
  person: string | undefined;
}

/** The steps of a transcript in order. Throws on output that belongs to no command. */
function parseTranscript(text: string): Step[] {
  const steps: Step[] = [];
  let command: CommandStep | undefined;
  for (const [index, line] of text.split('\n').entries()) {
    const [, person] = /^as ([a-z][\w.-]*)$/.exec(line) ?? [];
    const [, name, keys] = /^# keep (\w+) = ((?:\.\w+)+)$/.exec(line) ?? [];
    const [, exitCode] = /^\[(\d+)\]$/.exec(line) ?? [];
    if (line.startsWith('$ ')) {
      command = { kind: 'command', line: index + 1, text: line.slice(2), expected: [], keeps: [], exitCode: 0 };
      steps.push(command);
    } else if (person !== undefined) {
      command = undefined;
      steps.push({ kind: 'as', person });
    } else if (line.startsWith('# ') && name === undefined) continue;
    else if (command === undefined) {
      if (line.trim() !== '') throw new Error(`Line ${index + 1} belongs to no command: ${line}`);
    } else if (name !== undefined && keys !== undefined) command.keeps.push({ name, keys: keys.slice(1).split('.') });
    else if (exitCode !== undefined) command.exitCode = Number(exitCode);
    else command.expected.push(line.replace(/^\\/, ''));
  }
  return steps;
}

async function playCommand(play: Play, step: CommandStep): Promise<void> {
  const { args, input } = await commandLine(play, step);
  const sessions = path.join(play.options.home, 'sessions');
  mkdirSync(sessions, { recursive: true, mode: 0o700 });
  const session = play.person === undefined ? {} : { TREASURY_SESSION_FILE: path.join(sessions, play.person) };
  const run = await treasury(args, {
    ...play.options,
    env: { ...play.options.env, ...session },
    ...(input === undefined ? {} : { input }),
  });
  if (RECORDING) record(play, step, run);
  else await compare(play, step, run);
  for (const { name, keys } of step.keeps) play.variables.set(name, keptValue(play, step, run, keys));
}

/** Splits first and fills in afterwards, so that a value with blanks or quotes stays one word. */
async function commandLine(play: Play, step: CommandStep): Promise<{ args: string[]; input?: string }> {
  const words = shellWords(step.text);
  const filled: string[] = [];
  for (const word of words) filled.push(await fillIn(play, word, `${play.file}:${step.line}`));
  if (filled.shift() !== 'treasury')
    throw new Error(`${play.file}:${step.line}: only treasury is run here: ${step.text}`);
  const redirect = words.indexOf('<') - 1;
  const input = filled[redirect + 1];
  if (redirect < 0 || input === undefined) return { args: filled };
  if (filled.length > redirect + 2)
    throw new Error(`${play.file}:${step.line}: standard input comes last: ${step.text}`);
  return { args: filled.slice(0, redirect), input: input.replaceAll('\\n', '\n') };
}

/** As a POSIX shell does, without expansions; inside double quotes \n stays for the caller. Throws on an open quote. */
function shellWords(text: string): string[] {
  const words: string[] = [];
  let word: string | undefined;
  for (const [, single, double, escaped, blank, plain] of text.matchAll(WORD_PART)) {
    if (plain !== undefined && /['"\\]/.test(plain)) throw new Error(`A quote is not closed: ${text}`);
    if (blank !== undefined) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else word = (word ?? '') + (single ?? double?.replaceAll(/\\(["\\$`])/g, '$1') ?? escaped ?? plain ?? '');
  }
  if (word !== undefined) words.push(word);
  return words;
}

const WORD_PART = /'([^']*)'|"((?:[^"\\]|\\.)*)"|\\(.)|(\s+)|([^\s'"\\]+|['"\\])/g;

async function fillIn(play: Play, text: string, place: string): Promise<string> {
  let filled = '';
  let end = 0;
  for (const found of text.matchAll(/\{([A-Z][A-Z0-9_]*)\}/g)) {
    const value = play.variables.get(found[1] ?? '');
    if (value === undefined) throw new Error(`${place}: nothing kept as ${found[0]}`);
    filled += text.slice(end, found.index) + (typeof value === 'string' ? value : await value());
    end = found.index + found[0].length;
  }
  return filled + text.slice(end);
}

async function compare(play: Play, step: CommandStep, run: ToolRun): Promise<void> {
  const place = `${play.file}:${step.line}`;
  const expected: string[] = [];
  for (const line of trimmedLines(step.expected)) expected.push(await fillIn(play, line, place));
  const actual = trimmedLines(`${run.stdout}${run.stderr}`.split('\n'));
  const differences = lineDifferences(expected, actual);
  if (run.exitCode !== step.exitCode) differences.push(`-[${step.exitCode}]`, `+[${run.exitCode}]`);
  if (differences.every((line) => line.startsWith(' '))) return;
  const as = play.person === undefined ? '' : `as ${play.person}: `;
  throw new Error(`${place}\n${as}$ ${step.text}\n--- expected\n+++ printed\n${differences.join('\n')}\n`);
}

/** Takes what was printed as what is expected; the values of variables and what differs from run to run become names. */
function record(play: Play, step: CommandStep, run: ToolRun): void {
  const names = [...play.variables].filter(([, value]) => typeof value === 'string');
  step.exitCode = run.exitCode;
  step.expected.splice(
    0,
    Infinity,
    ...trimmedLines(`${run.stdout}${run.stderr}`.split('\n')).map((line) => {
      const named = names.reduce((text, [name, value]) => text.replaceAll(value as string, `{${name}}`), line);
      return withPlaceholders(named).replace(/^(?=\$ |# |\[\d+\]$)/, '\\');
    }),
  );
}

function writeRecorded(file: string, steps: readonly Step[]): void {
  const recorded = new Map(steps.flatMap((step) => (step.kind === 'command' ? [[step.line, step] as const] : [])));
  const lines: string[] = [];
  let inOutput = false;
  for (const [index, line] of readFileSync(file, 'utf8').split('\n').entries()) {
    const step = recorded.get(index + 1);
    if (step !== undefined) lines.push(line, ...step.expected, ...(step.exitCode === 0 ? [] : [`[${step.exitCode}]`]));
    else if (/^(# |as [a-z][\w.-]*$)/.test(line) || !inOutput) lines.push(line);
    inOutput = step !== undefined || (inOutput && !/^(# (?!keep )|as [a-z][\w.-]*$)/.test(line));
  }
  writeFileSync(file, `${lines.join('\n').trimEnd()}\n`);
}

function trimmedLines(lines: readonly string[]): string[] {
  const trimmed = lines.map((line) => line.trimEnd());
  const first = trimmed.findIndex((line) => line !== '');
  const last = trimmed.findLastIndex((line) => line !== '');
  return first < 0 ? [] : trimmed.slice(first, last + 1);
}

function keptValue(play: Play, step: CommandStep, run: ToolRun, keys: readonly string[]): string {
  let value = run.json<unknown>();
  for (const key of keys) value = (value as Record<string, unknown> | null | undefined)?.[key];
  if (typeof value === 'string' || typeof value === 'number') return String(value);
  throw new Error(`${play.file}:${step.line}: .${keys.join('.')} is ${JSON.stringify(value)}, nothing to keep`);
}
