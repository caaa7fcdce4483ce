import { notFound, usage } from '../../domain/problem.ts';
import { policyDocument, policyWords } from '../../documents/policy.ts';
import { findPolicyView, type PolicyView } from '../../store/policies.ts';
import { formatInstant } from '../../terminal/zone.ts';
import type { CardLine, Command } from '../command.ts';

export const command: Command = {
  path: 'policy show',
  summary: 'Show the policy in force, or an earlier version',
  details:
    'Without a policy (version 0) one approver suffices, and there are no limits, caps or payment hours but those of each fund. ' +
    '--toml prints the file that makes it, to be edited.',
  options: [
    { flags: '--version <n>', about: 'an earlier version' },
    { flags: '--toml', about: 'as the file that makes it' },
  ],
  examples: [
    { command: 'treasury policy show', about: 'the rules of today' },
    { command: 'treasury policy show --toml --out policy.toml', about: 'a file to edit and to set' },
  ],
  access: 'books.read',
  writes: false,
  document: 'policy',
  async run(context, input) {
    const store = await context.store();
    const version = versionNamed(input.optional('version'));
    const view = await store.read((tx) => findPolicyView(tx, version));
    if (view === undefined && version !== null && version !== 0)
      throw notFound('policy', String(version), 'treasury policy show');
    const data = policyDocument(view ?? null);
    if (input.flag('toml')) return { data, human: { lines: data.toml.trimEnd().split('\n') } };
    return {
      data,
      human: view === undefined ? { lines: NO_POLICY_LINES } : { card: policyCard(view, await context.zone()) },
    };
  },
};

const NO_POLICY_LINES = [
  'There is no policy (version 0): one approver suffices, and only the limits and thresholds of each fund count.',
];

function versionNamed(text: string | undefined): number | null {
  if (text === undefined) return null;
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw usage('VERSION_INVALID', `${JSON.stringify(text.slice(0, 20))} is not a version of the policy.`, {
    fix: 'treasury policy show --version 1',
  });
}

/** A version of the policy as people read it. */
export function policyCard(view: PolicyView, zone: string): CardLine[] {
  const { policy, createdBy, change } = view;
  return [
    { label: 'Policy', value: `version ${policy.version}` },
    ...policyWords(view),
    {
      label: 'Set by',
      value: change === null ? createdBy : `${createdBy}, confirmed by ${change.confirmedBy} (${change.ref})`,
    },
    { label: 'Since', value: formatInstant(policy.createdAt, zone), kind: 'time' },
    { label: 'Reason', value: policy.reason ?? '-' },
  ];
}
