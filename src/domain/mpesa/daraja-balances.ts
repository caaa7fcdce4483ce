import { darajaResultIn, minorIn, parametersOf } from './daraja-values.ts';

/** One account of the organisation at M-Pesa; amounts in minor units of `currency`. */
export interface DarajaBalance {
  readonly account: string;
  readonly currency: string;
  readonly balanceMinor: number;
}

/**
 * The balances in the result of an Account Balance query: `Working Account|KES|700.00|700.00|0.00|0.00&Charges Paid Account|...`. What
 * is not readable is left out.
 */
export function readBalances(raw: string): DarajaBalance[] {
  const result = darajaResultIn(raw);
  const text = result === null ? null : parametersOf(result).text('AccountBalance');
  return (text ?? '').split('&').flatMap((part) => {
    const [account = '', currency = '', balance = ''] = part.split('|').map((piece) => piece.trim());
    const minor = minorIn(balance.replace(/^-/, ''));
    if (account === '' || minor === null) return [];
    return [{ account, currency, balanceMinor: balance.startsWith('-') ? -minor : minor }];
  });
}
