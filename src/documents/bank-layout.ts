import type { CsvLayout, LayoutColumn } from '../domain/bank-file/csv-layout.ts';

interface Shown {
  readonly layout: CsvLayout;
  readonly version: number | null;
  readonly made: { readonly by: string; readonly at: Date } | null;
}

/** A layout as people and scripts see it; version and maker are null for one that comes with the tool, the preview in a list. */
export const bankLayoutDocument = ({ layout, version, made }: Shown, preview: readonly string[] | null) => ({
  name: layout.name,
  version,
  title: layout.title,
  separator: layout.separator,
  header: layout.header,
  date: layout.date,
  decimal: layout.decimal,
  quoting: layout.quoting,
  columns: layout.columns.map(columnDocument),
  outcomes: layout.outcomes === null ? null : outcomesDocument(layout.outcomes),
  created_by: made?.by ?? null,
  created_at: made?.at.toISOString() ?? null,
  preview,
});
export type BankLayoutDocument = ReturnType<typeof bankLayoutDocument>;

const columnDocument = (column: LayoutColumn) => ({
  title: column.title,
  field: 'field' in column ? column.field : null,
  text: 'text' in column ? column.text : null,
  longest: 'field' in column ? column.longest : null,
  needed: 'field' in column && column.needed,
});

const outcomesDocument = (outcomes: NonNullable<CsvLayout['outcomes']>) => ({
  separator: outcomes.separator,
  charset: outcomes.charset ?? 'utf-8',
  decimal: outcomes.decimal,
  thousands: outcomes.thousands,
  key: outcomes.key,
  message_id: outcomes.messageId,
  status: outcomes.status,
  reason: outcomes.reason,
  amount: outcomes.amount,
  currency: outcomes.currency,
  account: outcomes.account,
  paid: outcomes.paid,
  rejected: outcomes.rejected,
});
