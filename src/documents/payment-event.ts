/** One thing that happened to a payment, from the audit event that proves it. Throws when the event's text is not an object. */
export function paymentEventDocument(event: { chain: string; seq: number; body: string }) {
  const body: unknown = JSON.parse(event.body);
  const read = (key: string): unknown =>
    typeof body === 'object' && body !== null ? Object.entries(body).find(([name]) => name === key)?.[1] : undefined;
  const text = (key: string): string => {
    const value = read(key) ?? '';
    return typeof value === 'string' ? value : JSON.stringify(value);
  };
  const payload = read('payload');
  return {
    at: text('at'),
    actor: text('actor'),
    action: text('action'),
    chain: event.chain,
    seq: event.seq,
    payload: typeof payload === 'object' && payload !== null ? { ...payload } : {},
  };
}
export type PaymentEventDocument = ReturnType<typeof paymentEventDocument>;
