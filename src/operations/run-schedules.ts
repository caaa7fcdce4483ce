import { requireAbility, type Actor } from '../domain/access.ts';
import type { CarriedOut } from '../domain/carried-out.ts';
import { waitAfter } from '../domain/backoff.ts';
import { isJob, JOBS, SCHEDULE_BACKOFF } from '../domain/schedule.ts';
import { leaseSchedule, recordRun, type RunOutcome } from '../store/schedules.ts';
import type { Store } from '../store/store.ts';
import type { Row } from '../store/tables.ts';
import type { Tx } from '../store/transaction.ts';
import { actingPerson, requireEnabled } from './acting-person.ts';
import { isTransient, LONGEST_DETAIL, passing, type Carrier } from './carrier.ts';
import { carryOutPayment } from './carry-out-payment.ts';

/** Longer than any step of the work: whoever still holds it then has crashed. A job may read large files. */
const LEASES_MS = { payment: 120_000, job: 15 * 60_000 } as const;

/** Carries out one schedule that is due; null when another worker has it, or it is no longer due. */
export async function runSchedule(store: Store, id: string, carrier: Carrier): Promise<CarriedOut | null> {
  const schedule = await store.write((tx) => take(tx, id, carrier.holder));
  if (schedule === null) return null;
  return schedule.paymentId === null ? runJob(store, schedule, carrier) : carryOutPayment(store, schedule, carrier);
}

const take = (tx: Tx, id: string, leaseHolder: string): Promise<Row<'schedules'> | null> =>
  leaseSchedule(tx, id, { leaseHolder, leaseMs: LEASES_MS });

async function runJob(store: Store, schedule: Row<'schedules'>, carrier: Carrier): Promise<CarriedOut> {
  const { job, cron, id } = schedule;
  if (job === null || !isJob(job) || cron === null)
    throw new Error(`${schedule.ref} repeats no job that this release knows`);
  const acting = async (): Promise<Actor> => {
    const actor = await store.read((tx) => actingPerson(tx, schedule.createdBy, carrier.origin));
    requireEnabled(actor);
    requireAbility(actor, JOBS[job].ability);
    return actor;
  };
  const done = await attempted(async () => {
    await acting();
    return carrier.jobs[job]({ acting, schedule });
  });
  await store.write(async (tx) => {
    const next = carrier.nextAfter(cron, tx.now);
    await recordRun(
      tx,
      { id, holder: carrier.holder },
      outcomeOf(tx.now, { schedule, done, next, chance: carrier.chance() }),
    );
  });
  return { what: schedule.ref, subject: job, outcome: done.outcome, detail: done.detail };
}

interface Done {
  readonly outcome: CarriedOut['outcome'];
  readonly detail: string;
}

/** A job comes again at its time; one that failed for a reason that may pass, earlier than that. */
function outcomeOf(
  now: Date,
  { schedule, done, next, chance }: { schedule: Row<'schedules'>; done: Done; next: Date; chance: number },
): RunOutcome {
  const failures = done.outcome === 'failed' ? schedule.failures + 1 : 0;
  const again = new Date(now.getTime() + waitAfter(failures, chance, SCHEDULE_BACKOFF));
  return {
    ...{ status: 'active', endedAt: null, failures },
    nextAt: failures > 0 && again < next ? again : next,
    lastOutcome: done.outcome,
    lastDetail: done.detail.slice(0, LONGEST_DETAIL),
  };
}

async function attempted(work: () => Promise<string>): Promise<Done> {
  try {
    return { outcome: 'done', detail: await work() };
  } catch (error) {
    const problem = passing(error);
    return { outcome: isTransient(problem) ? 'failed' : 'refused', detail: problem.message };
  }
}
