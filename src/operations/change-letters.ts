import type { Letter } from '../store/outbox.ts';
import type { Row } from '../store/tables.ts';

interface Notice {
  readonly change: Row<'changes'>;
  /** Addresses, each told once. */
  readonly tell: readonly string[];
  readonly what: 'proposed' | 'confirmed' | 'rejected';
  readonly by: string;
}

const OUTCOME = {
  proposed: 'Nothing has changed yet: somebody else must confirm it.',
  confirmed: 'It holds from now on. Sessions and codes of this person have ended.',
  rejected: 'Nothing has changed.',
} as const;

/** What the people concerned are told about a change. No values: the letter may go to somebody who should not learn them. */
export function changeLetters({ change, tell, what, by }: Notice): Letter[] {
  const text = [
    `A change about ${change.subject} was ${what} by ${by}.`,
    '',
    `Change: ${change.ref}`,
    `What:   ${change.kind}`,
    '',
    OUTCOME[what],
    `To look at it: treasury change show ${change.ref}`,
    '',
    'If this surprises you, tell your CFO at once.',
    '',
  ].join('\n');
  return [...new Set(tell)].map((to) => ({
    to,
    subject: `Change ${change.ref} about ${change.subject}: ${what}`,
    text,
  }));
}
