import type { Rows } from './rows.ts';

/** One person's part in one payment, replenishment or change. */
interface Part {
  readonly duty: string;
  readonly person: string | null;
}

/** Duties that never lie in one hand (DESIGN rules 1, 6, 9 and 10; CLI.md on `payment resolve` and `reverse`). */
const APART: readonly (readonly [string, string])[] = [
  ['request', 'approve'],
  ['request', 'execute'],
  ['approve', 'execute'],
  ['reverse', 'request'],
  ['reverse', 'execute'],
  ['confirm the reversal', 'reverse'],
  ['confirm the reversal', 'request'],
  ['confirm the reversal', 'execute'],
  ['declare not paid', 'request'],
  ['declare not paid', 'approve'],
  ['declare not paid', 'try'],
  ['confirm not paid', 'declare not paid'],
  ['confirm not paid', 'request'],
  ['confirm not paid', 'try'],
  ['ask for money', 'grant it'],
  ['ask for money', 'pay it in'],
  ['grant it', 'pay it in'],
  ['propose', 'confirm'],
  ['be the subject', 'confirm'],
];

/** Everything that the rows hold against segregation: which two duties lay in whose hand. None of the tool's own rules are asked. */
export function sharedDuties(rows: Rows): string[] {
  return [
    ...rows.payments.flatMap((payment) => shared(`payment ${payment.ref}`, rows, partsOf(rows, payment))),
    ...rows.changes
      .filter(({ kind, status }) => kind === 'payment.not_paid' && status === 'confirmed')
      .flatMap((change) => shared(`change ${change.ref}`, rows, notPaidParts(rows, change))),
    ...rows.replenishments.flatMap((one) =>
      shared(`replenishment ${one.ref}`, rows, [
        { duty: 'ask for money', person: one.requestedBy },
        { duty: 'grant it', person: one.approvedBy },
        { duty: 'pay it in', person: one.fundedBy },
      ]),
    ),
    ...rows.changes.flatMap((change) =>
      shared(`change ${change.ref} (${change.kind})`, rows, [
        { duty: 'propose', person: change.proposedBy },
        { duty: 'be the subject', person: change.kind === 'payment.reverse' ? null : change.subjectUserId },
        ...confirmers(rows, change.id).map((person) => ({ duty: 'confirm', person })),
      ]),
    ),
  ];
}

/** Who had which part in a payment that left, or is leaving. */
function partsOf(rows: Rows, payment: Rows['payments'][number]): Part[] {
  const left = ['executing', 'success', 'reconciled', 'reversed'].includes(payment.status);
  const executors = [
    ...(left ? [payment.executorId] : []),
    ...rows.executions.filter(({ paymentId }) => paymentId === payment.id).map(({ executorId }) => executorId),
  ];
  const requester = rows.requisitions.find(({ id }) => id === payment.requisitionId)?.requestedBy ?? null;
  const decisions = rows.approvals.filter(({ requisitionId }) => requisitionId === payment.requisitionId);
  const reversals = rows.changes.filter(
    ({ kind, subject, status }) => kind === 'payment.reverse' && subject === payment.ref && status === 'confirmed',
  );
  return [
    { duty: 'request', person: payment.requesterId },
    { duty: 'request', person: requester },
    ...decisions.map(({ approverId }) => ({ duty: 'approve', person: approverId })),
    ...executors.map((person) => ({ duty: 'execute', person })),
    ...reversals.flatMap((change) => [
      { duty: 'reverse', person: change.proposedBy },
      ...confirmers(rows, change.id).map((person) => ({ duty: 'confirm the reversal', person })),
    ]),
  ];
}

/** Who had which part in saying that one try of a payment was in vain; approvals count that were given before. */
function notPaidParts(rows: Rows, change: Rows['changes'][number]): Part[] {
  const payment = rows.payments.find(({ ref }) => ref === change.subject);
  const { attempt } = JSON.parse(change.before) as { attempt: string };
  const before = rows.approvals.filter(
    ({ requisitionId, createdAt }) => requisitionId === payment?.requisitionId && createdAt <= change.createdAt,
  );
  return [
    { duty: 'declare not paid', person: change.proposedBy },
    ...confirmers(rows, change.id).map((person) => ({ duty: 'confirm not paid', person })),
    { duty: 'try', person: rows.attempts.find(({ ref }) => ref === attempt)?.executorId ?? null },
    { duty: 'request', person: payment?.requesterId ?? null },
    ...before.map(({ approverId }) => ({ duty: 'approve', person: approverId })),
  ];
}

const confirmers = ({ confirmations }: Rows, change: string): string[] =>
  confirmations.filter(({ changeId }) => changeId === change).map(({ userId }) => userId);

function shared(what: string, rows: Rows, parts: readonly Part[]): string[] {
  return APART.flatMap(([one, other]) => {
    const people = (duty: string) => parts.flatMap((part) => (part.duty === duty ? (part.person ?? []) : []));
    const both = people(one).filter((person) => people(other).includes(person));
    return [...new Set(both)].map((person) => `${what}: ${rows.username(person)} did both: ${one}, ${other}`);
  });
}
