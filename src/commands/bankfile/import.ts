import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import { formatDecimal } from '../../domain/money.ts';
import { bankReportDocument, type BankReportDocument } from '../../documents/bank-file.ts';
import { importStatusReport } from '../../operations/import-status-report.ts';
import { visible } from '../../terminal/clean.ts';
import type { Column } from '../../terminal/list.ts';
import { withinSize } from '../../statements/limits.ts';
import type { Command } from '../command.ts';
import type { Context } from '../context.ts';
import { officeFacts } from '../office-day.ts';
import { quantity } from '../../domain/quantity.ts';
import { openStatementFile } from '../statement-file.ts';

const MOST_BYTES = 64 * 1024 * 1024;

export const command: Command = {
  path: 'bankfile import',
  summary: "Take a bank's report on files that were exported: pain.002, or CSV in a layout",
  details: [
    'The report is kept as it came, then applied payment by payment: settled (ACSC, ACCC) is posted, rejected (RJCT, CANC) released, a whole',
    'file that is rejected with all its payments; everything else stays in flight. The same report again changes nothing. What fits nothing',
    'is kept and changes nothing (exit 10). Money that came back after it was paid is on the statement: treasury reconcile.',
    'Reports that something failed are imported by a treasurer or CFO who neither requested, approved nor executed it. --layout reads CSV as the [outcomes] of a layout say',
    '(bankfile layout): only its own words mean paid or rejected. An amount, currency or account that is not as ordered, or two places of the file that differ',
    'on one payment (settled and rejected), settle nothing: it stays in flight, and both lines are named. So does a status of a whole file of',
    'which the bank says another number of payments (OrgnlNbOfTxs) or sum (OrgnlCtrlSum): both figures are named. Once contradicted, a payment is settled',
    'by a clear report, but not released by one: two people do that (payment resolve --not-paid), or put the contradiction away before (gateway message settle).',
  ].join(' '),
  arguments: [
    {
      name: 'report',
      about: "the bank's file, or - for standard input",
      file: { mostBytes: MOST_BYTES, binary: true },
    },
  ],
  options: [{ flags: '--layout <name>', about: 'the layout that says how its CSV is read' }],
  examples: [{ command: 'treasury bankfile import {BANK_REPORT}', about: 'what the bank says became of the payments' }],
  access: 'payment.resolve',
  writes: true,
  refusesKey: () => 'each payment is a transaction of its own, and the same report again adds nothing',
  exits: [10],
  document: 'bank_report',
  async run(context, input) {
    const file = await openStatementFile(context, input.text('report'));
    let bytes: Buffer;
    try {
      bytes = Buffer.concat([...file.pieces()]);
    } finally {
      file.close();
    }
    const store = await context.store();
    const { reports, warnings, layout } = await reportsIn(context, bytes, input.optional('layout'));
    const { dayAt } = await officeFacts(store);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const imported = await importStatusReport(store, await context.actor(), {
      reports,
      raw: isUtf8(bytes) ? bytes.toString('utf8') : `base64:${bytes.toString('base64')}`,
      sha256,
      layout,
      dayAt,
      rehearsal: context.flags.dryRun,
    });
    const data = bankReportDocument(sha256, imported);
    const { odd, strays, unknown_files: unknown } = data.summary;
    return {
      data,
      warnings: [...warnings, ...warningsOf(data)],
      exitCode: odd + strays + unknown === 0 ? (0 as const) : (10 as const),
      human: humanOf(data),
    };
  },
};

/** What a file of reports says: by a layout as rows of CSV, else as a pain.002. */
async function reportsIn(context: Context, bytes: Buffer, name: string | undefined) {
  if (name !== undefined) {
    const { readBankOutcomes } = await import('../../operations/read-bank-outcomes.ts');
    return readBankOutcomes(await context.store(), await context.actor(), {
      name,
      pieces: withinSize([bytes], MOST_BYTES),
    });
  }
  const { readStatusReports } = await import('../../statements/pain002.ts');
  return { ...readStatusReports([bytes], MOST_BYTES), layout: null };
}

type Result = BankReportDocument['reports'][number]['results'][number];

const COLUMNS: readonly Column<Result>[] = [
  { key: 'payment', title: 'Payment', value: ({ payment }) => payment, priority: 1 },
  {
    key: 'amount',
    title: 'Amount',
    value: (row) => formatDecimal(row.amount, row.currency),
    kind: 'money',
    priority: 1,
  },
  { key: 'code', title: 'Code', value: ({ code }) => code, priority: 1 },
  { key: 'status', title: 'Status', value: ({ status }) => status, priority: 1 },
  { key: 'detail', title: 'What came of it', value: ({ detail, applied }) => detail ?? applied, priority: 2 },
  { key: 'reason', title: 'Reason', value: ({ reason }) => reason, priority: 3 },
];

function humanOf({ reports, summary }: BankReportDocument) {
  const rows = reports.flatMap(({ results }) => results);
  const files = reports.flatMap(({ bank_file: file, message_id: id }) => (file === null ? [] : [visible(id)]));
  const odd = summary.odd > 0 ? `, ${summary.odd} that did not fit` : '';
  return {
    list: {
      columns: COLUMNS,
      rows,
      footer: [
        `${[...new Set(files)].join(', ')}: ${summary.paid} paid, ${summary.failed} failed, ${summary.open} open${odd}`,
      ],
      empty: 'The report says nothing of any payment.',
    },
    next: [
      ...(summary.failed > 0 ? ['treasury payment list --status failed'] : []),
      ...(summary.open + summary.odd > 0 ? ['treasury payment list --status executing'] : []),
    ],
  };
}

function warningsOf({ imported_before: before, reports, summary }: BankReportDocument): string[] {
  const warnings: string[] = [];
  if (before) warnings.push('This report was imported before; nothing was changed by it now.');
  for (const { message_id: id, bank_file: file, strays } of reports) {
    if (file === null) warnings.push(`The report on ${visible(id)} is of no file that was exported here.`);
    for (const { line, key } of strays.slice(0, MOST_TOLD))
      warnings.push(
        `Line ${line} speaks of ${visible(key ?? 'a transfer without an id')}, which is not in ${visible(id)}.`,
      );
  }
  if (summary.odd > 0)
    warnings.push(`${quantity(summary.odd, 'result')} did not fit and changed nothing: treasury doctor`);
  return warnings;
}

const MOST_TOLD = 10;
