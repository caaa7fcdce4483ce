/** A payment of which the outcome is open, and what carries it. */
interface InFlight {
  readonly ref: string;
  readonly fund: string;
  readonly in_flight: { readonly gateway: string; readonly state: string };
}

/** The next commands for a payment in flight: by hand somebody gives its reference, a rail is waited for or asked, a file is written first. */
export function stepsInFlight({ ref, fund, in_flight: { gateway, state } }: InFlight): string[] {
  if (gateway === 'manual') return [`treasury payment resolve ${ref} --gateway-reference REFERENCE`];
  if (gateway === 'bankfile' && state === 'reserved') return [`treasury bankfile export --fund ${fund} --out FILE`];
  return [`treasury payment wait ${ref}`, `treasury payment resolve ${ref}`];
}
