/** What a gateway says became of an order: from a callback, an answer to a question, a status file. Only a hint until it fits. */
export interface GatewayResult {
  /** The key of the attempt it speaks of; null where it only names its own conversation. */
  readonly key: string | null;
  readonly conversation: string | null;
  /** The gateway's own code and words, as it sent them. */
  readonly code: string;
  readonly description: string;
  /** `absent`: the gateway knows of no such order; `contradictory`: it says two things at once, and neither counts. */
  readonly outcome: 'paid' | 'failed' | 'absent' | 'in_progress' | 'unknown' | 'contradictory';
  /** Whether whatever is sent after it would fail as well. */
  readonly stops: boolean;
  /** The receipt under which the money left. */
  readonly reference: string | null;
  /** As far as it says so; null where it is silent. */
  readonly amountMinor: number | null;
  readonly currency: string | null;
  /** A phone as `254712345678`, or an account. */
  readonly receiver: string | null;
  /** The fee that was charged on top. */
  readonly feeMinor: number | null;
  /** When the gateway completed it. */
  readonly completedAt: Date | null;
}

/** What a result says that speaks of no money at all; whoever reads one adds what is said. */
export const NOTHING_SAID = {
  stops: false,
  reference: null,
  amountMinor: null,
  currency: null,
  receiver: null,
  feeMinor: null,
  completedAt: null,
} as const satisfies Partial<GatewayResult>;
