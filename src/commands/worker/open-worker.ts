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

/** A worker of this office, with every job that it knows. */
export async function openWorker(context: Context): Promise<Worker> {
  const store = await context.store();
  await context.actor();
  const { dayAt, timezone: zone } = await officeFacts(store);
  const { origin } = context;
  const worker: Worker = {
    holder: secretToken(),
    ...{ origin, dayAt, sending: context.sending(), reader: { read: readMessage, dayAt, origin } },
    openMailer: () => context.mailer(),
    pepper: () => context.pepper(),
    now: context.now,
    pause: (milliseconds) => context.pause(milliseconds),
    chance: () => context.randomInt(FINEST) / FINEST,
    nextAfter: (cron, after) => nextTime(cron, { zone, after }),
    jobs: {
      'replenish-check': async ({ actor, schedule }) => {
        const fund = schedule.fundId;
        const low = await checkReplenishment(store, actor, { fund, create: true });
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
