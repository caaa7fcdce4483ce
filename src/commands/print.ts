import { errorEnvelope, type Failure, type Meta, successEnvelope } from '../documents/envelope.ts';
import type { Check, Fix } from '../domain/problem.ts';
import { jsonText, visible } from '../terminal/clean.ts';
import { NO_PAINT, type Paint } from '../terminal/colour.ts';
import { type Column, pickColumns, renderCsv, renderJsonLines, renderMarkdown } from '../terminal/list.ts';
import { hasTaken, writeAnswer } from '../terminal/answer.ts';
import { type Output, writeAll } from '../terminal/output.ts';
import { wrapIndented, wrapTo } from '../terminal/wrap.ts';
import type { Command, Human, Result } from './command.ts';
import type { Canvas, GlobalFlags } from './context.ts';
import { Problem } from '../domain/problem.ts';
import { quoted } from '../domain/quoted.ts';
import { emptyColumn, fieldsOf, fieldUnknown, pickFields, rowsOf } from './fields.ts';

/** One stream for people: its width, and the colours it shows. */
export interface Face {
  readonly stream: Output;
  readonly width: number;
  readonly paint: Paint;
  /** The terminal shows no UTF-8. */
  readonly ascii: boolean;
}

/** Where an answer goes. */
export interface Outlet {
  readonly out: Face;
  readonly err: Face;
  /** Writes the data to the file of `--out`; undefined when they go to stdout. */
  readonly saveData: ((text: string) => Promise<void>) | undefined;
}

export interface Answer {
  readonly command: Command;
  readonly result: Result;
  readonly flags: GlobalFlags;
  readonly warnings: readonly string[];
  readonly meta: Meta;
  /** Whether it has done something, so that nothing about its answer may be refused any more. */
  readonly wrote: boolean;
}

/** Prints what a command found: data on stdout or in the file of `--out`, talk on stderr. Throws usage FIELD_UNKNOWN for what only read. */
export async function printResult(found: Answer, outlet: Outlet): Promise<void> {
  const { flags, result, meta } = found;
  const { warnings } = await printData({ ...found, warnings: [...found.warnings, ...warnOfFields(found)] }, outlet);
  if (flags.json) return;
  const machine = flags.format === 'csv' || flags.format === 'jsonl';
  const talk = [
    ...(machine && !flags.quiet ? (result.human.list?.footer ?? []).map((line) => outlet.err.paint.dim(line)) : []),
    ...warnings.map((text) => outlet.err.paint.warn(`Warning: ${visible(text)}`)),
    ...(flags.quiet ? [] : nextLines(result.human)),
    ...(meta.replayed ? ['Nothing was done again: this is the answer of the first time.'] : []),
    ...(meta.dry_run && found.command.writes ? ['Nothing was saved (dry run).'] : []),
  ];
  await writeLines(outlet.err, talk);
}

/** An answer about what was done is never lost: where its file cannot be written, it goes to stdout with a warning. */
async function printData(answer: Answer, outlet: Outlet): Promise<Answer> {
  const data = await rendered(answer, outlet);
  if (outlet.saveData === undefined) return writeData(answer, outlet, data);
  try {
    await outlet.saveData(data);
    return answer;
  } catch (error) {
    if (!answer.wrote || !(error instanceof Problem)) throw error;
    return printData({ ...answer, warnings: [...answer.warnings, error.message] }, { ...outlet, saveData: undefined });
  }
}

/** The same of standard output, as on a full disk: then people read on stderr what was done. */
async function writeData(answer: Answer, { out, err }: Outlet, data: string): Promise<Answer> {
  try {
    await writeAnswer(out.stream, data);
    return answer;
  } catch (error) {
    if (!answer.wrote || !(error instanceof Problem)) throw error;
    await writeAll(err.stream, data);
    return { ...answer, warnings: [...answer.warnings, `${error.message} The command was carried out all the same.`] };
  }
}

/** What to warn of where fields that were asked for are not in the answer, and it is too late to refuse. Throws usage FIELD_UNKNOWN else. */
function warnOfFields(answer: Answer): string[] {
  const known = knownFields(answer);
  const unknown = (answer.flags.fields ?? []).filter((field) => known !== null && !known.includes(field));
  if (unknown.length === 0 || known === null) return [];
  if (!answer.wrote) throw fieldUnknown(unknown, known);
  return [`The answer has no field ${unknown.map(quoted).join(', ')}. Its fields are ${known.join(', ')}.`];
}

