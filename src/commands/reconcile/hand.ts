import { formatAmount } from '../../domain/money.ts';
import { handMatchDocument } from '../../documents/reconciled.ts';
import type { HandMatch } from '../../operations/judge-match.ts';
import type { Result } from '../command.ts';

/** A match made or undone by hand, as an answer: what it was, what it is, and what comes next. */
export function handResult(done: HandMatch, verb: 'matched' | 'undone'): Result {
  const { match, line, entry, payment, before, after, fund, amountMinor } = done;
  const step = before === after || payment === null ? [] : [`${payment}: ${before} > ${after}`];
  return {
    data: handMatchDocument(done),
    human: {
      lines: [
        `${match.ref}: ${line ?? 'no line'} and ${entry} (${formatAmount(amountMinor, fund.currency)}) ${verb}.`,
        ...step,
      ],
      next: [
        ...(verb === 'matched' ? [`treasury reconcile undo ${match.ref}`] : []),
        `treasury reconcile unmatched --fund ${fund.code}`,
      ],
    },
  };
}
