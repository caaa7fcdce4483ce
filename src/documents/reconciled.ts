import type { Match } from '../store/matches.ts';
import type { FundReconciliation, OpenFigures, UnmatchedItem } from '../store/unmatched.ts';
import { maybeMoney, money } from './money.ts';

/** A match with the names that people know its parts by. */
export interface MatchNames {
  readonly match: Match;
  readonly line: string | null;
  readonly entry: string;
  readonly payment: string | null;
  readonly fund: { readonly code: string; readonly currency: string };
  readonly amountMinor: number;
}

/** A match that was made or undone by hand. */
export const handMatchDocument = ({ match, line, entry, payment, fund, amountMinor }: MatchNames) => ({
  id: match.id,
  ref: match.ref,
  fund: fund.code,
  line,
  entry,
  payment,
  ...money('amount', amountMinor, fund.currency),
  currency: fund.currency,
  pass: match.pass,
  score: match.score,
  // Only the tool writes them, as a list of words.
  reasons: JSON.parse(match.reasons) as string[],
  live: match.undoneAt === null,
  created_at: match.createdAt.toISOString(),
  undone_at: match.undoneAt?.toISOString() ?? null,
  undone_reason: match.undoneReason,
});

const openSide = (open: OpenFigures, currency: string) => ({
  open: open.count,
  ...money('sum', open.sumMinor, currency),
  oldest: open.oldest,
  over_7_days: open.overWeek,
  over_30_days: open.overMonth,
});

/** How far a fund is reconciled. */
export const reconciliationStatusDocument = ({
  fund,
  lastStatement,
  lines,
  entries,
  matched,
  unbalanced,
}: FundReconciliation) => ({
  fund: fund.code,
  currency: fund.currency,
  ...money('balance', fund.balanceMinor, fund.currency),
  last_statement: lastStatement?.ref ?? null,
  reconciled_to: lastStatement?.toDay ?? null,
  ...maybeMoney('closing', lastStatement?.closingMinor ?? null, fund.currency),
  matched,
  unbalanced_statements: unbalanced,
  lines: openSide(lines, fund.currency),
  entries: openSide(entries, fund.currency),
});
export type ReconciliationStatusDocument = ReturnType<typeof reconciliationStatusDocument>;

/** An open item, and for how many days it has been open. */
interface AgedUnmatched extends UnmatchedItem {
  readonly ageDays: number;
}

/** A line or an entry that nothing explains. */
export const unmatchedDocument = (item: AgedUnmatched) => ({
  fund: item.fundCode,
  side: item.side,
  ref: item.ref,
  day: item.day,
  age_days: item.ageDays,
  ...money('amount', item.amountMinor, item.currency),
  currency: item.currency,
  reference: item.reference,
  payment: item.payment,
  about: item.about,
  suggested_command: suggestionFor(item),
});
export type UnmatchedDocument = ReturnType<typeof unmatchedDocument>;

const suggestionFor = ({ side, ref, payment }: AgedUnmatched): string => {
  if (side === 'statement') return `treasury reconcile match ${ref} ENTRY`;
  return payment === null ? `treasury ledger show ${ref}` : `treasury reconcile payment ${payment} --evidence FILE`;
};
