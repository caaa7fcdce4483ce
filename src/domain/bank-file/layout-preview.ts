import { bankOrderOf, type BankFile, type BankOrder, type OrderTerms } from './bank-order.ts';
import { bankCsv, type CsvLayout, layoutMisfits } from './csv-layout.ts';

/** What a file in a layout would look like, and what in it the bank would not take. */
export interface LayoutPreview {
  readonly lines: readonly string[];
  readonly warnings: readonly string[];
}

/** Two payments that nobody makes, in a currency of the office: one to a bank's name, one to its code, with a long text and a comma. */
export function layoutPreview(layout: CsvLayout, currency: string): LayoutPreview {
  const file: BankFile = {
    messageId: 'NBI-20261130-7F3K2M',
    createdAt: new Date('2026-11-30T06:00:00.000Z'),
    payOn: '2026-11-30',
    currency,
    debtor: { name: 'Acme Ltd', account: { code: '01100', bic: 'KCBLKENX', name: null, number: '9988776655' } },
    orders: [
      example('0A1B2C3D4E5F6G7-001', {
        amountMinor: 1_250_000,
        payee: 'Jane Wanjiku',
        destination: 'KCBLKENX/01094:1234567890',
        purpose: 'Rent for May',
      }),
      example('7G6F5E4D3C2B1A0-001', {
        amountMinor: 99_950,
        payee: 'Mwangi, Sons and Daughters Transport Company Limited',
        destination: 'Co-op:01129012345600',
        purpose: 'Lorry from Nakuru to Kisumu, three days, with its driver and all fuel',
      }),
    ],
  };
  return {
    lines: bankCsv(file, layout)
      .split('\r\n')
      .filter((line) => line !== ''),
    warnings: layoutMisfits(file, layout).map(({ number, why }) => `Example payment ${number}: ${why}.`),
  };
}

function example(key: string, terms: Omit<OrderTerms, 'key'>): BankOrder {
  const order = bankOrderOf({ key, ...terms });
  if (Array.isArray(order)) throw new Error(order.join('; '));
  return order;
}
