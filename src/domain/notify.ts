import type { Audience, NotifyRule, PolicyTerms } from './policy.ts';

interface Notified {
  readonly action: string;
  /** What is said: of the payment that it is about, where there is one, or of the event's own subject. */
  readonly of: 'payment' | 'subject';
  readonly words: string;
}

/** What a policy may have told by mail, by its name in the file: the event of the audit chain, and in which words. */
export const NOTIFIED: Readonly<Record<NotifyRule['event'], Notified>> = {
  payment_paid: { action: 'payment.executed', of: 'payment', words: 'was paid' },
  payment_failed: { action: 'payment.failed', of: 'payment', words: 'failed' },
  payment_reversed: { action: 'payment.reversed', of: 'payment', words: 'was reversed' },
  schedule_refused: { action: 'schedule.refused', of: 'payment', words: 'was due and was not paid' },
  replenishment_requested: { action: 'replenishment.requested', of: 'subject', words: 'was requested' },
  variance_recorded: { action: 'variance.recorded', of: 'subject', words: 'was recorded' },
};

/** Whom a policy wants told of an event of the audit chain; nobody when it says nothing about it. */
export const audienceOf = (terms: PolicyTerms | null, action: string): readonly Audience[] =>
  (terms?.notify ?? []).find(({ event }) => NOTIFIED[event].action === action)?.to ?? [];

/** An event as it is told. */
export interface Told {
  readonly action: string;
  readonly subject: string;
  readonly actor: string;
  readonly fund: string;
  /** The reference of the payment that it is about, where it is about one. */
  readonly payment: string | null;
  /** Amount, payee and destination of that payment, and by what it differs, for people. */
  readonly terms: readonly string[];
}

/** What a person is told of an event by mail. */
export function noticeOf({ action, subject, actor, fund, payment, terms }: Told): { subject: string; text: string } {
  const { of = 'payment', words = action } = Object.values(NOTIFIED).find((one) => one.action === action) ?? {};
  const what = of === 'payment' || payment === null ? (payment ?? subject) : `${subject} of ${payment}`;
  return {
    subject: `${what} ${words}`,
    text: [
      `${what} of fund ${fund} ${words}.`,
      '',
      ...terms,
      `By:      ${actor}`,
      '',
      `To look at it: treasury audit log --subject ${subject}`,
      'You are told because the policy of your office says so.',
      '',
    ].join('\n'),
  };
}
