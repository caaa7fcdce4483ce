import { requireAbility } from '../../domain/access.ts';
import { Problem } from '../../domain/problem.ts';
import { checkReplenishment } from '../../operations/check-replenishment.ts';
import { raiseAlerts } from '../../operations/raise-alerts.ts';
import { readMessage } from '../../operations/read-message.ts';
import { deliverDue, resolveDue, type Worker } from '../../operations/work.ts';
import { nextTime } from '../../terminal/cron.ts';
import { secretToken } from '../../store/random.ts';
import type { Context } from '../context.ts';
import { officeFacts } from '../office-day.ts';
import { reconcileFolder } from './drop-folder.ts';

const FINEST = 1_000_000;

/** A worker of this office, with every job that it knows; `tell` hears of each thing when it is done. */
export async function openWorker(context: Context, tell: Worker['tell']): Promise<Worker> {
  const store = await context.store();
  await context.actor();
  const { dayAt, timezone: zone } = await officeFacts(store);
  const { origin } = context;
  const worker: Worker = {
    holder: secretToken(),
    ...{ origin, dayAt, sending: context.sending(), reader: { read: readMessage, dayAt, origin } },
    openMailer: () => context.mailer(),
    openSms: () => context.sms(),
    pepper: () => context.pepper(),
    now: context.now,
    tell,
    mayGoOn: () => mayGoOn(context),
    pause: (milliseconds) => context.pause(milliseconds),
    chance: () => context.randomInt(FINEST) / FINEST,
    nextAfter: (cron, after) => nextTime(cron, { zone, after }),
    jobs: {
      'replenish-check': async ({ acting, schedule }) => {
        const fund = schedule.fundId;
        const low = await checkReplenishment(store, await acting(), { fund, create: true });
        const made = low.filter(({ created }) => created !== null).length;
        return `${low.length} ${low.length === 1 ? 'fund is' : 'funds are'} low, ${made} requested now`;
      },
      resolve: () => resolveDue(store, worker),
      deliver: () => deliverDue(store, worker),
      alerts: async () => {
        const { raised, resolved } = await raiseAlerts(store);
        return `${raised} raised, ${resolved} resolved`;
      },
      reconcile: (order) => reconcileFolder(context, order),
    },
  };
  return worker;
}

/** A login or token that has ended, or lost its role, ends the work as well. */
async function mayGoOn(context: Context): Promise<void> {
  try {
    requireAbility(await context.actorNow(), 'worker.run');
  } catch (error) {
    if (!(error instanceof Problem) || !ENDED.has(error.kind)) throw error;
    throw new Problem(error.kind, error.code, error.message, {
      ...error.details,
      unchanged: 'What was carried out before stays so; nothing more was begun.',
    });
  }
}

const ENDED: ReadonlySet<Problem['kind']> = new Set(['auth', 'forbidden']);
