import type { EntryFacts, LineFacts } from '../../src/domain/reconciliation/facts.ts';
import { OpenItems } from '../../src/domain/reconciliation/open-items.ts';

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

/** Lines and entries, each in its place. */
export const openItems = (lines: readonly Partial<LineFacts>[], entries: readonly Partial<EntryFacts>[]): OpenItems =>
  new OpenItems(
    lines.map((wish, index) => aLine({ ...wish, index })),
    entries.map((wish, index) => anEntry({ ...wish, index })),
  );

/** What was found, as `line = entry`, several joined by a plus. */
export const foundIn = ({ found }: Pick<OpenItems, 'found'>): string[] =>
  found.map(({ lines, entries }) => `${lines.join('+')} = ${entries.join('+')}`);
