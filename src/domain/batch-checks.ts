import { ABILITIES, mayAnywhere, mayAt, type Actor, type Place } from './access.ts';
import { linesText, shownStatus, tallyText, type Tally } from './batch.ts';
import { failed, isFailed, notJudged, passed } from './check.ts';
import { isAccountOfPhone } from './destination.ts';
import { availableMinor } from './ledger.ts';
import { formatAmount } from './money.ts';
import { batchDeadline, OTP_TRIES, otpExpired, type Challenge } from './otp.ts';
import { hasAccount } from './payment.ts';
import type { Check, ProblemKind } from './problem.ts';
import { quantity } from './quantity.ts';

/** The newest code of a person for a batch, and what it gave once it was used. */
export type BatchCode = Pick<
  Challenge,
  'digest' | 'failures' | 'sentAt' | 'expiresAt' | 'verifiedAt' | 'consumedAt' | 'voidedAt' | 'channel'
>;

/** Everything that decides whether a batch may be begun, or gone on with, by a person now. Amounts in minor units. */
export interface BatchFacts {
  readonly act: 'execute' | 'resume';
  readonly now: Date;
  readonly batch: {
    readonly ref: string;
    readonly status: string;
    readonly currency: string;
    readonly createdBy: string;
    readonly hash: string;
    /** The hash of what its rows say now. */
    readonly hashNow: string;
  };
  readonly fund: Place & {
    readonly code: string;
    readonly state: string;
    readonly balanceMinor: number;
    readonly reservedMinor: number;
  };
  readonly executor: Pick<Actor, 'userId' | 'username' | 'phone' | 'grants'>;
  /** Everybody who has decided on one of its requisitions. */
  readonly deciderIds: readonly string[];
  /** Rows that wait to be paid. */
  readonly waiting: readonly {
    readonly line: number;
    readonly method: string;
    readonly destination: string;
    readonly amountMinor: number;
  }[];
  readonly tally: Tally;
  /** Of the executor, and the digest that it must carry. */
  readonly code: BatchCode | null;
  readonly digest: string;
  /** The newest use of a code for this batch, whoever's. */
  readonly begun: { readonly by: string; readonly at: Date; readonly voided: boolean } | null;
  /** Who could do it instead. */
  readonly others: readonly string[];
}

/** Whether the use of a code still covers the batch: 24 hours, the last millisecond included. */
export const coversStill = (begun: BatchFacts['begun'], now: Date): boolean =>
  begun !== null && !begun.voided && now.getTime() <= batchDeadline(begun.at).getTime();

/** Every check of executing or resuming a batch, passed and failed, in the order of those of a payment. */
export const batchChecks = (facts: BatchFacts): Check[] => [
  statusCheck(facts),
  segregationCheck(facts),
  roleCheck(facts),
  otpCheck(facts),
  otpExpiryCheck(facts),
  rowsCheck(facts),
  fundOpenCheck(facts),
  balanceCheck(facts),
];

/** Which kind of refusal failing checks of a batch are, as of those of a payment. */
export function batchRefusalKind(checks: readonly Check[]): ProblemKind {
  const failing = checks.filter(isFailed);
  if (failing.some(({ id }) => id === 'segregation' || id === 'role')) return 'forbidden';
  if (failing.some(({ code }) => code === 'PAYMENT_IN_FLIGHT')) return 'pending';
  return failing.some(({ id }) => id === 'otp' || id === 'otp_expiry') ? 'auth' : 'refused';
}

