import { DATE_FORMS, LAYOUT_FIELDS } from '../../../domain/bank-file/csv-layout.ts';
import { MOST_LAYOUT_BYTES } from '../../../domain/bank-file/layout-file.ts';
import { bankLayoutDocument } from '../../../documents/bank-layout.ts';
import { addLayout } from '../../../operations/add-layout.ts';
import type { Command } from '../../command.ts';
import { LAYOUT_COLUMNS, layoutCard } from './card.ts';

export const command: Command = {
  path: 'bankfile layout add',
  summary: 'Say which columns of CSV a bank wants, and how it writes what became of them',
  details: [
    'The file is TOML or JSON: title, separator ("," ";" "|" or "\\t"), header (true), decimal ("." or ","), quoting (needed, always, never),',
    `date (${DATE_FORMS.join(', ')}), and a [[columns]] for each column, with a title and either text = "RTGS", the same in every row, or field`,
    `(${LAYOUT_FIELDS.join(', ')}), perhaps longest = 35 and needed = true. Names and remarks are cut to longest;`,
    "for anything else that is longer the export is refused.\n\n[outcomes] says how the bank's file of outcomes is read: the names of its columns key, status,",
    'perhaps message_id, reason, amount, currency, account; paid = ["Completed"] and rejected = ["Failed"] are what status says for certain,',
    'whatever else it says proves nothing; separator, charset (utf-8, windows-1252), decimal, thousands.\n\nA name that is there gets a new version, which is used from then on; files that',
    'were exported stay as they are. --dry-run only shows what a file would look like. Every layout is for the whole office.',
  ].join(' '),
  arguments: [{ name: 'name', about: 'small letters, digits and hyphens, such as kcb-bulk' }],
  options: [
    {
      flags: '--file <file>',
      about: 'the layout as TOML or JSON, or - for standard input',
      required: true,
      file: { mostBytes: MOST_LAYOUT_BYTES },
    },
  ],
  examples: [
    {
      command:
        'printf \'separator = ";"\\ndate = "DD/MM/YYYY"\\ncolumns = [{title="Ref",field="key"},{title="Type",text="RTGS"},{title="Name",field="payee",longest=35},{title="Account",field="account"},{title="Amount",field="amount"}]\\n\' | treasury bankfile layout add kcb-bulk --file - --dry-run',
      about: 'see what a file would look like',
    },
  ],
  access: 'payment.declare_not_paid',
  writes: true,
  document: 'bank_layout',
  async run(context, input) {
    const text = await context.readText(input.text('file'), MOST_LAYOUT_BYTES);
    const { view, preview, changed } = await addLayout(await context.store(), await context.actor(), {
      name: input.text('name'),
      text,
    });
    const data = bankLayoutDocument(view, preview.lines);
    const { name, version } = data;
    return {
      data,
      warnings: preview.warnings,
      human: {
        lines: [
          changed
            ? `Layout ${name}, version ${version}, is there for everybody in the office.`
            : `This is version ${version} of the layout ${name} already; nothing was changed.`,
          'A file would look like this:',
          ...preview.lines.map((line) => `  ${line}`),
        ],
        card: layoutCard(data, await context.zone()),
        list: { columns: LAYOUT_COLUMNS, rows: data.columns, footer: [], empty: '' },
        next: [`treasury bankfile export --fund CODE --format csv --layout ${name} --out payments.csv`],
      },
    };
  },
};
