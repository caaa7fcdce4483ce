import { approvalsFault, cfoFault, hoursFault, judged, limitFaults, type Judged } from './policy-checks.ts';
import type { Policy } from './policy.ts';
import { isComplete, type PolicyCase, type PolicyVerdict } from './policy-rules.ts';
import { tierDemand } from './policy-text.ts';

/** What a proposed policy would have changed about a payment that was made. */
export interface Difference {
  /** `stricter`: it would not have been paid as it was. `looser`: less would have been asked for. */
  readonly outcome: 'stricter' | 'looser';
  readonly reasons: readonly string[];
}

export interface Replayed {
  /** The policy that it was paid under. */
  readonly was: Policy;
  readonly proposed: Policy;
  readonly facts: PolicyCase;
  readonly codeUsed: boolean;
}

/** What another policy would have changed; null when nothing. A rule that did not hold as things were is not counted against it. */
export function policyDifference({ was: policy, proposed, facts, codeUsed }: Replayed): Difference | null {
  const [was, would] = [judged(policy, facts), judged(proposed, facts)];
  const stricter = refusals(was, would, codeUsed);
  if (stricter.length > 0) return { outcome: 'stricter', reasons: stricter };
  const looser = reliefs(was.verdict, would.verdict, codeUsed);
  return looser.length > 0 ? { outcome: 'looser', reasons: looser } : null;
}

function refusals(was: Judged, would: Judged, codeUsed: boolean): string[] {
  const [before, after] = [was.verdict, would.verdict];
  const codeLacking = !codeUsed && after.codeNeeded && !before.codeNeeded;
  return [
    isComplete(before.missing) ? approvalsFault(would) : null,
    before.cfoMissingAboveMinor === null ? cfoFault(would) : null,
    ...(before.overPaymentLimitMinor === null && before.overDayLimitMinor === null ? limitFaults(would) : []),
    before.outsideHours ? null : hoursFault(would),
    codeLacking ? `Policy ${would.policy.version} would have asked for a code; none was used.` : null,
  ].filter((reason) => reason !== null);
}

function reliefs(before: PolicyVerdict, after: PolicyVerdict, codeUsed: boolean): string[] {
  const [asked, enough] = [tierDemand(before.tier), tierDemand(after.tier)];
  const fewer =
    after.tier.approvers < before.tier.approvers ||
    (after.tier.approvers === before.tier.approvers && after.tier.roles.length < before.tier.roles.length);
  return [
    ...(fewer ? [`${enough} would have been enough; ${asked} were asked for.`] : []),
    ...(codeUsed && before.codeNeeded && !after.codeNeeded ? ['No code would have been asked for.'] : []),
  ];
}
