import { NOTHING_SAID, type GatewayResult } from '../../src/domain/gateway-result.ts';
import type { Order, Question, Rail, Reply } from '../../src/gateways/rail.ts';
import type { Dice } from '../model/dice.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** Longest time that an order may be on its way: shorter than the quiet period of the office. */
export const LONGEST_FLIGHT = 20 * HOUR;
/** Longest time that what answers questions does not know yet what was taken. */
export const LONGEST_LAG = 3 * HOUR;
/** After so long a gateway may have forgotten an order's key, and would pay it again. */
const MEMORY = 30 * HOUR;

/** How a world's gateway behaves. */
export interface Manners {
  /** Never says that an order failed which it pays in the end. */
  readonly honest: boolean;
  /** Loses requests, replies and callbacks. */
  readonly lossy: boolean;
}

/** A payment that the gateway has made. */
export interface PaidByGateway {
  readonly key: string;
  readonly receipt: string;
  readonly amountMinor: number;
}

interface Taken {
  readonly order: Order;
  readonly conversation: string;
  readonly takenAt: number;
  readonly endsAt: number;
  readonly fate: 'pays' | 'fails';
  receipt: string | null;
  ended: boolean;
}

/** Something that will happen: an order arrives, ends, or a report is made. */
interface Coming {
  readonly at: number;
  happen(): void;
}

/** Takes a report where the office listens. */
export type Deliver = (token: string, result: GatewayResult) => void;

/**
 * A gateway as bad as real ones: it loses requests and replies, takes orders late, reports once, twice, out of order, late or never,
 * and forgets keys. It pays an order of a key that it remembers once.
 */
export class VirtualGateway implements Rail {
  readonly paid: PaidByGateway[] = [];
  readonly #dice: Dice;
  readonly #manners: Manners;
  readonly #now: () => number;
  readonly #deliver: Deliver;
  readonly #taken = new Map<string, Taken>();
  readonly #coming: Coming[] = [];
  #count = 0;

  constructor(options: {
    readonly dice: Dice;
    readonly manners: Manners;
    readonly now: () => number;
    readonly deliver: Deliver;
  }) {
    this.#dice = options.dice;
    this.#manners = options.manners;
    this.#now = options.now;
    this.#deliver = options.deliver;
  }

  /** When something happens next; null when nothing is under way. */
  get nextAt(): number | null {
    return this.#coming.reduce<number | null>((first, { at }) => (first === null || at < first ? at : first), null);
  }

  /** Lets happen what is due. */
  pass(): void {
    for (;;) {
      const at = this.#coming.findIndex((coming) => coming.at <= this.#now());
      const [due] = at === -1 ? [] : this.#coming.splice(at, 1);
      if (due === undefined) return;
      due.happen();
    }
  }