/** The fields of an answer in the form that was asked for; null where nothing is there that could tell. */
function knownFields({ flags, result }: Answer): readonly string[] | null {
  const { list } = result.human;
  const data = flags.format === 'jsonl' && !flags.json ? (result.jsonLines ?? result.data) : result.data;
  const shown = flags.json || flags.format === 'jsonl' || list === undefined ? data : list.rows;
  if (Array.isArray(shown) && shown.length === 0) return null;
  const columns = shown === list?.rows ? list.columns.map(({ key }) => key) : [];
  return [...new Set([...columns, ...fieldsOf(shown)])];
}

async function rendered(answer: Answer, { out, saveData }: Outlet): Promise<string> {
  const { command, flags, result, warnings, meta } = answer;
  if (flags.json) {
    const data = flags.fields === null ? result.data : pickFields(result.data, flags.fields);
    const document = result.document ?? command.document;
    return `${jsonText(successEnvelope({ document, data, page: result.page, warnings, meta }))}\n`;
  }
  if (flags.format === 'jsonl') {
    const all = result.jsonLines ?? result.data;
    const data = flags.fields === null ? all : pickFields(all, flags.fields);
    return renderJsonLines(Array.isArray(data) ? data : [data]);
  }
  if (flags.format === 'csv') return renderCsv(tableOf(result, flags));
  if (flags.format === 'md') return renderMarkdown({ ...tableOf(result, flags), ...talkOf(result, flags) });
  return forPeople(result, flags, saveData === undefined ? out : { ...out, width: Infinity });
}

/** The rows of a list, or the fields of one document as one row, with the columns that were asked for. */
const tableOf = (
  result: Result,
  flags: GlobalFlags,
): { columns: readonly Column<object>[]; rows: readonly object[] } => {
  const { columns, rows } = result.human.list ?? rowsOf(result.data);
  if (flags.fields === null) return { columns, rows };
  const known = new Map([...rowsOf(rows).columns, ...columns].map((column) => [column.key, column]));
  const all = [...known.values(), ...flags.fields.filter((field) => !known.has(field)).map(emptyColumn)];
  return { columns: pickColumns(all, flags.fields.join(',')), rows };
};

const talkOf = (result: Result, flags: GlobalFlags): { footer: readonly string[]; empty: string } => ({
  footer: flags.quiet ? [] : (result.human.list?.footer ?? []),
  empty: flags.quiet ? '' : (result.human.list?.empty ?? ''),
});

/** Lines, card, checks, list, in this order, a blank line between them. */
async function forPeople(result: Result, flags: GlobalFlags, { width, paint, ascii }: Face): Promise<string> {
  if (flags.fields !== null && result.human.list === undefined) return onlyFields(result, flags, { width, paint });
  const { lines, card, checks, list } = result.human;
  const parts: string[] = [];
  if (lines !== undefined && lines.length > 0) parts.push(textBlock(lines, width));
  if (card !== undefined && card.length > 0) parts.push((await loadCard()).renderCard(card, { width, paint }));
  if (checks !== undefined && checks.length > 0)
    parts.push((await loadCard()).renderChecks(checks, { width, paint, ascii }));
  if (list !== undefined && !(flags.quiet && list.rows.length === 0)) {
    const { renderTable } = await import('../terminal/table.ts');
    const view = { ...list, ...tableOf(result, flags), ...talkOf(result, flags) };
    parts.push(renderTable(view, { width, wide: flags.wide, paint }));
  }
  return parts.join('\n');
}

/** The fields that were asked for of what is no list: a card of one thing, a table of several. */
async function onlyFields(result: Result, flags: GlobalFlags, face: Pick<Face, 'width' | 'paint'>): Promise<string> {
  const { columns, rows } = tableOf(result, flags);
  if (Array.isArray(result.data)) {
    const { renderTable } = await import('../terminal/table.ts');
    return renderTable({ columns, rows, footer: [], empty: '' }, { ...face, wide: flags.wide });
  }
  const pairs = rows.flatMap((row) =>
    columns.map((column) => ({ label: column.key, value: column.value(row) ?? '-' })),
  );
  return (await loadCard()).renderCard(pairs, face);
}

/** cli-table3 is slow to load, so only what draws a card does. */
const loadCard = () => import('../terminal/card.ts');

