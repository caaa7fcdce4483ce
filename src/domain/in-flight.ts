/** What carries a payment of which the outcome is open, and how far it is. */
export interface Carrier {
  readonly gateway: string;
  readonly state: string;
}

/** A payment of which the outcome is open, with its fund's code. */
export interface InFlight {
  readonly ref: string;
  readonly fund: string;
  /** Null only where the books are broken: what is in flight is carried by something. */
  readonly carrier: Carrier | null;
}

/**
 * The command by which the outcome of a payment in flight comes to be known: by hand somebody gives the app's reference, a file is
 * written and then the bank's report on it is taken, and every other rail is asked.
 */
export function settledBy({ ref, fund, carrier }: InFlight): string {
  if (carrier === null) return 'treasury doctor';
  if (carrier.gateway === 'manual') return `treasury payment resolve ${ref} --gateway-reference REFERENCE`;
  if (carrier.gateway !== 'bankfile') return `treasury payment resolve ${ref}`;
  return carrier.state === 'reserved'
    ? `treasury bankfile export --fund ${fund} --out FILE`
    : 'treasury bankfile import REPORT';
}

/** The next commands for a payment in flight, the usual one first: what a gateway reports can also be waited for. */
export const stepsInFlight = (payment: InFlight): string[] =>
  payment.carrier?.gateway === 'daraja'
    ? [`treasury payment wait ${payment.ref}`, settledBy(payment)]
    : [settledBy(payment)];
