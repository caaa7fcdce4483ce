import { decimalWith } from '../domain/money.ts';
import { decimalsOf } from '../statements/currency.ts';
import { atLine } from '../statements/faults.ts';
import type { ProvedStatement } from '../statements/proof.ts';
import type { StatementHeader, StatementLine } from '../statements/statement.ts';

/** A statement may be in a currency that no fund can hold, or in none that it names; its decimals are told all the same. */
const amount = <Name extends string>(name: Name, minor: number, currency: string | null) =>
  // A computed key has the type string; its two names are those of the result.
  ({ [name]: decimalWith(minor, decimalsOf(currency)), [`${name}_minor`]: minor }) as Record<Name, string> &
    Record<`${Name}_minor`, number>;

/** The same where there may be no amount: the keys are null together. A balance may be in another currency than the lines. */
const balance = <Name extends string>(name: Name, minor: number | null, currency: string | null) =>
  // As above.
  ({
    [name]: minor === null ? null : decimalWith(minor, decimalsOf(currency)),
    [`${name}_minor`]: minor,
    [`${name}_currency`]: minor === null ? null : currency,
  }) as Record<Name | `${Name}_currency`, string | null> & Record<`${Name}_minor`, number | null>;

/** What a file says in one statement, held against its lines. */
export function statementDocument(statement: ProvedStatement) {
  const { header, claims, contradictions, warnings } = statement;
  const { currency } = header;
  return {
    type: header.type,
    id: header.id,
    page: header.page,
    account: header.account,
    currency,
    period: { from: statement.from, to: statement.to },
    ...balance('opening', statement.openingMinor, claims.openingCurrency ?? currency),
    ...balance('closing', statement.closingMinor, claims.closingCurrency ?? currency),
    lines: statement.lines,
    ...amount('credits', statement.creditsMinor, currency),
    ...amount('debits', statement.debitsMinor, currency),
    ties: statement.ties,
    warnings: [...contradictions, ...warnings].map(({ position, message }) => atLine(position, message)),
  };
}
export type StatementDocument = ReturnType<typeof statementDocument>;

/** A line of a file, as it is read; `statement` counts from 1 in the order of the file. */
export function statementLineDocument(line: StatementLine, header: StatementHeader, statement: number) {
  const currency = line.otherCurrency ?? header.currency;
  const after = balance('balance', line.balanceMinor, header.currency);
  return {
    statement,
    position: line.position,
    account: header.account,
    booked_on: line.bookedOn,
    value_on: line.valueOn,
    booked_at: line.bookedAt,
    ...amount('amount', line.amountMinor, currency),
    currency,
    balance: after.balance,
    balance_minor: after.balance_minor,
    external_id: line.externalId,
    references: line.references,
    counterparty: line.counterparty,
    counterparty_account: line.counterpartyAccount,
    description: line.description,
    is_charge: line.isCharge,
  };
}
export type StatementLineDocument = ReturnType<typeof statementLineDocument>;
