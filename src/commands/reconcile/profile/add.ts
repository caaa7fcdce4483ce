import { statementProfileDocument } from '../../../documents/statement-profile.ts';
import { addProfile } from '../../../operations/add-profile.ts';
import { MOST_BYTES } from '../../../statements/limits.ts';
import type { Command, OptionSpec, Result } from '../../command.ts';
import type { Context } from '../../context.ts';
import { openStatementFile } from '../../statement-file.ts';
import { LINE_COLUMNS, money, TIES } from '../../statement/columns.ts';
import { profileCard } from './card.ts';
import { completeWishes, writtenProfile } from './wishes.ts';

const OPTIONS: readonly OptionSpec[] = [
  {
    flags: '--sample <file>',
    about: 'a statement that it is tried on, or - for standard input; needed',
    file: { mostBytes: MOST_BYTES, binary: true },
  },
  { flags: '--title <text>', about: 'the bank, and what the file is called there' },
  { flags: '--date <column>', about: 'the day of booking; needed' },
  { flags: '--date-format <formats>', about: 'such as dd/MM/yyyy, d-MMM-yy; several with commas; needed' },
  { flags: '--description <columns>', about: 'what each line is about; several are put together; needed' },
  { flags: '--debit <column>', about: 'money out; with --credit, unless --amount has both' },
  { flags: '--credit <column>', about: 'money in' },
  { flags: '--negative-debits', about: 'figures of --debit are written below zero' },
  { flags: '--amount <column>', about: 'money in and out in one column' },
  { flags: '--positive <in|out>', about: 'what a figure above zero in --amount is (default in)' },
  { flags: '--mark <column>', about: 'instead of a sign: the column that tells the direction' },
  { flags: '--marks-in <words>', about: 'what --mark says for money in, such as CR' },
  { flags: '--marks-out <words>', about: 'what it says for money out, such as DR' },
  { flags: '--balance <column>', about: 'the running balance, which proves the rest' },
  { flags: '--id <column>', about: "the bank's own reference of a line" },
  { flags: '--references <columns>', about: 'other references, such as cheque numbers' },
  { flags: '--counterparty <column>', about: 'who paid or was paid' },
  { flags: '--counterparty-account <column>', about: 'their account or phone' },
  { flags: '--value-date <column>', about: 'the day from which it counts' },
  { flags: '--decimal <mark>', about: '. or , (default .)' },
  { flags: '--thousands <mark>', about: ', or . or quote, space or none (default the other of , and .)' },
  { flags: '--charset <name>', about: 'utf-8 or windows-1252 (default utf-8)' },
  { flags: '--delimiter <mark>', about: 'between cells: , or ; or | or tab (default ,)' },
  { flags: '--skip-lines <n>', about: 'lines to pass over before the header is looked for (default 0)' },
  { flags: '--sheet <name>', about: 'the sheet of a workbook that has several with something in them' },
  { flags: '--currency <code>', about: "of the account (default: the fund's)" },
  { flags: '--charges <words>', about: 'words that make money out a charge of the bank' },
];

export const command: Command = {
  path: 'reconcile profile add',
  summary: "Say what the columns of a bank's CSV or Excel file mean, and see it read",
  details:
    'On a terminal it asks for what is not given. Columns go by their names in the header; letters and digits count. The sample is read by the profile and its first lines are shown: ' +
    'it is only added when no balance contradicts it, and never changes afterwards; --dry-run shows only. Every profile is for the whole office.',
  arguments: [{ name: 'name', about: 'small letters, digits and hyphens, such as stanbic-csv' }],
  options: OPTIONS,
  examples: [
    {
      command:
        'printf "Date;Details;Amount;Balance\\n01.10.2026;Rent;-1.500,00;8.500,00\\n02.10.2026;Sale;200,00;8.700,00\\n" | treasury reconcile profile add stanbic --sample - --date Date --date-format dd.MM.yyyy --description Details --amount Amount --balance Balance --decimal , --delimiter ";" --dry-run',
      about: 'one column with a sign, a decimal comma; only looked at',
    },
  ],
  access: 'reconcile.run',
  writes: true,
  refusesKey: (input) =>
    input.optional('sample') === '-' ? 'what comes on standard input is not kept to be compared' : null,
  exits: [6],
  document: 'statement_profile',
  async run(context, input) {
    const wishes = await completeWishes(context, input);
    const file = await openStatementFile(context, wishes.sample);
    try {
      const { view, sample } = await addProfile(await context.store(), await context.actor(), {
        written: writtenProfile(wishes),
        pieces: () => file.pieces(),
      });
      const document = statementProfileDocument(view.profile, view.made, sample);
      return await resultOf(context, document, wishes.sample);
    } finally {
      file.close();
    }
  },
};

async function resultOf(
  context: Context,
  document: ReturnType<typeof statementProfileDocument>,
  sample: string,
): Promise<Result> {
  const { statement, first_lines: lines = [] } = document.sample ?? {};
  const amount = (decimal: string | null = null): string => money(decimal, statement?.currency ?? null) ?? 'not told';
  const file = sample === '-' ? 'FILE' : sample;
  return {
    data: document,
    warnings: [...(statement?.warnings ?? []), ...(statement?.ties === null ? [UNPROVEN] : [])],
    human: {
      lines: [`Profile ${document.name} is there for everybody in the office.`],
      card: [
        ...profileCard(document, await context.zone()),
        {
          label: 'Sample',
          value: `${statement?.lines} lines from ${statement?.period.from} to ${statement?.period.to}`,
        },
        { label: 'Opening', value: amount(statement?.opening), kind: 'money' },
        { label: 'Closing', value: amount(statement?.closing), kind: 'money' },
        { label: 'Ties', value: TIES[`${statement?.ties ?? null}`] },
      ],
      list: {
        columns: LINE_COLUMNS,
        rows: lines,
        footer: [`First ${lines.length} of ${statement?.lines} lines, as they are read`],
        empty: 'No lines.',
      },
      next: [
        `treasury statement show ${file} --map ${document.name}`,
        `treasury reconcile ${file} --fund CODE --map ${document.name}`,
      ],
    },
  };
}

const UNPROVEN = 'No balance proves what is read: look at the lines, above all at money in and money out.';
