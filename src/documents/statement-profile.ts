import type { AmountRule, ColumnProfile } from '../statements/column-profile.ts';
import type { ProvedStatement } from '../statements/proof.ts';
import type { StatementHeader, StatementLine } from '../statements/statement.ts';
import { statementDocument, statementLineDocument } from './statement.ts';

/** A column profile as people and scripts see it; who made it is null for one that comes with the tool. */
export function statementProfileDocument(
  profile: ColumnProfile,
  made: { readonly by: string; readonly at: Date } | null,
  sample: SampleRead | null = null,
) {
  return {
    name: profile.name,
    title: profile.title,
    date: profile.date,
    date_formats: profile.dateFormats,
    value_date: profile.valueDate,
    description: profile.description,
    external_id: profile.externalId,
    references: profile.references,
    counterparty: profile.counterparty,
    counterparty_account: profile.counterpartyAccount,
    balance: profile.balance,
    amount: amountDocument(profile.amount),
    decimal: profile.decimal,
    thousands: profile.thousands,
    charset: profile.charset ?? 'utf-8',
    delimiter: profile.delimiter,
    skip_lines: profile.skipLines,
    sheet: profile.sheet,
    currency: profile.currency,
    usual_currency: profile.usualCurrency,
    charges: profile.charges,
    created_by: made?.by ?? null,
    created_at: made?.at.toISOString() ?? null,
    sample: sample === null ? null : sampleDocument(sample),
  };
}
export type StatementProfileDocument = ReturnType<typeof statementProfileDocument>;

/** What a profile made of a file. */
interface SampleRead {
  readonly header: StatementHeader;
  /** The first ones. */
  readonly lines: readonly StatementLine[];
  readonly statement: ProvedStatement;
}

const sampleDocument = ({ header, lines, statement }: SampleRead) => ({
  statement: statementDocument(statement),
  first_lines: lines.map((line) => statementLineDocument(line, header, 1)),
});

/** Which columns hold the amounts; what a rule does not have is null. */
const amountDocument = (amount: AmountRule) => ({
  rule: amount.rule,
  debit: amount.rule === 'debit-credit' ? amount.debit : null,
  credit: amount.rule === 'debit-credit' ? amount.credit : null,
  debits: amount.rule === 'debit-credit' ? amount.debits : null,
  amount: amount.rule === 'debit-credit' ? null : amount.amount,
  positive: amount.rule === 'signed' ? amount.positive : null,
  mark: amount.rule === 'marked' ? amount.mark : null,
  in: amount.rule === 'marked' ? amount.in : [],
  out: amount.rule === 'marked' ? amount.out : [],
});
