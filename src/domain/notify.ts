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

/** Whether a policy wants an event told by SMS as well. */
export const toldBySms = (terms: PolicyTerms | null, action: string): boolean =>
  (terms?.notify ?? []).some(({ event, sms }) => sms === true && NOTIFIED[event].action === action);

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
  const { what, words } = namedOf({ action, subject, payment });
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

/** One SMS; a longer one is charged and may come as two. */
const LONGEST_SMS = 160;

/**
 * What a person is told of an event by SMS: what happened to which payment, its amount and by whom. Neither payee nor destination, which
 * would lie open on a locked phone and at the provider; never a code, which only mail and apps carry.
 */
export function smsOf({
  action,
  subject,
  actor,
  fund,
  payment,
  amount,
}: Omit<Told, 'terms'> & { readonly amount: string | null }): string {
  const { of, what, words } = namedOf({ action, subject, payment });
  const sum = amount === null || of !== 'payment' ? '' : `, ${amount},`;
  return `${what}${sum} of fund ${fund} ${words}, by ${actor}.`.replaceAll(/[^\x20-\x7e]+/g, ' ').slice(0, LONGEST_SMS);
}

/** What an event is about and what happened to it, in words. */
function namedOf({ action, subject, payment }: Pick<Told, 'action' | 'subject' | 'payment'>) {
  const known = Object.values(NOTIFIED).find((one) => one.action === action);
  const { of, words } = known ?? { of: 'payment', words: action };
  return { of, words, what: of === 'payment' || payment === null ? (payment ?? subject) : `${subject} of ${payment}` };
}