const textBlock = (lines: readonly string[], width: number): string =>
  `${lines.flatMap((line) => wrapIndented(visible(line), width)).join('\n')}\n`;

const nextLines = ({ next }: Human): string[] => (next ?? []).map((line) => `Next: ${visible(line)}`);

/** Wraps what is already clean, so that colours survive; a line that fits is left alone. */
const writeLines = (face: Face, lines: readonly string[]): Promise<void> =>
  lines.length === 0
    ? Promise.resolve()
    : writeAll(face.stream, `${lines.flatMap((line) => wrapTo(line, face.width, { flush: true })).join('\n')}\n`);

export interface FailedAnswer {
  readonly failure: Failure;
  readonly flags: GlobalFlags;
  readonly warnings: readonly string[];
  readonly meta: Meta;
  readonly stack: string | undefined;
}

/** Prints a refusal or failure: the JSON document on stdout, or on stderr everything a person needs to go on. */
export async function printFailure(answer: FailedAnswer, outlet: Pick<Outlet, 'out' | 'err'>): Promise<void> {
  const { failure, flags, warnings, meta, stack } = answer;
  const document = flags.json ? `${jsonText(errorEnvelope(failure, warnings, meta))}\n` : null;
  if (document === null || !(await hasTaken(outlet.out.stream, document)))
    await printFailureForPeople(answer, outlet.err);
  if (stack !== undefined) await writeAll(outlet.err.stream, `${stack.split('\n').map(visible).join('\n')}\n`);
}

async function printFailureForPeople({ failure, warnings, meta }: FailedAnswer, err: Face): Promise<void> {
  const { faults = [], everyCheck = false, unchanged, fix } = failure.details;
  const message = visible(failure.message);
  await writeLines(err, [
    ...warnings.map((text) => err.paint.warn(`Warning: ${visible(text)}`)),
    `${err.paint.bad('Error:')} ${message}`,
    ...faults
      .map(visible)
      .filter((fault) => !isSaid(fault, message))
      .flatMap((fault) => listed(fault, err.width)),
  ]);
  const shown = everyCheck ? (failure.details.checks ?? []) : checksToShow(failure, message);
  if (shown.length > 0) {
    await writeAll(err.stream, (await loadCard()).renderChecks(shown, err));
  }
  await writeLines(err, [
    ...(unchanged === undefined ? [] : [visible(unchanged)]),
    ...(fix === undefined ? [] : [`Fix: ${visible(fix)}`]),
    ...(failure.retryable ? ['The same command may work when it is run again.'] : []),
    ...(meta.dry_run ? ['Nothing was saved (dry run).'] : []),
  ]);
}

/** One of several faults, what goes on below as far in as its first word. */
const listed = (fault: string, width: number): string[] =>
  wrapTo(fault, Math.max(1, width - FAULT.length)).map(
    (line, at) => (at === 0 ? FAULT : ' '.repeat(FAULT.length)) + line,
  );
const FAULT = '  - ';

/** Whether the message has said a fault already, as it does where there is one only. */
const isSaid = (fault: string, message: string): boolean => message.includes(fault.replace(/\.$|( is missing)$/, ''));

/** The failing checks; of a single one only what neither the message nor the last line says. */
function checksToShow({ details: { checks = [], fix } }: Failure, message: string): readonly Check[] {
  const failing = checks.filter((check) => check.ok === false);
  const [only, ...others] = failing;
  if (only === undefined || others.length > 0) return failing;
  if (!isFixSaid(only.fix, fix)) return failing;
  return isSaid(visible(only.message), message) ? [] : [{ ...only, fix: null }];
}

function isFixSaid(own: Fix | null, last: string | undefined): boolean {
  if (own === null) return true;
  const { command, who } = own;
  if (command === null) return who.length === 0 || last === `ask ${who.join(', ')}`;
  return who.length === 0 && last === command;
}

/** Says something to people on stderr, wrapped to the terminal. */
export const sayOn = (face: Face, text: string): Promise<void> => writeLines(face, text.split('\n').map(visible));

/** Draws something on stderr: what is drawn is clean and fits already. */
export async function drawOn(face: Face, picture: (canvas: Canvas) => Promise<readonly string[]>): Promise<void> {
  const { width, paint, stream } = face;
  const lines = await picture({ width, paint, coloured: paint !== NO_PAINT });
  if (lines.length > 0) await writeAll(stream, `${lines.join('\n')}\n`);
}
