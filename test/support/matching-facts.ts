import type { EntryFacts, LineFacts } from '../../src/domain/reconciliation/facts.ts';

/** A line of KES 50.00 that went out on day 100 and says nothing more. */
export const aLine = (wish: Partial<LineFacts> = {}): LineFacts => ({
  index: 0,
  day: 100,
  amountMinor: -5000,
  externalId: null,
  references: [],
  counterparty: null,
  counterpartyAccount: null,
  description: '',
  isCharge: false,
  ...wish,
});

/** A payment of KES 50.00 of day 100 of which nothing more is known. */
export const anEntry = (wish: Partial<EntryFacts> = {}): EntryFacts => ({
  index: 0,
  day: 100,
  deltaMinor: -5000,
  kind: 'payment',
  externalId: null,
  references: [],
  sharedReferences: [],
  payee: null,
  destination: null,
  ...wish,
});
