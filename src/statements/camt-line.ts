import { freeAmount } from './amount.ts';
import type { CamtEntry, Party } from './camt-entry.ts';
import { exponentIn } from './currency.ts';
import { unreadable } from './faults.ts';
import { LONGEST_DESCRIPTION } from './limits.ts';
import type { Moment } from './moment.ts';
import type { ParserOptions, StatementHeader, StatementLine } from './statement.ts';

/** An entry as a line of its statement. Throws usage STATEMENT_UNREADABLE without an amount or a direction. */
export function camtLine(entry: CamtEntry, header: StatementHeader, options: ParserOptions): StatementLine {
  const { position, booked, value } = entry;
  const externalId = identityOf(entry);
  const party = counterpartyOf(entry, header.account);
  const currency = entry.currency ?? header.currency;
  const line: StatementLine = {
    position,
    bookedOn: (booked ?? value)?.day ?? '',
    valueOn: value?.day ?? null,
    bookedAt: booked?.at ?? null,
    amountMinor: signedAmount(entry, exponentIn(currency, options)),
    balanceMinor: null,
    externalId,
    references: referencesOf(entry, externalId),
    counterparty: party?.name ?? null,
    counterpartyAccount: party?.account ?? null,
    description: descriptionOf(entry.texts),
    isCharge: isCharge(entry),
  };
  return currency !== null && currency !== header.currency ? { ...line, otherCurrency: currency } : line;
}

/** Every reference but the identity: first the number within the statement, then those of the parts. */
function referencesOf({ reference, references }: CamtEntry, externalId: string | null): readonly string[] {
  const all = references.all.filter((one) => one !== externalId);
  if (reference !== null && reference !== externalId) all.unshift(reference);
  return all;
}

/** What is wrong with the days of an entry; null when nothing is. */
export const dayFault = ({ booked, value }: CamtEntry): string | null => {
  if (booked === null && value === null) return 'the entry has no day';
  const wrong = isWrong(booked) ? booked : isWrong(value) ? value : null;
  return wrong === null ? null : `${wrong.day} is no day of the calendar`;
};

const isWrong = (moment: Moment | null): moment is Moment => moment !== null && !moment.exists;

/** The sign is what the entry says, reversal or not: a reversed debit is told as a credit. */
function signedAmount({ amount, direction, position }: CamtEntry, exponent: number): number {
  if (amount === null) throw unreadable(position, 'the entry has no amount');
  if (direction !== 'CRDT' && direction !== 'DBIT')
    throw unreadable(position, 'the entry says neither that it is a credit (CRDT) nor a debit (DBIT)');
  const minor = freeAmount(amount, { position, exponent });
  if (minor < 0) throw unreadable(position, 'the amount has a sign, which only CdtDbtInd may give it');
  return direction === 'DBIT' && minor > 0 ? -minor : minor;
}

/** The bank's own reference; that of the only part, and the number within the statement, stand in for it. */
const identityOf = ({ servicerReference, partReference, parts, reference }: CamtEntry): string | null =>
  servicerReference ?? (parts === 1 ? partReference : null) ?? reference;

/**
 * Who is on the other side: of a credit the debtor, of a debit the creditor, and the other way round when it takes one back,
 * because parties keep the roles of what is taken back. Whose account this statement is of is nobody's other side.
 */
function counterpartyOf(entry: CamtEntry, own: string | null): Party | null {
  const isCredit = (entry.direction === 'CRDT') !== entry.isReversal;
  const [likely, other] = isCredit ? [entry.debtor, entry.creditor] : [entry.creditor, entry.debtor];
  if (isElse(likely, own)) return likely;
  return other !== null && other.account !== null && isElse(other, own) ? other : null;
}

const isElse = (party: Party | null, own: string | null): boolean =>
  party !== null &&
  (party.name !== null || party.account !== null) &&
  (party.account === null || party.account !== own);

/** What the entry says of itself, else all of its parts: a payment is no charge because the charge for it stands beside it. */
const isCharge = ({ isCharge: says, parts, chargeParts }: CamtEntry): boolean =>
  says || (parts > 0 && chargeParts === parts);

const descriptionOf = (texts: readonly string[]): string => {
  const [first = ''] = texts;
  const text = texts.length <= 1 ? first : [...new Set(texts)].join('; ');
  const whole = UNEVEN.test(text) ? text.replaceAll(/\s+/g, ' ') : text;
  return whole.length > LONGEST_DESCRIPTION ? whole.slice(0, LONGEST_DESCRIPTION) : whole;
};

/** Spaces that are several, or other than a single one. */
const UNEVEN = /[^\S ]| {2}/;
