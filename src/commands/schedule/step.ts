import type { ScheduleStep } from '../../domain/schedule.ts';
import { scheduleDocument } from '../../documents/schedule.ts';
import { stepSchedule } from '../../operations/step-schedule.ts';
import { nextTime } from '../../terminal/cron.ts';
import type { Command, Input } from '../command.ts';
import type { Context } from '../context.ts';
import { officeFacts } from '../office-day.ts';
import { scheduleCard } from './card.ts';

/** A command that moves one schedule. */
export const stepCommand = (
  step: ScheduleStep,
  { summary, details, example }: { summary: string; details: string; example: Command['examples'][number] },
): Command => ({
  path: `schedule ${step}`,
  summary,
  details,
  arguments: [{ name: 'ref', about: 'schedule: reference or id' }],
  examples: [example],
  access: 'payment.execute',
  writes: true,
  exits: [6],
  document: 'schedule',
  run: (context, input) => moved(context, input, step),
});

async function moved(context: Context, input: Input, step: ScheduleStep) {
  const store = await context.store();
  const { timezone: zone } = await officeFacts(store);
  const { before, after } = await stepSchedule(store, await context.actor(), {
    ...{ schedule: input.text('ref'), step, reason: context.flags.reason },
    nextAfter: (cron, since) => nextTime(cron, { zone, after: since }),
  });
  const document = scheduleDocument(after);
  return {
    data: document,
    human: {
      lines: [`${document.ref}: ${before.schedule.status} > ${document.status}`],
      card: scheduleCard(document, await context.zone()),
      next: [
        ...(document.status === 'paused' ? [`treasury schedule resume ${document.ref}`] : []),
        ...(document.status === 'removed' && document.payment !== null
          ? [`treasury payment show ${document.payment}`]
          : ['treasury schedule list']),
      ],
    },
  };
}