function statusCheck(facts: BatchFacts): Check {
  const { batch, tally } = facts;
  const { ref, status } = batch;
  const known = { status: shownStatus(status, tally) };
  const fail = (code: string, message: string, command: string): Check =>
    failed('status', code, message, { command }, known);
  if (status === 'submitted') {
    return fail('BATCH_NOT_APPROVED', `${ref} has not been approved.`, `treasury batch approve ${ref}`);
  }
  if (status === 'cancelled') return fail('BATCH_CANCELLED', `${ref} was cancelled.`, `treasury batch show ${ref}`);
  if (tally.waiting > 0) return startCheck(facts, known);
  if (tally.inFlight > 0) {
    const message = `${quantity(tally.inFlight, 'row')} of ${ref} ${tally.inFlight === 1 ? 'is' : 'are'} in flight, and no other waits. Never pay them again.`;
    return fail('PAYMENT_IN_FLIGHT', message, `treasury batch show ${ref}`);
  }
  if (tally.failed > 0) {
    const message = `The rows of ${ref} that are left have failed: ${tallyText(tally)}.`;
    return fail('BATCH_ROWS_FAILED', message, `treasury batch show ${ref}`);
  }
  return fail('BATCH_DONE', `Nothing of ${ref} is left to pay: ${tallyText(tally)}.`, `treasury batch show ${ref}`);
}

function startCheck({ act, batch, begun, now, executor }: BatchFacts, known: Check['facts']): Check {
  const { ref, status } = batch;
  const covered = coversStill(begun, now);
  if (act === 'execute') {
    if (!covered) return passed('status', `${ref} is ${status}.`, known);
    const message = `${ref} was begun by ${begun?.by}, whose code covers it until ${begun === null ? '' : batchDeadline(begun.at).toISOString()}.`;
    const fix =
      begun?.by === executor.username ? { command: `treasury batch resume ${ref}` } : { who: [begun?.by ?? ''] };
    return failed('status', 'BATCH_BEGUN', message, fix, known);
  }
  if (begun !== null) return passed('status', `${ref} was begun by ${begun.by}.`, known);
  return failed(
    'status',
    'BATCH_NOT_BEGUN',
    `${ref} has not been begun.`,
    { command: `treasury batch execute ${ref}` },
    known,
  );
}

function segregationCheck({ batch, executor, deciderIds, waiting, others }: BatchFacts): Check {
  const { username, userId, phone } = executor;
  const own = waiting.filter(
    ({ method, destination }) => phone !== null && hasAccount(method) && isAccountOfPhone(destination, phone),
  );
  const faults = [
    ...(userId === batch.createdBy
      ? [{ code: 'EXECUTOR_IS_REQUESTER', message: `${username} made this batch and may not execute it.` }]
      : []),
    ...(deciderIds.includes(userId)
      ? [
          {
            code: 'EXECUTOR_IS_APPROVER',
            message: `${username} approved or rejected rows of it and may not execute it.`,
          },
        ]
      : []),
    ...(own.length > 0
      ? [
          {
            code: 'DESTINATION_IS_EXECUTOR',
            message: `What ${linesText(own.map(({ line }) => line))} would pay goes to ${username}'s own phone.`,
          },
        ]
      : []),
  ];
  const [first] = faults;
  if (first === undefined) return passed('segregation', `${username} neither made nor approved it.`);
  const message = faults.map((fault) => fault.message).join(' ');
  return failed(
    'segregation',
    first.code,
    message,
    { who: others },
    { codes: faults.map(({ code }) => code).join(' ') },
  );
}

function roleCheck({ executor, fund, others }: BatchFacts): Check {
  if (mayAt(executor, 'payment.execute', fund))
    return passed('role', `${executor.username} may pay from fund ${fund.code}.`);
  const [code, message] = mayAnywhere(executor, 'payment.execute')
    ? ['OUT_OF_SCOPE', `${executor.username}'s role does not reach fund ${fund.code}.`]
    : [
        'ROLE_MISSING',
        `${executor.username} has none of the roles ${ABILITIES['payment.execute'].join(', ')} at fund ${fund.code}.`,
      ];
  return failed('role', code, message, { who: others });
}

