import type { GatewayResult } from './gateway-result.ts';
import { formatAmount } from './money.ts';

/** The attempt that a gateway's result speaks of, with the terms of its payment. */
export interface AttemptFacts {
  readonly state: string;
  readonly conversation: string | null;
  readonly gatewayReference: string | null;
  readonly sentAt: Date | null;
  readonly amountMinor: number;
  readonly currency: string;
  /** As the gateway was told it. */
  readonly receiver: string;
}

/** How a rail's results are to be read. */
export interface RailTerms {
  /** Whether a result that says "paid" always says how much and to whom. */
  readonly saysTerms: boolean;
  /** Whether each payment of an order has a receipt of the gateway's; else the order's own key stands for it, and says nothing of a second one. */
  readonly givesReceipts: boolean;
  /** Until so long after sending, "no such order" proves nothing: it may still be on its way. */
  readonly quietMs: number;
}

/**
 * How a result came here. What the gateway itself reports to an address that nobody else knows may release money; what one person
 * brings may not, when they are the one who executed: they could be paid twice by saying that it failed.
 */
export interface Provenance {
  readonly source: 'reply' | 'callback' | 'query' | 'import' | 'file';
  /** Whether the one who brought it executed the payment. */
  readonly byExecutor: boolean;
  /** A message that contradicted before, and that nobody has settled: then one person alone brings no release. Null without one. */
  readonly disputedBy: string | null;
}

/** Whether a result may say that money did not leave. */
const mayRelease = ({ source, byExecutor }: Provenance): boolean => source !== 'import' && !byExecutor;

/** Which contradiction speaks against a release that one person brings; what the gateway itself reports is not asked for it. */
const disputeOf = ({ source, disputedBy }: Provenance): string | null => (source === 'file' ? disputedBy : null);

/** Whether a receipt is known already, and of what. */
export type ReceiptUse = 'new' | 'taken' | 'held';

/** What a result is evidence of. */
export type Evidence =
  /** The money left: post it. */
  | { readonly step: 'post'; readonly reference: string }
  /** It certainly did not leave: release it. */
  | { readonly step: 'void'; readonly reason: string }
  /** Nothing new, or nothing certain: the outcome stays open. */
  | { readonly step: 'note'; readonly detail: string }
  /** Known already. */
  | { readonly step: 'repeat'; readonly detail: string }
  /** The money left although the attempt was settled otherwise: nobody was debited for it. */
  | { readonly step: 'suspend'; readonly reference: string; readonly amountMinor: number; readonly detail: string }
  /** It does not fit: nothing is changed, somebody has to look. */
  | { readonly step: 'contradict'; readonly detail: string };

const LIVE: ReadonlySet<string> = new Set(['sent', 'accepted', 'unknown']);

/**
 * What a gateway's result proves about an attempt at this moment (SAFETY section 2): the first terminal evidence wins, what
 * contradicts it never flips a state, and a result counts only when key, amount, receiver and conversation are the attempt's.
 * `receipt` says who has its receipt already: another payment, or this attempt, for which
 * it is held as money that left without a debit.
 */
export function judgeEvidence(
  attempt: AttemptFacts,
  result: GatewayResult,
  {
    terms,
    now,
    receipt,
    provenance,
  }: {
    readonly terms: RailTerms;
    readonly now: Date;
    readonly receipt: ReceiptUse;
    readonly provenance: Provenance;
  },
): Evidence {
  const said = `${result.code}: ${result.description}`;
  switch (result.outcome) {
    case 'paid':
      return judgePaid(attempt, result, { terms, receipt });
    case 'failed':
      return releasing(judgeFailed(attempt, result, said), provenance);
    case 'absent':
      return releasing(judgeAbsent(attempt, said, { terms, now }), provenance);
    case 'in_progress':
      return { step: 'note', detail: `still on its way (${said})` };
    case 'unknown':
      return { step: 'note', detail: `nothing certain (${said})` };
    case 'contradictory':
      return { step: 'contradict', detail: said };
  }
}

/**
 * A void only where what says so may release money; else it is kept for people to see. Where the outcome was contradicted, one person
 * could choose which of two reports counts, and have it paid a second time: that it was not paid is then said by two.
 */
function releasing(evidence: Evidence, provenance: Provenance): Evidence {
  if (evidence.step !== 'void') return evidence;
  if (!mayRelease(provenance))
    return { step: 'note', detail: `said to have failed (${evidence.reason}), by somebody who may not say so alone` };
  const dispute = disputeOf(provenance);
  if (dispute === null) return evidence;
  const detail = `said to have failed (${evidence.reason}), which ${dispute} contradicts: two people say so with payment resolve --not-paid`;
  return { step: 'contradict', detail };
}

