import { mayAnywhere, mayAt, type Actor } from '../domain/access.ts';
import { Problem } from '../domain/problem.ts';
import { requireStep, type ScheduleStep } from '../domain/schedule.ts';
import { requirePerson } from '../domain/token.ts';
import { recordFundEvent, recordOfficeEvent } from '../store/audit-chain.ts';
import { lockFund } from '../store/funds.ts';
import { lockPayment } from '../store/payments.ts';
import { getSchedule, lockSchedule, moveSchedule, resolveSchedule, type ScheduleView } from '../store/schedules.ts';
import type { Store } from '../store/store.ts';
import type { Row } from '../store/tables.ts';
import type { Tx } from '../store/transaction.ts';

export interface ScheduleStepRequest {
  readonly schedule: string;
  readonly step: ScheduleStep;
  readonly reason: string | null;
  /** The first time after an instant that a cron expression means. */
  readonly nextAfter: (cron: string, after: Date) => Date;
}

const TO: Readonly<Record<ScheduleStep, string>> = { pause: 'paused', resume: 'active', remove: 'removed' };
const ACTION: Readonly<Record<ScheduleStep, string>> = {
  pause: 'schedule.paused',
  resume: 'schedule.resumed',
  remove: 'schedule.removed',
};

/**
 * Pauses, resumes or removes a schedule: one's own, or that of others as treasurer or CFO. A payment that was paused is due at its
 * time, or at once when that has passed. One that is being carried out is conflict SCHEDULE_RUNNING.
 */
export async function stepSchedule(
  store: Store,
  actor: Actor,
  request: ScheduleStepRequest,
): Promise<{ before: ScheduleView; after: ScheduleView }> {
  requirePerson(actor);
  return store.write(async (tx) => {
    const id = await resolveSchedule(tx, request.schedule, actor.grants);
    const before = await getSchedule(tx, id);
    const { paymentId, fundId } = before.schedule;
    // The order of everybody: payment, fund, then what belongs to them.
    if (paymentId !== null) await lockPayment(tx, paymentId);
    const fund = fundId === null ? null : await lockFund(tx, fundId);
    const schedule = await lockSchedule(tx, id);
    requireMover(actor, schedule, fund);
    requireStep(request.step, schedule);
    if (schedule.leaseUntil !== null && schedule.leaseUntil > tx.now) throw running(schedule);
    await moveSchedule(tx, id, {
      status: TO[request.step],
      nextAt: request.step === 'resume' ? nextOf(tx, schedule, request) : null,
      endedAt: request.step === 'remove' ? tx.now : null,
    });
    const { username, origin } = actor;
    const payload = { before: schedule.status, payment: before.payment, job: schedule.job, reason: request.reason };
    const happening = { actor: username, action: ACTION[request.step], subject: schedule.ref, origin, payload };
    await (fund === null || paymentId === null
      ? recordOfficeEvent(tx, happening)
      : recordFundEvent(tx, fund, happening));
    return { before: { ...before, schedule }, after: await getSchedule(tx, id) };
  });
}

const nextOf = (tx: Tx, { cron, dueAt }: Row<'schedules'>, { nextAfter }: ScheduleStepRequest): Date | null =>
  cron === null ? dueAt : nextAfter(cron, tx.now);

function requireMover(actor: Actor, { ref, createdBy }: Row<'schedules'>, fund: Row<'funds'> | null): void {
  if (createdBy === actor.userId) return;
  if (fund === null ? mayAnywhere(actor, 'schedule.manage') : mayAt(actor, 'schedule.manage', fund)) return;
  throw new Problem('forbidden', 'NOT_THE_SCHEDULER', `${ref} is another person's: a treasurer or CFO may do this.`, {
    unchanged: 'It is as it was.',
    fix: 'ask a treasurer or CFO of that fund',
  });
}

const running = ({ ref }: Row<'schedules'>): Problem =>
  new Problem('conflict', 'SCHEDULE_RUNNING', `${ref} is being carried out at this moment.`, {
    unchanged: 'It is as it was.',
    fix: `treasury schedule list`,
    retryable: true,
  });
