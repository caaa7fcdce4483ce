import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { BANK_FILE_FORMATS, wishedFile } from '../../domain/bank-file/bank-file-format.ts';
import { formatAmount } from '../../domain/money.ts';
import { Problem, usage } from '../../domain/problem.ts';
import { bankFileDocument } from '../../documents/bank-file.ts';
import { clearLeftovers } from '../../gateways/leftover-files.ts';
import { requireWritable, writeSecretFile } from '../../gateways/secret-file.ts';
import { exportBankFile, type ExportedBankFile } from '../../operations/export-bank-file.ts';
import type { Command, Input } from '../command.ts';
import type { Context } from '../context.ts';
import { officeFacts } from '../office-day.ts';

export const command: Command = {
  path: 'bankfile export',
  summary: 'Write payments whose money is reserved into a file for the bank',
  details: [
    'Takes the payments that are named, or all of the fund that wait. From then on they count as sent: hand the file to the bank once.',
    'pain001.03 and pain001.09 are ISO 20022 messages, csv is rows in a layout. The file (0600) never takes the place of another.',
    'Where it was lost, --message-id with the same id writes it again, byte for byte, and what a killed export left beside it goes;',
    'under a used id nothing else is ever exported.',
  ].join(' '),
  arguments: [{ name: 'payment...', about: 'payments: references or ids', optional: true }],
  options: [
    { flags: '--fund <code>', about: 'the fund that pays', required: true },
    { flags: '--out <file>', about: 'the file to write', required: true },
    { flags: '--format <format>', about: `${BANK_FILE_FORMATS.join(', ')} (default pain001.09)` },
    { flags: '--layout <name>', about: 'columns of csv: generic, or one of your own (bankfile layout)' },
    { flags: '--message-id <id>', about: "the file's name at the bank, up to 35 characters; made unless given" },
    { flags: '--pay-on <day>', about: 'when the bank shall pay: 2026-11-30 (default today)' },
  ],
  examples: [
    { command: 'treasury bankfile export --fund {BANK_FUND} --out payments.xml', about: 'everything that waits' },
    {
      command: 'treasury bankfile export --fund {BANK_FUND} --format csv --layout generic --out payments.csv',
      about: 'the same as rows, for a bank that takes no ISO 20022',
    },
  ],
  access: 'payment.execute',
  writes: true,
  exits: [6, 9],
  document: 'bank_file',
  async run(context, input) {
    const file = fileOf(input);
    const [format, layout] = [input.optional('format') ?? null, input.optional('layout') ?? null];
    const kind = format === null && layout === null ? null : wishedFile(format, layout);
    const store = await context.store();
    const actor = await context.actor();
    await requireWritable(file);
    const { dayAt } = await officeFacts(store);
    const exported = await exportBankFile(store, actor, {
      fund: input.text('fund'),
      payments: input.many('payment'),
      kind,
      messageId: input.optional('messageId') ?? null,
      payOn: input.optional('payOn') ?? null,
      dayAt,
      taken: (await isThere(file)) ? file : null,
    });
    await write(context, exported, file);
    return resultOf(exported, context.flags.dryRun ? null : file);
  },
};

function fileOf(input: Input): string {
  const named = input.text('out');
  if (named !== '-') return resolve(named);
  throw usage('BANK_FILE_TO_FILE_ONLY', 'A file for the bank is written to a file only.', {
    unchanged: 'Nothing was exported.',
    fix: '--out payments.xml',
  });
}

async function isThere(file: string): Promise<boolean> {
  try {
    await stat(file);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return false;
    throw error;
  }
}

/** Written once everything is saved: a file that exists says what is sent, and what is sent can be written again. */
async function write(context: Context, { file: row, fund, again }: ExportedBankFile, file: string): Promise<void> {
  if (context.flags.dryRun) return;
  const fix = `treasury bankfile export --fund ${fund.code} --message-id ${row.messageId} --out ANOTHER_FILE`;
  const lost = (why: string) =>
    new Problem('external', 'FILE_NOT_WRITTEN', `The export ${row.messageId} is saved, but not its file: ${why}`, {
      unchanged: 'The payments count as sent; no file has left.',
      fix,
    });
  const put = async () => {
    let written: boolean;
    try {
      written = await writeSecretFile(file, row.content, { exclusive: !again });
    } catch (error) {
      throw error instanceof Problem ? lost(error.message) : error;
    }
    if (!written) throw lost(`${file} has come to be there in the meantime.`);
    await clearLeft(context, file, row.content);
  };
  if (context.flags.idempotencyKey === null) return put();
  context.afterwards(async () => {
    try {
      await put();
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      context.warn(`${error.message} Write it again: ${fix}`);
    }
  });
}

/** What a killed export of the same file left beside it goes; that it cannot be looked for is no reason to call the file not written. */
async function clearLeft(context: Context, file: string, text: string): Promise<void> {
  try {
    for (const left of await clearLeftovers(file, text, context.now()))
      context.warn(`${left}, which an export that was killed had left there, held the same and was removed.`);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
    context.warn(
      `It could not be seen whether an earlier export left something beside ${file} (${String(error.code)}).`,
    );
  }
}

function resultOf(exported: ExportedBankFile, file: string | null) {
  const { file: row, fund, orders, again, left } = exported;
  const total = formatAmount(row.sumMinor, row.currency);
  const number = `${row.orders} ${row.orders === 1 ? 'payment' : 'payments'}`;
  const settled = orders.filter(({ attempt }) => attempt.state === 'paid').length;
  return {
    data: bankFileDocument(row, { fund: fund.code, orders, file, again, left }),
    warnings: again
      ? [
          `${row.messageId} was exported before. If the bank has it already, do not hand it in again${settled > 0 ? `: ${settled} of its payments are paid` : ''}.`,
        ]
      : [],
    human: {
      lines: [
        `${row.messageId}: ${number}, ${total}, to be paid on ${row.payOn} from account ${row.gatewayAccount}`,
        ...(again ? [] : [`reserved > sent: ${orders.map(({ payment }) => payment.ref).join(', ')}`]),
        ...(file === null ? [] : [`${file} (SHA-256 ${row.contentDigest})`]),
        ...(left > 0 ? [`${left} more wait for another file.`] : []),
      ],
      next: ['treasury bankfile import REPORT.xml'],
    },
  };
}
