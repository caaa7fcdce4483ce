import { formatAmount } from '../../domain/money.ts';
import { quantity } from '../../domain/quantity.ts';
import { MOST_IMPORT_BYTES } from '../../domain/payee-import.ts';
import { requisitionDocument, type RequisitionDocument } from '../../documents/requisition.ts';
import { importRequisitions } from '../../operations/import-requisitions.ts';
import { flagsOfAll } from '../../operations/flag-payees.ts';
import type { Command } from '../command.ts';

export const command: Command = {
  path: 'requisition import',
  summary: 'Submit a whole payee list, or nothing of it',
  details:
    'CSV with the header payee,amount,purpose,method,destination,company,region,branch,category in any order; cells may be empty where `requisition create` needs no flag. Every bad line is named; nothing is imported unless all are good.',
  arguments: [{ name: 'file', about: 'a CSV file, or - for standard input', file: { mostBytes: MOST_IMPORT_BYTES } }],
  examples: [
    {
      command:
        'printf "payee,amount,purpose,method,destination,company,region,branch,category\\nJane Wanjiru,1500,Airtime,mpesa,0712345678,,,WESTLANDS,\\n" | treasury requisition import -',
      about: 'from another program',
    },
  ],
  access: 'requisition.create',
  writes: true,
  document: 'requisition',
  async run(context, input) {
    const text = await context.readText(input.text('file'), MOST_IMPORT_BYTES);
    const { views, warnings } = await importRequisitions(await context.store(), await context.actor(), text);
    const flags = await flagsOfAll(
      await context.store(),
      views.map(({ requisition }) => requisition),
    );
    const documents = views
      .map((view) => requisitionDocument(view, null, flags.get(view.requisition.id)))
      .toSorted((a, b) => (a.number < b.number ? -1 : 1));
    const [currency] = documents.map((document) => document.currency);
    const sum = documents.reduce((total, document) => total + document.amount_minor, 0);
    const [first, last] = [documents[0]?.number, documents.at(-1)?.number];
    return {
      data: documents,
      warnings: [...warnings, ...flagWarnings(documents)],
      human: {
        lines: [
          `${quantity(documents.length, 'requisition')} submitted, ${first === last ? first : `${first} to ${last}`}: ${currency === undefined ? '' : formatAmount(sum, currency)}.`,
        ],
        next: ['treasury requisition list --status submitted'],
      },
    };
  },
};

/** More warnings than this are counted. */
const MOST_WARNINGS = 20;

/** `REQ-2026-00007: ...` for each flag; `requisition show` tells the rest of a long list. */
function flagWarnings(documents: readonly RequisitionDocument[]): string[] {
  const all = documents.flatMap(({ number, flags }) => (flags ?? []).map(({ message }) => `${number}: ${message}`));
  const more = all.length - MOST_WARNINGS;
  return more > 0 ? [...all.slice(0, MOST_WARNINGS), `${more} more flags: treasury requisition show NUMBER`] : all;
}