  async send(order: Order): Promise<Reply> {
    const { lossy } = this.#manners;
    if (this.#dice.chance(0.04)) return { kind: 'not_sent', reason: 'ECONNREFUSED' };
    if (this.#dice.chance(0.04)) return { kind: 'busy', reason: 'spike arrest', raw: '{}' };
    if (this.#dice.chance(0.06))
      return { kind: 'rejected', code: '400.002.02', reason: 'Bad Request', stops: false, raw: '{}' };
    if (lossy && this.#dice.chance(0.15)) return this.#delayed(order);
    const reply = this.#take(order);
    return lossy && this.#dice.chance(0.2) ? LOST : reply;
  }

  async ask(question: Question): Promise<Reply> {
    if (this.#manners.lossy && this.#dice.chance(0.2)) return LOST;
    const after = this.#dice.between(1, 30) * MINUTE;
    const token = tokenOf(question.resultUrl);
    this.#later(after, () => {
      if (this.#manners.lossy && this.#dice.chance(0.2)) return;
      this.#deliver(token, this.#answerTo(question));
    });
    return { kind: 'accepted', conversation: `AG_Q${(this.#count += 1)}`, raw: '{}' };
  }

  /** The order is somewhere on its way, and may still arrive: whoever sent it does not know. */
  #delayed(order: Order): Reply {
    if (this.#dice.chance(0.5))
      this.#later(this.#dice.between(1, LONGEST_FLIGHT / MINUTE) * MINUTE, () => this.#take(order));
    return LOST;
  }

  #take(order: Order): Reply {
    const known = this.#taken.get(order.key);
    if (known !== undefined && this.#now() - known.takenAt < MEMORY)
      return { kind: 'unknown', reason: 'Duplicate OriginatorConversationID', raw: '{"errorCode":"500.002.1001"}' };
    const conversation = `AG_${(this.#count += 1)}`;
    const minutes = this.#dice.weighted([
      [this.#dice.between(0, 3), 6],
      [this.#dice.between(4, 120), 2],
      [this.#dice.between(121, 26 * 60), 1],
    ]);
    const taken: Taken = {
      order,
      conversation,
      takenAt: this.#now(),
      endsAt: this.#now() + minutes * MINUTE,
      fate: this.#dice.chance(0.75) ? 'pays' : 'fails',
      receipt: null,
      ended: false,
    };
    this.#taken.set(order.key, taken);
    this.#later(minutes * MINUTE, () => this.#end(taken));
    if (!this.#manners.honest && taken.fate === 'pays' && this.#dice.chance(0.15))
      this.#deliver(tokenOf(order.resultUrl), this.#resultOf(taken, 'failed'));
    return { kind: 'accepted', conversation, raw: '{"ResponseCode":"0"}' };
  }

  #end(taken: Taken): void {
    taken.ended = true;
    const { order, fate } = taken;
    if (fate === 'pays') {
      taken.receipt = `RC${String((this.#count += 1)).padStart(8, '0')}`;
      this.paid.push({ key: order.key, receipt: taken.receipt, amountMinor: order.amountMinor });
    }
    const result = this.#resultOf(taken, fate === 'pays' ? 'paid' : 'failed');
    const reports = this.#manners.lossy
      ? this.#dice.weighted([
          [0, 3],
          [1, 5],
          [2, 2],
          [3, 1],
        ] as const)
      : 1;
    for (let report = 0; report < reports; report += 1) {
      const after = this.#dice.weighted([
        [0, 5],
        [this.#dice.between(1, 90) * MINUTE, 3],
        [this.#dice.between(1, 30) * HOUR, 1],
      ] as const);
      this.#later(after, () => this.#deliver(tokenOf(order.resultUrl), result));
    }
    if (!this.#manners.honest) this.#lie(taken);
  }

  /** What was never paid like this: another amount, another receiver, under a receipt that does not exist; or a failure of what was paid. */
  #lie(taken: Taken): void {
    const { order } = taken;
    const token = tokenOf(order.resultUrl);
    const lie = (change: Partial<GatewayResult>): void =>
      this.#later(this.#dice.between(0, 600) * MINUTE, () =>
        this.#deliver(token, { ...this.#resultOf(taken, 'paid'), reference: `LIE${(this.#count += 1)}`, ...change }),
      );
    if (this.#dice.chance(0.2)) lie({ amountMinor: order.amountMinor + 100, receiver: order.destination });
    if (this.#dice.chance(0.2)) lie({ amountMinor: order.amountMinor, receiver: '254799999999' });
    if (taken.fate === 'pays' && this.#dice.chance(0.1))
      this.#later(this.#dice.between(1, 600) * MINUTE, () =>
        this.#deliver(tokenOf(order.resultUrl), this.#resultOf(taken, 'failed')),
      );
  }

  #answerTo({ key }: Question): GatewayResult {
    const taken = this.#taken.get(key);
    // What answers questions lags behind what pays.
    const lags = taken !== undefined && this.#now() - taken.takenAt < LONGEST_LAG && this.#dice.chance(0.15);
    if (taken === undefined || (lags && this.#manners.lossy))
      return { ...EMPTY, key, code: '2032', description: 'no such transaction', outcome: 'absent' };
    return this.#resultOf(taken, taken.ended ? (taken.fate === 'pays' ? 'paid' : 'failed') : 'in_progress');
  }

  #resultOf({ order, conversation, receipt }: Taken, outcome: GatewayResult['outcome']): GatewayResult {
    return {
      ...EMPTY,
      key: order.key,
      conversation,
      code: outcome === 'paid' ? '0' : '1',
      description: outcome,
      outcome,
      reference: outcome === 'paid' ? receipt : null,
      amountMinor: outcome === 'paid' ? order.amountMinor : null,
      receiver: outcome === 'paid' ? order.destination : null,
    };
  }

  #later(milliseconds: number, happen: () => void): void {
    this.#coming.push({ at: this.#now() + milliseconds, happen });
  }
}

const LOST: Reply = { kind: 'unknown', reason: 'timeout', raw: null };

const EMPTY: GatewayResult = {
  ...NOTHING_SAID,
  key: null,
  conversation: null,
  code: '',
  description: '',
  outcome: 'unknown',
};

const tokenOf = (url: string): string => url.slice(url.lastIndexOf('/') + 1);