function judgePaid(
  attempt: AttemptFacts,
  result: GatewayResult,
  { terms, receipt }: { readonly terms: RailTerms; readonly receipt: ReceiptUse },
): Evidence {
  const { reference } = result;
  if (attempt.state === 'paid' && reference !== null && reference === attempt.gatewayReference)
    return { step: 'repeat', detail: 'paid already, under this receipt' };
  const misfit = misfitOf(attempt, result, terms);
  if (misfit !== null) return { step: 'contradict', detail: misfit };
  if (attempt.state === 'paid' && !terms.givesReceipts)
    return {
      step: 'repeat',
      detail: `paid already, under the reference ${attempt.gatewayReference ?? 'that is not known'}`,
    };
  if (reference === null) return { step: 'note', detail: 'said to be paid, but without a receipt' };
  if (receipt === 'held') return { step: 'repeat', detail: `held already under the receipt ${reference}` };
  if (receipt === 'taken')
    return { step: 'contradict', detail: `another payment has the receipt ${reference} already` };
  if (LIVE.has(attempt.state)) return { step: 'post', reference };
  if (attempt.state === 'reserved') return { step: 'contradict', detail: 'said to be paid before it was sent' };
  const detail =
    attempt.state === 'paid'
      ? `paid a second time: its receipt is ${attempt.gatewayReference ?? 'not known'}`
      : 'paid after it had failed';
  return { step: 'suspend', reference, amountMinor: result.amountMinor ?? attempt.amountMinor, detail };
}

function judgeFailed(attempt: AttemptFacts, result: GatewayResult, said: string): Evidence {
  if (attempt.state === 'failed') return { step: 'repeat', detail: 'failed already' };
  if (attempt.state === 'paid')
    return { step: 'contradict', detail: `said to have failed after it was paid (${said})` };
  const misfit = termsMisfit(attempt, result, 'to have failed');
  if (misfit !== null) return { step: 'contradict', detail: misfit };
  return { step: 'void', reason: said };
}

function judgeAbsent(
  attempt: AttemptFacts,
  said: string,
  { terms, now }: { readonly terms: RailTerms; readonly now: Date },
): Evidence {
  if (attempt.state === 'failed') return { step: 'repeat', detail: 'failed already' };
  if (attempt.state === 'paid')
    return { step: 'contradict', detail: `said to be not there after it was paid (${said})` };
  // What the gateway has accepted cannot be missing there: an answer that says so is not believed.
  if (attempt.conversation !== null)
    return { step: 'contradict', detail: `said to be not there after it was accepted (${said})` };
  const quietUntil = attempt.sentAt === null ? now.getTime() : attempt.sentAt.getTime() + terms.quietMs;
  if (now.getTime() < quietUntil)
    return { step: 'note', detail: `not there yet; it may still be on its way (${said})` };
  return { step: 'void', reason: `the gateway knows of no such order (${said})` };
}

/** Why a result that says "paid" is not of this attempt; null when it fits. */
function misfitOf(attempt: AttemptFacts, result: GatewayResult, { saysTerms }: RailTerms): string | null {
  if (result.amountMinor === null && saysTerms) return 'said to be paid, without an amount';
  return termsMisfit(attempt, result, 'to be paid');
}

/** Why a result is not of this attempt, as far as it repeats what was ordered; null when it fits. */
function termsMisfit(attempt: AttemptFacts, result: GatewayResult, said: string): string | null {
  const { amountMinor, currency, receiver } = result;
  if (amountMinor !== null && amountMinor !== attempt.amountMinor)
    return `said ${said} with ${formatAmount(amountMinor, attempt.currency)}; ordered were ${formatAmount(attempt.amountMinor, attempt.currency)}`;
  if (currency !== null && currency !== attempt.currency)
    return `said ${said} in ${currency}; ordered was ${attempt.currency}`;
  if (receiver !== null && receiver !== attempt.receiver)
    return `said ${said} to ${receiver}; ordered was ${attempt.receiver}`;
  return conversationMisfit(attempt, result);
}

const conversationMisfit = ({ conversation }: AttemptFacts, result: GatewayResult): string | null =>
  conversation !== null && result.conversation !== null && result.conversation !== conversation
    ? `of the conversation ${result.conversation}; this attempt's is ${conversation}`
    : null;

/** What a reply means for an attempt that was sent: only what certainly was not taken fails; whatever is not classified is unknown. */
export const afterReply = (
  kind: 'accepted' | 'rejected' | 'not_sent' | 'busy' | 'unknown',
): 'accepted' | 'failed' | 'unknown' => (kind === 'accepted' || kind === 'unknown' ? kind : 'failed');

const MINUTE_MS = 60_000;
const LOOKS_MS = [5 * MINUTE_MS, 60 * MINUTE_MS, 24 * 60 * MINUTE_MS] as const;

/** When to ask next about an outcome that is open after so many looks: after 5 minutes, an hour, then daily. */
export const nextLook = (looks: number, now: Date): Date =>
  new Date(now.getTime() + (LOOKS_MS[Math.min(looks, LOOKS_MS.length - 1)] ?? LOOKS_MS[2]));
