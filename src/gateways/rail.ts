/**
 * A machine that carries money out and answers later: M-Pesa's Daraja, a bank that takes files. Whoever implements it promises
 * what the money protocol lives by: one try and no retry of its own, no redirects, a deadline, and `not_sent` only where no byte
 * of the order left. Everything it cannot classify is `unknown`.
 */
export interface Rail {
  /** Sends one order. Never throws for what the network or the gateway does: that is an answer. */
  send(order: Order): Promise<Reply>;
  /** Asks what became of an order; the answer itself arrives as evidence, later. */
  ask(question: Question): Promise<Reply>;
}

/** One payment as a gateway is told of it. */
export interface Order {
  /** The attempt's own key: the same for every try to send this attempt, another for each attempt. */
  readonly key: string;
  readonly amountMinor: number;
  readonly currency: string;
  /** A phone as `254712345678`, or an account. */
  readonly destination: string;
  readonly payee: string;
  /** What the receiver or the statement shall say, in plain ASCII. */
  readonly remarks: string;
  /** Where the gateway reports the result; its last part cannot be guessed. */
  readonly resultUrl: string;
}

/** An order whose outcome is asked for. */
export interface Question {
  readonly key: string;
  /** The gateway's own name for the order, and its receipt, as far as they are known. */
  readonly conversation: string | null;
  readonly receipt: string | null;
  readonly resultUrl: string;
}

/** What came of one call; `raw` is what was received, as it was received. */
export type Reply =
  /** No byte left: the same order may be sent again at once. */
  | { readonly kind: 'not_sent'; readonly reason: string }
  /** Turned away before it was looked at (too many calls): the same order, with the same key, may be sent later. */
  | { readonly kind: 'busy'; readonly reason: string; readonly raw: string }
  /** Taken, and queued: not paid. */
  | { readonly kind: 'accepted'; readonly conversation: string; readonly raw: string }
  /** Refused for certain. `stops` says that whatever is sent after it would be refused as well. */
  | {
      readonly kind: 'rejected';
      readonly code: string;
      readonly reason: string;
      readonly stops: boolean;
      readonly raw: string;
    }
  /** Anything else: it may have been paid. */
  | { readonly kind: 'unknown'; readonly reason: string; readonly raw: string | null };
