import type { ExceptionKind } from '../../domain/reconciliation/outcome.ts';

/** What is left for people, by its kind, in words. */
export const KIND_TITLES: Readonly<Record<ExceptionKind, string>> = {
  unbalanced: 'the statement does not hold',
  amount_differs: 'amount differs',
  ambiguous: 'more than one fits',
  own_payment: 'for another person',
  statement_only: 'only on the statement',
  ledger_only: 'only in the book',
};
