import { usage } from '../../../domain/problem.ts';
import { quoted } from '../../../domain/quoted.ts';
import { headerIn } from '../../../statements/sample-header.ts';
import type { Input } from '../../command.ts';
import type { Context } from '../../context.ts';
import { inputsMissing } from '../../missing-inputs.ts';
import { openStatementFile } from '../../statement-file.ts';

const TEXTS = [
  ...['sample', 'title', 'date', 'dateFormat', 'description', 'debit', 'credit', 'amount', 'positive', 'mark'],
  ...['marksIn', 'marksOut', 'balance', 'id', 'references', 'counterparty', 'counterpartyAccount', 'valueDate'],
  ...['decimal', 'thousands', 'charset', 'delimiter', 'skipLines', 'sheet', 'currency', 'charges'],
] as const;

/** What was given for a profile, by the names of its flags; lists are separated by commas. */
export interface Wishes {
  readonly name: string;
  readonly sample: string;
  readonly negativeDebits: boolean;
  readonly texts: Readonly<Record<string, string>>;
}

/** What the command line says and, on a terminal, what the person answers. Throws usage INPUT_MISSING with everything that lacks. */
export async function completeWishes(context: Context, input: Input): Promise<Wishes> {
  const texts: Record<string, string> = {};
  for (const name of TEXTS) {
    const text = input.optional(name);
    if (text !== undefined && text !== '') texts[name] = text;
  }
  const missing = missingFlags(texts);
  if (missing.length > 0 && !context.ask.possible) throw inputsMissing('reconcile profile add', missing);
  if (missing.length > 0) await ask(context, texts);
  const left = missingFlags(texts);
  if (left.length > 0) throw inputsMissing('reconcile profile add', left);
  return {
    name: input.text('name'),
    sample: texts['sample'] ?? '',
    negativeDebits: input.flag('negativeDebits'),
    texts,
  };
}

function missingFlags(texts: Readonly<Record<string, string>>): string[] {
  const needed = { sample: '--sample', date: '--date', dateFormat: '--date-format', description: '--description' };
  const missing = Object.entries(needed).flatMap(([name, flag]) => (texts[name] === undefined ? [flag] : []));
  const { debit, credit, amount, mark, marksIn, marksOut } = texts;
  if (amount === undefined && debit === undefined && credit === undefined)
    return [...missing, '--amount, or --debit and --credit'];
  if (amount === undefined && debit === undefined) missing.push('--debit');
  if (amount === undefined && credit === undefined) missing.push('--credit');
  if (mark !== undefined && marksIn === undefined) missing.push('--marks-in');
  if (mark !== undefined && marksOut === undefined) missing.push('--marks-out');
  return missing;
}

/** Asks for what is not there yet, in the order in which one looks at a file. */
async function ask(context: Context, texts: Record<string, string>): Promise<void> {
  const question = async (name: (typeof TEXTS)[number], message: string): Promise<void> => {
    if (texts[name] !== undefined) return;
    const answer = (await context.ask.text(message)).trim();
    if (answer !== '') texts[name] = answer;
  };
  await question('sample', 'A statement to try it on (file):');
  await question('delimiter', 'Between cells (Enter for a comma, else ; or | or tab):');
  await sayColumns(context, texts);
  await question('date', 'Column of the day:');
  await question('dateFormat', 'How days are written, such as dd/MM/yyyy:');
  await question('description', 'Columns of the description, with commas:');
  if (texts['amount'] === undefined) await question('debit', 'Column of money out (Enter when one column has both):');
  if (texts['debit'] === undefined) await askOneColumn(question, texts);
  else await question('credit', 'Column of money in:');
  await question('balance', 'Column of the running balance (Enter for none):');
  await question('id', "Column of the bank's own reference (Enter for none):");
  await question('decimal', 'Decimal mark (Enter for a point):');
}

async function askOneColumn(
  question: (name: (typeof TEXTS)[number], message: string) => Promise<void>,
  texts: Readonly<Record<string, string>>,
): Promise<void> {
  await question('amount', 'Column of the amount:');
  await question('mark', 'Column that tells in or out (Enter when the amount has a sign):');
  if (texts['mark'] === undefined)
    return question('positive', 'A figure above zero is money in or out (Enter for in):');
  await question('marksIn', 'What it says for money in, such as CR:');
  await question('marksOut', 'What it says for money out, such as DR:');
}

async function sayColumns(
  context: Context,
  { sample, delimiter, skipLines, sheet }: Readonly<Record<string, string>>,
): Promise<void> {
  if (sample === undefined) return;
  const file = await openStatementFile(context, sample);
  try {
    const header = await headerIn(file.pieces(), {
      mark: markOf(delimiter),
      skipLines: Number(skipLines ?? 0),
      sheet: sheet ?? null,
    });
    if (header !== null) context.say(`Its columns: ${header.join(' | ')}`);
  } finally {
    file.close();
  }
}

const MARKS: Readonly<Record<string, string>> = { tab: '\t', space: ' ', quote: "'" };
const markOf = (text: string | undefined): string => MARKS[text ?? ','] ?? text ?? ',';

const listOf = (text: string | undefined): string[] | undefined =>
  text
    ?.split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '');

/** The profile as it is written down, which is checked when it is read. Throws usage for two ways of telling amounts at once. */
export function writtenProfile({ name, negativeDebits, texts }: Wishes): Readonly<Record<string, unknown>> {
  const { thousands, decimal, delimiter, skipLines } = texts;
  const written = {
    name,
    title: texts['title'],
    date: texts['date'],
    date_formats: listOf(texts['dateFormat']),
    value_date: texts['valueDate'],
    description: listOf(texts['description']),
    external_id: texts['id'],
    references: listOf(texts['references']),
    counterparty: texts['counterparty'],
    counterparty_account: texts['counterpartyAccount'],
    balance: texts['balance'],
    amount: writtenAmount(texts, negativeDebits),
    decimal,
    thousands: thousands === 'none' ? null : thousands === undefined ? undefined : markOf(thousands),
    charset: texts['charset'],
    delimiter: delimiter === undefined ? undefined : markOf(delimiter),
    skip_lines: skipLines === undefined ? undefined : Number(skipLines),
    sheet: texts['sheet'],
    currency: texts['currency'],
    charges: listOf(texts['charges']),
  };
  return Object.fromEntries(Object.entries(written).filter(([, value]) => value !== undefined));
}

function writtenAmount(texts: Wishes['texts'], negativeDebits: boolean): Readonly<Record<string, unknown>> {
  const { debit, credit, amount, mark, positive } = texts;
  const both = [debit, credit].filter((column) => column !== undefined);
  if (amount !== undefined && (both.length > 0 || negativeDebits)) {
    throw usage('AMOUNTS_TOLD_TWICE', `${quoted(amount)} has money in and out, or two columns have: not both.`, {
      unchanged: 'Nothing was saved.',
      fix: 'give --amount, or --debit and --credit',
    });
  }
  if (amount === undefined)
    return { rule: 'debit-credit', debit, credit, debits: negativeDebits ? 'negative' : 'positive' };
  if (mark === undefined) return { rule: 'signed', amount, positive: positive ?? 'in' };
  return { rule: 'marked', amount, mark, in: listOf(texts['marksIn']), out: listOf(texts['marksOut']) };
}
