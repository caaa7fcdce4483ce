import { Command as Parser, CommanderError, Option } from 'commander';
import { type Problem, usage } from '../domain/problem.ts';
import type { Entry, Noun } from './section.ts';
import { findCommand, findGroup, findNoun, firstWords, verbWords } from './find-entry.ts';
import type { Command } from './command.ts';
import type { GlobalFlags } from './context.ts';
import { longerWords, nounBehind } from './meant.ts';
import { GLOBAL_OPTIONS, globalFlag, globalFlags } from './global-flags.ts';
import { argumentName, longName, type Values } from './input.ts';

/** What a command line asks for. */
export type Asked =
  | { readonly kind: 'help'; readonly words: readonly string[] }
  | { readonly kind: 'command'; readonly command: Command; readonly flags: GlobalFlags; readonly values: Values };

/**
 * Reads a command line: which command, with which inputs. Only the file of that command is loaded. Throws usage (exit 2)
 * for words and flags that do not exist; missing inputs are judged later, after the role (see requireInputs).
 */
export async function readCommandLine(argv: readonly string[]): Promise<Asked> {
  refuseSecrets(argv);
  const { words, rest } = splitWords(argv);
  if (rest.includes('--version') && words.length === 0) return versionAsked(argv);
  if (words[0] === 'help') return { kind: 'help', words: words.slice(1) };
  if (words.length === 2 && words[1] === 'help' && findNoun(words[0] ?? '') !== undefined)
    return { kind: 'help', words: words.slice(0, 1) };
  const stray = words.length === 0 ? rest.find((flag) => globalFlag(flag) === 'no') : undefined;
  if (asksForHelp(argv) || (words.length === 0 && rest.length === 0)) return { kind: 'help', words };
  if (stray !== undefined) throw flagUnknown(stray);
  const { entry, taken } = findEntry(words);
  const { command } = await entry.load();
  // `policy show --version 2` has one of its own.
  if (rest.includes('--version') && !ownNames(command).has('version')) return versionAsked(argv);
  const values = parse(command, withoutWords(argv, taken));
  return { kind: 'command', command, flags: globalFlags(withoutOwnFile(command, values)), values };
}

/** A command with an `--out` or `--format` of its own writes that file itself; its answer goes to stdout as ever. */
const withoutOwnFile = (command: Command, values: Values): Values => {
  const own = ownNames(command);
  return new Map([...values].filter(([name]) => !OF_FILES.has(name) || !own.has(name)));
};

const ownNames = (command: Command): ReadonlySet<string> =>
  new Set((command.options ?? []).map(({ flags }) => longName(flags)));

const OF_FILES: ReadonlySet<string> = new Set(['out', 'format']);

/** Words before the first `--`, flags and their values left out as far as the flags are global. */
const splitWords = (argv: readonly string[]): { words: string[]; rest: string[] } => {
  const words: string[] = [];
  const rest: string[] = [];
  for (let at = 0; at < argv.length; at += 1) {
    const word = argv[at] ?? '';
    if (word === '--') break;
    if (!word.startsWith('-')) words.push(word);
    else {
      rest.push(word);
      if (globalFlag(word) === 'with value') at += 1;
    }
  }
  return { words, rest };
};

const asksForHelp = (argv: readonly string[]): boolean => {
  const end = argv.indexOf('--');
  return argv.slice(0, end < 0 ? undefined : end).some((word) => word === '-h' || word === '--help');
};

/** `--version`, wherever it stands: the version, shown as the global flags say; whatever else was typed is left aside. */
const versionAsked = (argv: readonly string[]): Promise<Asked> => {
  const end = argv.indexOf('--');
  const typed = argv.slice(0, end < 0 ? undefined : end);
  const flags = typed.flatMap((word, at) => {
    const flag = word.startsWith('-') ? globalFlag(word) : 'no';
    return flag === 'no' ? [] : typed.slice(at, at + (flag === 'with value' ? 2 : 1));
  });
  return readCommandLine(['version', ...flags]);
};

/** The arguments without the words that name the command: the first `count` that are not a global flag's value. */
const withoutWords = (argv: readonly string[], count: number): string[] => {
  const left: string[] = [];
  let taken = 0;
  for (let at = 0; at < argv.length; at += 1) {
    const word = argv[at] ?? '';
    if (taken < count && !word.startsWith('-')) taken += 1;
    else {
      left.push(word);
      if (taken < count && globalFlag(word) === 'with value') left.push(...argv.slice((at += 1), at + 1));
    }
  }
  return left;
};

