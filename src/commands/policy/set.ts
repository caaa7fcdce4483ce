import { MOST_POLICY_BYTES } from '../../domain/policy-file.ts';
import { policyShown } from '../../domain/policy-lines.ts';
import type { PolicyTerms } from '../../domain/policy.ts';
import { policyDocument } from '../../documents/policy.ts';
import { setPolicy, type PolicySet } from '../../operations/set-policy.ts';
import { isProposed } from '../../operations/two-people.ts';
import { beforeAfterLines } from '../change/before-after.ts';
import { proposedResult } from '../change/proposed.ts';
import type { Command, Result } from '../command.ts';
import { inputsMissing } from '../missing-inputs.ts';
import { POLICY_FILE_HELP } from './file.ts';

export const command: Command = {
  path: 'policy set',
  summary: 'Make a file the policy of the office',
  details:
    'Needs --reason. The file replaces the policy as a whole and becomes its next version; nothing is ever changed in an old one. ' +
    `Once the office has paid, it is a change that somebody else confirms.\n\n${POLICY_FILE_HELP}`,
  arguments: [
    { name: 'file', about: 'a policy file, or - for standard input', file: { mostBytes: MOST_POLICY_BYTES } },
  ],
  examples: [
    {
      command:
        'printf \'[[approval]]\\nup_to = "100,000"\\napprovers = 1\\n[[approval]]\\napprovers = 2\\n\' | treasury policy set - --reason "board of 3 May"',
      about: 'two approvers above KES 100,000',
    },
  ],
  access: 'policy.manage',
  writes: true,
  document: 'policy',
  async run(context, input) {
    const { reason } = context.flags;
    if (reason === null || reason.trim() === '') throw inputsMissing('policy set', ['--reason']);
    const text = await context.readText(input.text('file'), MOST_POLICY_BYTES);
    const { answer, warnings } = await setPolicy(await context.store(), await context.actor(), { text, reason });
    if (!isProposed(answer)) return { ...setResult(answer, await context.zone()), warnings };
    const proposed = await proposedResult(context, answer);
    return { ...proposed, warnings: [...warnings, ...(proposed.warnings ?? [])] };
  },
};

function setResult({ before, view, changed }: PolicySet, zone: string): Result {
  const data = policyDocument(view);
  const after = policyShown(JSON.parse(view.policy.body) as PolicyTerms);
  const lines = beforeAfterLines({ before: policyShown(before.terms), after }, zone);
  return {
    data,
    human: {
      lines: changed
        ? [`Policy: version ${before.version} > ${data.version}`, ...lines.map((line) => `  ${line}`)]
        : [`This is policy ${data.version} already; nothing was changed.`],
      next: ['treasury policy show'],
    },
  };
}