function otpCheck(facts: BatchFacts): Check {
  const { act, batch, code, begun, executor } = facts;
  if (statusCheck(facts).ok === false) return notJudged('otp', 'The code is not judged.');
  if (act === 'resume') {
    if (begun?.by === executor.username && !begun.voided)
      return passed('otp', "The batch's code was used at its start.");
    if (begun !== null && coversStill(begun, facts.now)) {
      const message = `The code of this batch was ${begun.by}'s; another person needs one of their own once it has ended.`;
      return failed('otp', 'OTP_REQUIRED', message, { who: [begun.by] });
    }
    const message =
      begun?.voided === true ? 'What the code of this batch allowed was made void.' : 'A new code is needed.';
    return failed('otp', 'OTP_REQUIRED', message, { command: `treasury batch otp ${batch.ref}` });
  }
  const send = { command: `treasury batch otp ${batch.ref}` };
  if (code !== null && code.failures >= OTP_TRIES && code.verifiedAt === null)
    return failed('otp', 'OTP_LOCKED', `The code was guessed wrongly ${OTP_TRIES} times and is void.`, send);
  if (!code?.sentAt || code.voidedAt !== null || code.consumedAt !== null)
    return failed('otp', 'OTP_REQUIRED', 'A one-time code for the whole batch is needed and none has been sent.', send);
  if (code.verifiedAt === null) {
    return failed('otp', 'OTP_REQUIRED', 'A one-time code was sent and has not been entered.', {
      command: `treasury batch otp ${batch.ref} --verify --code-stdin`,
    });
  }
  if (code.digest !== facts.digest)
    return failed('otp', 'OTP_INVALID', 'The code was given for another hash than that of this batch.', send);
  return passed('otp', 'The one-time code was verified.');
}

function otpExpiryCheck(facts: BatchFacts): Check {
  const { act, batch, code, begun, now } = facts;
  const send = { command: `treasury batch otp ${batch.ref}` };
  if (statusCheck(facts).ok === false) return notJudged('otp_expiry', 'The code is not judged.');
  if (act === 'resume') {
    if (begun === null || begun.voided) return notJudged('otp_expiry', 'There is no live code.');
    const expires = { expires_at: batchDeadline(begun.at).toISOString() };
    return coversStill(begun, now)
      ? passed('otp_expiry', 'The code was used less than 24 hours ago.', expires)
      : failed('otp_expiry', 'OTP_EXPIRED', 'What the code allowed ended 24 hours after it was used.', send, expires);
  }
  if (!code?.sentAt || code.voidedAt !== null || code.consumedAt !== null)
    return notJudged('otp_expiry', 'There is no live code.');
  const expires = { expires_at: code.expiresAt.toISOString() };
  return otpExpired(code, now)
    ? failed('otp_expiry', 'OTP_EXPIRED', 'The code ended five minutes after it was sent.', send, expires)
    : passed('otp_expiry', 'The code is not older than five minutes.', expires);
}

function rowsCheck({ batch }: BatchFacts): Check {
  if (batch.hash === batch.hashNow)
    return passed('requisition', 'Its rows are those that were approved.', { hash: batch.hash });
  return failed(
    'requisition',
    'BATCH_CHANGED',
    `The rows of ${batch.ref} no longer say what they said: its hash would be ${batch.hashNow}.`,
    { command: `treasury batch cancel ${batch.ref}` },
    { hash: batch.hash, hash_now: batch.hashNow },
  );
}

function fundOpenCheck({ fund }: BatchFacts): Check {
  if (fund.state === 'open') return passed('fund_open', `Fund ${fund.code} is open.`);
  const frozen = fund.state === 'frozen';
  return failed(
    'fund_open',
    frozen ? 'FUND_FROZEN' : 'FUND_CLOSED',
    `Fund ${fund.code} is ${fund.state}.`,
    frozen ? { command: `treasury fund unfreeze ${fund.code}` } : {},
  );
}

function balanceCheck({ batch, fund, waiting }: BatchFacts): Check {
  const money = (minor: number) => formatAmount(minor, batch.currency);
  const available = availableMinor(fund);
  const needed = waiting.reduce((sum, row) => sum + row.amountMinor, 0);
  const figures = { available_minor: available, amount_minor: needed, reserved_minor: fund.reservedMinor };
  if (available >= needed) return passed('balance', `Fund ${fund.code} has ${money(available)} available.`, figures);
  return failed(
    'balance',
    'INSUFFICIENT_FUNDS',
    `Fund ${fund.code} has ${money(available)} available; the rows that wait need ${money(needed)}.`,
    { command: `treasury replenish request ${fund.code} --reason REASON` },
    figures,
  );
}