/** The command that words name, and how many of them its name takes. Throws usage COMMAND_UNKNOWN or COMMAND_MISSING. */
const findEntry = (words: readonly string[]): { entry: Entry; taken: number } => {
  const [first, second] = words;
  if (first === undefined) throw commandMissing('treasury', firstWords());
  const entry = findCommand(first);
  const noun = findNoun(first);
  // Some nouns do something by themselves: `reconcile FILE`.
  const isVerb = noun !== undefined && verbWords(noun).includes(second ?? '');
  if (entry !== undefined && !isVerb) return { entry, taken: 1 };
  if (noun === undefined) throw firstUnknown(first, second);
  const group = second === undefined ? undefined : findGroup(noun, second);
  return group === undefined
    ? { entry: findVerb(noun, second, verbWords(noun)), taken: 2 }
    : { entry: findVerb(group, words[2], verbWords(group)), taken: 3 };
};

const findVerb = (noun: Noun, word: string | undefined, known: readonly string[]): Entry => {
  if (word === undefined) throw commandMissing(`treasury ${noun.name}`, known);
  const verb = noun.verbs.find(({ name }) => name === word);
  if (verb === undefined) throw commandUnknown(`treasury ${noun.name}`, word, known);
  return verb;
};

const commandMissing = (before: string, known: readonly string[]): Problem =>
  usage('COMMAND_MISSING', `${before} needs a command: ${known.join(', ')}.`, {
    unchanged: 'Nothing was changed.',
    fix: `${before} --help`,
  });

/** A flag before any command that no command takes. */
const flagUnknown = (flag: string): Problem =>
  usage('FLAG_UNKNOWN', `Unknown option '${shortened(flag.split('=', 1)[0] ?? '')}'.`, {
    unchanged: 'Nothing was changed.',
    fix: 'treasury --help',
  });

function firstUnknown(word: string, next: string | undefined): Problem {
  const meant = nounBehind(word, next);
  if (meant === null) return commandUnknown('treasury', word, firstWords());
  return usage('COMMAND_UNKNOWN', `Unknown command '${word}' (Did you mean ${meant}?)`, {
    unchanged: 'Nothing was changed.',
    fix: `${meant} --help`,
  });
}

