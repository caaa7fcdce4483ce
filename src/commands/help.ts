import { visible } from '../terminal/clean.ts';
import { padTo, widthOf } from '../terminal/width.ts';
import { wrapCommand, wrapIndented, wrapTo } from '../terminal/wrap.ts';
import { CATALOG } from './catalog.ts';
import type { Entry, Noun } from './section.ts';
import { findCommand } from './find-entry.ts';
import type { Command } from './command.ts';
import { GLOBAL_OPTIONS } from './global-flags.ts';
import { findForHelp } from './program.ts';
import { asTyped } from './sample-names.ts';
import { findTopic, TOPICS, type Row } from './topics.ts';

/** No line of help is longer than this, however wide the terminal: long lines are hard to read. */
const WIDEST = 100;

/** Where an explanation beside its name would be narrower than this, it stands below it. */
const NARROWEST = 20;

/** The help that `treasury help WORDS` asks for: of everything, a noun, a command or a topic. */
export async function helpFor(words: readonly string[], terminalWidth: number): Promise<string> {
  const width = Math.min(WIDEST, terminalWidth);
  if (words.length === 0) return rootHelp(width);
  const topic = words.length === 1 ? findTopic(words[0] ?? '') : undefined;
  if (topic !== undefined) return topicPage(await topic.lines(), width);
  const found = findForHelp(words);
  if ('verbs' in found) return ownHelp(found, terminalWidth);
  return commandHelp((await found.load()).command, terminalWidth);
}

/** Rows that follow each other stand in two columns. */
function topicPage(lines: readonly (string | Row)[], width: number): string {
  const rows = lines.filter((line) => typeof line !== 'string');
  const first = lines.findIndex((line) => typeof line !== 'string');
  return lines
    .flatMap((line, at) => {
      if (typeof line === 'string') return wrapped(line, width);
      return at === first ? [twoColumns(rows, width).trimEnd()] : [];
    })
    .join('\n')
    .concat('\n');
}

async function rootHelp(width: number): Promise<string> {
  const sections: string[] = [];
  for (const { heading, commands, nouns } of CATALOG) {
    const alone = commands.filter(({ name }) => !nouns.some((noun) => noun.name === name));
    const rows = [...(await summaries(alone)), ...nouns.map(({ name, summary }): Row => [name, summary])];
    sections.push(`${heading}\n${twoColumns(rows, width)}`);
  }
  const flags = twoColumns(
    GLOBAL_OPTIONS.map(({ flags, about }): Row => [flags, about]),
    width,
  );
  const topics = twoColumns(
    TOPICS.map(({ name, about }): Row => [`help ${name}`, about]),
    width,
  );
  return [
    ...wrapped('Pay money out of the funds of an organisation, and prove every shilling afterwards.', width),
    '',
    ...wrapped('Usage: treasury <command> [options]', width),
    '',
    ...sections,
    `Everywhere\n${flags}`,
    `More\n${topics}`,
    ...wrapped('Help for one command: treasury help payment execute', width),
  ]
    .join('\n')
    .concat('\n');
}

/** Help for a noun, after that of the command which it is by itself. */
async function ownHelp(noun: Noun, terminalWidth: number): Promise<string> {
  const width = Math.min(WIDEST, terminalWidth);
  const itself = findCommand(noun.name);
  if (itself === undefined) return nounHelp(noun, width);
  return `${commandHelp((await itself.load()).command, terminalWidth)}\n${await nounHelp(noun, width)}`;
}

async function nounHelp(noun: Noun, width: number): Promise<string> {
  const rows = await summaries(noun.verbs);
  return [
    ...wrapped(`${noun.summary}.`, width),
    '',
    ...wrapped(`Usage: treasury ${noun.name} <command> [options]`, width),
    '',
    `Commands\n${twoColumns(rows, width)}`,
    ...wrapped(`Help for one of them: treasury ${noun.name} ${noun.verbs[0]?.name ?? ''} --help`, width),
  ]
    .join('\n')
    .concat('\n');
}

const summaries = (entries: readonly Entry[]): Promise<Row[]> =>
  Promise.all(entries.map(async ({ name, load }): Promise<Row> => [name, (await load()).command.summary]));

const commandHelp = (command: Command, terminalWidth: number): string => {
  const width = Math.min(WIDEST, terminalWidth);
  const inputs = [
    ...(command.arguments ?? []).map(({ name, about }): Row => [`<${name}>`, about]),
    ...(command.options ?? []).map(({ flags, about }): Row => [flags, about]),
  ];
  const lines = [
    usageLine(command),
    '',
    `${command.summary.replace(/\.$/, '')}.`,
    '',
    ...(inputs.length === 0 ? [] : twoColumns(inputs, width).split('\n')),
    ...(command.details === undefined ? [] : [...command.details.split('\n'), '']),
    `Exit codes: ${exitCodes(command)} (treasury help exit-codes)`,
    'Flags that every command takes: treasury --help',
    '',
    'Examples:',
  ];
  // An example is copied: it is broken only where a shell joins it again.
  const examples = command.examples.flatMap(({ command: line, about }) => [
    ...wrapTo(about, Math.max(NARROWEST, width - COMMENT.length)).map((part) => COMMENT + part),
    ...wrapCommand(asTyped(line), terminalWidth - 2).map((part) => `  ${part}`),
  ]);
  return `${[...lines.flatMap((line) => wrapped(line, width)), ...examples].join('\n')}\n`;
};

/** What goes on below is a comment too. */
const COMMENT = '  # ';

const usageLine = (command: Command): string =>
  [
    `Usage: treasury ${command.path}`,
    ...(command.arguments ?? []).map(({ name, optional }) => (optional === true ? `[${name}]` : `<${name}>`)),
    ...(command.options ?? []).filter(({ required }) => required === true).map(({ flags }) => flags),
    '[options]',
  ].join(' ');

/** The exit codes that this command may end with. */
const exitCodes = (command: Command): string => {
  const codes = [0, 1, 2, 3, ...(command.exits ?? [])];
  if (command.access !== 'open') codes.push(4, 5, 9);
  if (command.writes) codes.push(6, 7);
  const known = [...new Set(codes)].toSorted((a, b) => a - b);
  return known.map((code) => `${code} ${EXIT_MEANS[code] ?? ''}`).join(', ');
};

const EXIT_MEANS: Readonly<Record<number, string>> = {
  0: 'done',
  1: 'a bug',
  2: 'usage',
  3: 'not found',
  4: 'login or code',
  5: 'role or segregation',
  6: 'refused',
  7: 'busy, try again',
  8: 'outcome open, never pay again',
  9: 'a service outside failed',
  10: 'something was found',
  11: 'integrity is broken',
  12: 'some of it failed',
};

const twoColumns = (rows: readonly Row[], width: number): string => {
  const left = Math.max(...rows.map(([name]) => widthOf(name))) + 2;
  const room = width - left - 2;
  return rows
    .flatMap(([name, about]) => {
      if (room < NARROWEST) return [...wrapped(`  ${name}`, width), ...wrapped(`    ${about}`, width)];
      const [first = '', ...more] = wrapTo(about, room);
      return [`  ${padTo(name, left, 'left')}${first}`, ...more.map((line) => `  ${' '.repeat(left)}${line}`)];
    })
    .join('\n')
    .concat('\n');
};

const wrapped = (line: string, width: number): string[] => wrapIndented(visible(line), width);
