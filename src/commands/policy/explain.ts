import { isFailed } from '../../domain/check.ts';
import type { Check } from '../../domain/problem.ts';
import { explainPolicy, type PolicyExplanation, type PolicyJudgement } from '../../operations/explain-policy.ts';
import type { Command } from '../command.ts';
import { officeFacts } from '../office-day.ts';

export const command: Command = {
  path: 'policy explain',
  summary: 'Which policy rules applied to a requisition, payment or variance, then and now',
  details:
    'As it was decided, under the version that the decision recorded, and as it would be under the version in force. ' +
    'What is not policy (status, roles, codes, balance) is in `payment explain`.',
  arguments: [{ name: 'ref', about: 'requisition, payment or variance: reference, number or id' }],
  examples: [
    { command: 'treasury policy explain {REQUISITION}', about: 'how many must approve it, and why' },
    { command: 'treasury policy explain {PAID}', about: 'under which rules it was paid' },
    { command: 'treasury policy explain {VARIANCE}', about: 'whether the difference is tolerated' },
  ],
  access: 'books.read',
  writes: false,
  document: 'policy_explanation',
  async run(context, input) {
    const store = await context.store();
    const { dayAt } = await officeFacts(store);
    const found = await explainPolicy(store, await context.actor(), { named: input.text('ref'), dayAt });
    return {
      data: {
        kind: found.kind,
        ref: found.ref,
        requisition_number: found.number,
        status: found.status,
        decided: found.decided === null ? null : judgementDocument(found.decided),
        now: judgementDocument(found.now),
      },
      human: { lines: headline(found), checks: labelled(found) },
    };
  },
};

const passes = ({ checks }: PolicyJudgement): boolean => !checks.some(isFailed);

const judgementDocument = (judgement: PolicyJudgement) => ({
  policy: judgement.version,
  passed: passes(judgement),
  checks: judgement.checks,
});

function headline({ kind, ref, number, status, decided, now }: PolicyExplanation): string[] {
  const named = kind === 'requisition' ? (number ?? ref) : number === null ? ref : `${ref} of ${number}`;
  const then =
    decided === null ? 'Nothing was decided about it yet.' : `It was decided under policy ${decided.version}.`;
  return [`${named} is ${status}. ${then} In force is policy ${now.version}.`];
}

/** Both judgements under one another; one when the version in force is the one that it was decided under. */
function labelled({ decided, now }: PolicyExplanation): Check[] {
  const say = (when: string, { checks }: PolicyJudgement): Check[] =>
    checks.map((check) => ({ ...check, message: `${when}: ${check.message}` }));
  const same = decided !== null && decided.version === now.version;
  return [
    ...(decided === null ? [] : say(same ? `Policy ${now.version}` : `Then, policy ${decided.version}`, decided)),
    ...(same ? [] : say(`Now, policy ${now.version}`, now)),
  ];
}