/** Commander knows which command comes closest; where none does, those that begin with the word are named. */
const commandUnknown = (before: string, word: string, known: readonly string[]): Problem => {
  const parser = quietParser(before);
  for (const name of known) parser.command(name);
  try {
    parser.parse([word], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    const longer = error.message.includes('Did you mean') ? null : longerWords(word, known);
    const found = usageOf(error, before, 'COMMAND_UNKNOWN');
    return longer === null
      ? found
      : usage(found.code, `${found.message.replace(/\.$/, '')} (Did you mean ${longer}?)`, found.details);
  }
  throw new Error(`${word} is a command after all`);
};

/** What a help page is asked of. Throws usage COMMAND_UNKNOWN. */
export const findForHelp = (words: readonly string[]): Noun | Entry => {
  const [first = '', second = ''] = words;
  const noun = words.length <= 2 ? findNoun(first) : undefined;
  if (noun !== undefined && words.length === 1) return noun;
  return (noun && findGroup(noun, second)) ?? findEntry(words).entry;
};

/** A parser for one command with all its own and all global options. */
const parserOf = (command: Command): Parser => {
  const parser = quietParser(`treasury ${command.path}`);
  for (const argument of command.arguments ?? []) {
    parser.argument(argument.name.endsWith('...') ? `[${argument.name}]` : `[${argument.name}]`, argument.about);
  }
  const own = ownNames(command);
  for (const { flags, about } of command.options ?? []) parser.addOption(new Option(flags, about));
  for (const { flags, about } of GLOBAL_OPTIONS) {
    if (!own.has(longName(flags))) parser.addOption(new Option(flags, about));
  }
  return parser;
};

const quietParser = (name: string): Parser =>
  new Parser(name)
    .exitOverride()
    .helpOption(false)
    .helpCommand(false)
    .configureOutput({ writeOut: () => undefined, writeErr: () => undefined });

const parse = (command: Command, argv: readonly string[]): Values => {
  const parser = parserOf(command).action(() => undefined);
  try {
    parser.parse(argv, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    throw severalUnknown(command, argv) ?? usageOf(error, `treasury ${command.path}`, codeOf(error));
  }
  const values = new Map<string, unknown>(Object.entries(parser.opts()));
  for (const [at, argument] of (command.arguments ?? []).entries()) {
    const value: unknown = parser.processedArgs[at];
    if (value !== undefined) values.set(argumentName(argument), value);
  }
  return values;
};

/** Commander stops at the first flag that it does not know; where there are more, all of them are named, each as it would be alone. */
const severalUnknown = (command: Command, argv: readonly string[]): Problem | null => {
  const faults = new Map<string, string>();
  const known = parserOf(command).options;
  for (let at = 0; at < argv.length && argv[at] !== '--'; at += 1) {
    const [name = ''] = (argv[at] ?? '').split('=', 1);
    const option = known.find(({ long, short }) => name === long || name === short);
    if (option?.required === true && name === argv[at]) at += 1;
    if (option !== undefined || !name.startsWith('--')) continue;
    try {
      parserOf(command).parse([name], { from: 'user' });
    } catch (error) {
      if (!(error instanceof CommanderError)) throw error;
      faults.set(name, sentenceOf(error).replace(/\.$/, ''));
    }
  }
  if (faults.size < 2) return null;
  return usage('FLAG_UNKNOWN', `treasury ${command.path} does not know ${faults.size} of these options.`, {
    unchanged: 'Nothing was changed.',
    faults: [...faults.values()],
    fix: `treasury ${command.path} --help`,
  });
};

const codeOf = (error: CommanderError): string => {
  if (error.code === 'commander.unknownOption') return 'FLAG_UNKNOWN';
  if (error.code === 'commander.optionMissingArgument') return 'FLAG_WITHOUT_VALUE';
  return error.code === 'commander.excessArguments' ? 'TOO_MANY_ARGUMENTS' : 'COMMAND_LINE_INVALID';
};

const usageOf = (error: CommanderError, path: string, code: string): Problem =>
  usage(code, sentenceOf(error), { unchanged: 'Nothing was changed.', fix: `${path} --help` });

/** Commander's own words, without a value that may be a secret (`--pasword=...`). */
const sentenceOf = (error: CommanderError): string => {
  const text = error.message
    .replace(/^error: /, '')
    .replace(/ but got (\d+): .*/s, ' but got $1')
    .replace(/=[^']*'/, "'")
    .replaceAll(/\s*\n\s*/g, ' ')
    .split(' ')
    .map(shortened)
    .join(' ');
  const sentence = `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
  return `${sentence}${/[.?)]$/.test(sentence) ? '' : '.'}`;
};

const shortened = (word: string): string => word.replace(/^(\S{60})\S+/, '$1...');

/** What others on the machine would read in the list of processes, and the shell keeps in its history. */
const SECRET = /^--(?:[a-z]+-)*(?:password|passphrase|code|otp|pin|secret)(?:=|$)/;
const NOT_SECRET = /^--(?:company|short)-code(?:=|$)/;
/** Only payments and apps have one-time codes; elsewhere somebody means the code of a fund or place. */
const CODE = /^--code(?:=|$)/;

/** Throws usage SECRET_IN_ARGV when a secret is, or is about to be, on the command line. */
function refuseSecrets(argv: readonly string[]): void {
  const end = argv.indexOf('--');
  const words = end < 0 ? argv : argv.slice(0, end);
  const found = words.find(
    (word) =>
      SECRET.test(word) &&
      !NOT_SECRET.test(word) &&
      (words.some((one) => one === 'payment' || one === 'totp') || !CODE.test(word)),
  );
  if (found === undefined) return;
  const name = found.split('=', 1)[0] ?? found;
  const instead = /password|passphrase|secret/.test(name) ? `${name}-stdin or ${name}-file FILE` : '--code-stdin';
  throw usage(
    'SECRET_IN_ARGV',
    `${name} is not taken: everybody on this machine can read command lines, and the shell keeps them. Use ${instead}.`,
    { unchanged: 'Nothing was changed.', fix: 'change that secret when it was a real one' },
  );
}
