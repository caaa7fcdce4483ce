import type { Flag } from '../../domain/payee-flags.ts';
import { formatAmount } from '../../domain/money.ts';
import { requisitionDocument } from '../../documents/requisition.ts';
import type { Decided } from '../../operations/decide-requisition.ts';
import type { Result } from '../command.ts';
import { progressLines, requisitionSteps } from './show.ts';

/** What is said after a requisition moved on: its status before and after, and what comes next. */
export function movedOn({ before, view, progress }: Decided, flags: readonly Flag[] | null = null): Result {
  const document = requisitionDocument(view, progress, flags);
  const amount = formatAmount(document.amount_minor, document.currency);
  return {
    data: document,
    human: {
      lines: [
        `${document.number} (${document.ref}): ${before} > ${document.status}. ${amount} to ${document.payee}.`,
        ...(progress === null ? [] : progressLines(progress)),
      ],
      next: requisitionSteps(document),
    },
  };
}
