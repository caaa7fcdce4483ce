import { reconciliationDocument } from '../../documents/reconciliation.ts';
import { applyPlan } from '../../operations/auto-reconcile.ts';
import { MOST_PLAN_BYTES, readPlan } from '../../operations/reconciliation-plan.ts';
import type { Command } from '../command.ts';
import { resultOf } from '../reconcile.ts';

export const command: Command = {
  path: 'reconcile apply',
  summary: 'Save what a plan found, as long as nothing has moved since',
  details:
    'The plan carries the statement itself. Any payment, match, variance or import of the fund in between makes it outdated (7); then make another.',
  arguments: [
    {
      name: 'plan',
      about: 'a file that reconcile --out made, or - for standard input',
      file: { mostBytes: MOST_PLAN_BYTES },
    },
  ],
  examples: [{ command: 'treasury reconcile apply plan.json', about: 'what somebody has looked through' }],
  access: 'reconcile.run',
  writes: true,
  exits: [10],
  document: 'reconciliation',
  async run(context, input) {
    const plan = readPlan(await context.readText(input.text('plan'), MOST_PLAN_BYTES));
    const done = await applyPlan(await context.store(), await context.actor(), plan);
    return resultOf(reconciliationDocument(done), done.read.warnings, context);
  },
};
