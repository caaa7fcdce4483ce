import { requireAbilityAt, requireAbility, requireWithinReach, type Actor } from '../domain/access.ts';
import { isFailed } from '../domain/check.ts';
import { codeNeeded } from '../domain/execution-facts.ts';
import type { Check } from '../domain/problem.ts';
import { Problem } from '../domain/problem.ts';
import { JOBS, judgeScheduling, requireSchedulable, requireScheduleTime, type Job } from '../domain/schedule.ts';
import { requirePerson } from '../domain/token.ts';
import { recordFundEvent, recordOfficeEvent } from '../store/audit-chain.ts';
import { consumeChallenge } from '../store/execution-writes.ts';
import { resolvePayment } from '../store/payments.ts';
import { newIdentity } from '../store/references.ts';
import { findOpenSchedule, getSchedule, insertSchedule, type ScheduleView } from '../store/schedules.ts';
import type { Store } from '../store/store.ts';
import type { Row } from '../store/tables.ts';
import type { Tx } from '../store/transaction.ts';
import { requireEachOnce } from './guarded-writes.ts';
import { judgeExecution, refusal, type ExecutionCase, type OfficeDay } from './judge-execution.ts';
import { readableFund } from './look-up.ts';

const unchanged = 'Nothing was scheduled.';

export interface PaymentSchedule {
  readonly payment: string;
  readonly at: Date;
  readonly dayAt: (now: Date) => OfficeDay;
}

/** What was scheduled, and what would keep it from being paid as things stand. */
export interface Scheduled {
  readonly view: ScheduleView;
  readonly postponed: readonly Check[];
}

/**
 * Orders a payment for a time: every check is made now, and the code used up, so that whoever gave it is the executor. What the day
 * brings (balance, limits, hours) is judged when it is due. Throws usage SCHEDULE_TIME_INVALID, refused CASH_NOT_SCHEDULED, conflict
 * SCHEDULE_EXISTS, or what an execution would be refused with; nothing is changed then.
 */
export async function schedulePayment(store: Store, executor: Actor, request: PaymentSchedule): Promise<Scheduled> {
  requirePerson(executor);
  return store.write(async (tx) => {
    requireScheduleTime(request.at, tx.now);
    const paymentId = await resolvePayment(tx, request.payment, executor.grants);
    const day = request.dayAt(tx.now);
    const found = await judgeExecution(tx, { paymentId, executor, day, gatewayReference: null });
    const { payment, requisition, challenge } = found.dossier;
    requireWithinReach(executor, requisition);
    const { against, postponed } = judgeScheduling(found.checks);
    if (against.length > 0) throw refusal(payment.ref, found.checks, { unchanged });
    requireSchedulable(payment);
    await requireNoOther(tx, payment);
    const used = codeNeeded(found.facts) ? challenge : null;
    if (used !== null) requireEachOnce([await consumeChallenge(tx, { id: used.id, now: tx.now })]);
    const view = await keep(tx, executor, { found, at: request.at, challengeId: used?.id ?? null });
    return { view, postponed: postponed.filter(isFailed) };
  });
}

async function requireNoOther(tx: Tx, payment: Row<'payments'>): Promise<void> {
  const other = await findOpenSchedule(tx, payment.id);
  if (other === undefined) return;
  throw new Problem('conflict', 'SCHEDULE_EXISTS', `${payment.ref} is scheduled already, as ${other.ref}.`, {
    unchanged: `${unchanged} The code can still be used.`,
    fix: `treasury schedule remove ${other.ref}`,
    retryable: false,
  });
}

const FRESH = {
  ...{ status: 'active', leaseHolder: null, leaseUntil: null, failures: 0 },
  ...{ lastRunAt: null, lastOutcome: null, lastDetail: null, endedAt: null },
} as const;

async function keep(
  tx: Tx,
  executor: Actor,
  { found, at, challengeId }: { found: ExecutionCase; at: Date; challengeId: string | null },
): Promise<ScheduleView> {
  const { payment, fund } = found.dossier;
  const row: Row<'schedules'> = {
    ...FRESH,
    ...(await newIdentity(tx, 'schedules')),
    ...{ kind: 'payment', paymentId: payment.id, fundId: fund.id, dueAt: at, nextAt: at, challengeId },
    ...{ job: null, folder: null, cron: null, createdBy: executor.userId, createdAt: tx.now },
  };
  await insertSchedule(tx, row);
  await recordFundEvent(tx, fund, {
    actor: executor.username,
    action: 'schedule.added',
    subject: row.ref,
    origin: executor.origin,
    payload: {
      payment: payment.ref,
      at,
      amount_minor: payment.amountMinor,
      currency: payment.currency,
      fund: fund.code,
      otp_required: challengeId !== null,
    },
  });
  return getSchedule(tx, row.id);
}

export interface JobSchedule {
  readonly job: Job;
  /** As the office will read it. */
  readonly cron: string;
  /** The first time after an instant that the expression means. */
  readonly nextAfter: (after: Date) => Date;
  readonly fund: string | null;
  /** The folder whose files are looked at, as an absolute path. */
  readonly folder: string | null;
}

/** Repeats a job by a cron expression, for its person and with the roles that they hold whenever it runs. */
export async function scheduleJob(store: Store, actor: Actor, request: JobSchedule): Promise<ScheduleView> {
  requirePerson(actor);
  const { job, cron, folder } = request;
  requireAbility(actor, JOBS[job].ability);
  return store.write(async (tx) => {
    const fund = request.fund === null ? null : (await readableFund(tx, actor, request.fund)).fund;
    if (fund !== null) requireAbilityAt(actor, JOBS[job].ability, fund);
    const nextAt = request.nextAfter(tx.now);
    const row: Row<'schedules'> = {
      ...FRESH,
      ...(await newIdentity(tx, 'schedules')),
      ...{ kind: 'job', job, cron, folder, fundId: fund?.id ?? null, nextAt },
      ...{ paymentId: null, dueAt: null, challengeId: null, createdBy: actor.userId, createdAt: tx.now },
    };
    await insertSchedule(tx, row);
    const payload = { job, cron, folder, fund: fund?.code ?? null };
    const { username, origin } = actor;
    await recordOfficeEvent(tx, { actor: username, action: 'schedule.added', subject: row.ref, origin, payload });
    return getSchedule(tx, row.id);
  });
}
