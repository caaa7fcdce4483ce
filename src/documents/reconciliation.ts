import {
  EXCEPTION_KINDS,
  unexplainedMinor,
  type Agreement,
  type ToldEntry,
  type ToldException,
  type ToldLine,
  type ToldMatch,
} from '../domain/reconciliation/outcome.ts';
import { maybeMoney, money } from './money.ts';

/** A line of a statement: its reference once it is saved, and where the file has it. */
export const toldLineDocument = (line: ToldLine, currency: string) => ({
  ref: line.ref,
  position: line.position,
  booked_on: line.bookedOn,
  ...money('amount', line.amountMinor, currency),
  currency,
  external_id: line.externalId,
  counterparty: line.counterparty,
  description: line.description,
});

const entryOf = (entry: ToldEntry | null) => ({ entry: entry?.ref ?? null, payment: entry?.payment ?? null });

/** What explains each other; groups have several lines or several entries. */
export const matchDocument = (match: ToldMatch, currency: string) => {
  const [line] = match.lines;
  const [entry] = match.entries;
  if (line === undefined || entry === undefined) throw new Error('a match has a line and an entry');
  return {
    ref: match.ref,
    line: toldLineDocument(line, currency),
    ...entryOf(entry),
    lines: match.lines.map((one) => toldLineDocument(one, currency)),
    entries: match.entries.map(({ ref }) => ref),
    pass: match.pass,
    score: match.score,
    reasons: match.reasons,
  };
};
export type MatchDocument = ReturnType<typeof matchDocument>;

/** What is left for a person, with the command that may settle it. */
export const exceptionDocument = (exception: ToldException, currency: string) => ({
  kind: exception.kind,
  line: exception.line === null ? null : toldLineDocument(exception.line, currency),
  ...entryOf(exception.entry),
  ...maybeMoney('amount', exception.amountMinor, currency),
  currency,
  candidates: exception.candidates.map(({ entry, reasons }) => ({ ...entryOf(entry), reasons })),
  message: exception.message,
  suggested_command: exception.suggestedCommand,
});
export type ExceptionDocument = ReturnType<typeof exceptionDocument>;

/** What a reconciliation came to. */
export interface ReconciliationFacts {
  readonly view: { readonly fund: { readonly code: string; readonly currency: string } };
  readonly read: {
    readonly type: string;
    readonly account: string | null;
    readonly currency: string | null;
    readonly from: string | null;
    readonly to: string | null;
    readonly lines: number;
    readonly openingMinor: number | null;
    readonly closingMinor: number | null;
    readonly creditsMinor: number;
    readonly debitsMinor: number;
    readonly ties: boolean | null;
  };
  readonly skipped: number;
  readonly outcome: {
    readonly matches: readonly ToldMatch[];
    readonly matched: number;
    readonly exceptions: readonly ToldException[];
    readonly inTransit: number;
    readonly agreement: Agreement | null;
  };
  readonly applied: {
    readonly statement: string | null;
    readonly reconciliation: string | null;
    readonly feesBooked: number;
    readonly variances: readonly string[];
  } | null;
}

/** A reconciliation as scripts see it. */
export function reconciliationDocument({ view, read, skipped, outcome, applied }: ReconciliationFacts) {
  const { currency, code } = view.fund;
  const { agreement } = outcome;
  const count = (kind: (typeof EXCEPTION_KINDS)[number]): number =>
    outcome.exceptions.filter((exception) => exception.kind === kind).length;
  return {
    fund: code,
    statement: {
      ref: applied?.statement ?? null,
      type: read.type,
      account: read.account,
      currency: read.currency ?? currency,
      period: { from: read.from, to: read.to },
      lines: read.lines,
      ...maybeMoney('opening', read.openingMinor, currency),
      ...maybeMoney('closing', read.closingMinor, currency),
      ...money('debits', read.debitsMinor, currency),
      ...money('credits', read.creditsMinor, currency),
      ties: read.ties,
      skipped_already_seen: skipped,
    },
    matched: outcome.matches.map((match) => matchDocument(match, currency)),
    exceptions: outcome.exceptions.map((exception) => exceptionDocument(exception, currency)),
    summary: {
      matched: outcome.matched,
      exceptions: outcome.exceptions.length,
      statement_only: count('statement_only'),
      ledger_only: count('ledger_only'),
      amount_differs: count('amount_differs'),
      ambiguous: count('ambiguous'),
      own_payment: count('own_payment'),
      unbalanced: count('unbalanced'),
      in_transit: outcome.inTransit,
      fees_booked: applied?.feesBooked ?? 0,
      variances_recorded: applied?.variances ?? [],
    },
    agreement:
      agreement === null
        ? null
        : {
            day: agreement.day,
            currency,
            ...money('ledger', agreement.ledgerMinor, currency),
            ...money('ledger_only', agreement.ledgerOnlyMinor, currency),
            ...money('statement_only', agreement.statementOnlyMinor, currency),
            ...money('differs', agreement.differsMinor, currency),
            ...money('closing', agreement.closingMinor, currency),
            ...money('unexplained', unexplainedMinor(agreement), currency),
          },
    reconciliation: applied?.reconciliation ?? null,
    applied: applied !== null,
  };
}
export type ReconciliationDocument = ReturnType<typeof reconciliationDocument>;
