import fc from 'fast-check';
import { bankAccountOf, type BankAccount } from '../../../src/domain/bank-file/bank-account.ts';
import { bankOrderOf, type BankFile, type BankOrder } from '../../../src/domain/bank-file/bank-order.ts';

/** The account that a destination says. */
export function anAccount(destination: string): BankAccount {
  const account = bankAccountOf(destination);
  if (typeof account === 'string') throw new Error(account);
  return account;
}

/** An order; only what matters is said. */
export const anOrder = (order: Partial<BankOrder> = {}): BankOrder => ({
  key: '0A1B2C3D4E5F6G7-001',
  amountMinor: 1_250_000,
  payee: 'Jane Wanjiku',
  account: anAccount('KCBLKENX/01094:1234567890'),
  remarks: 'Rent for May',
  ...order,
});

/** A file of orders in shillings. */
export const aBankFile = (file: Partial<BankFile> = {}): BankFile => ({
  messageId: 'NBI-20261128-0001',
  createdAt: new Date('2026-11-28T09:30:00.000Z'),
  payOn: '2026-11-30',
  currency: 'KES',
  debtor: { name: 'Acme Ltd', account: anAccount('KCBLKENX/01100:9988776655') },
  orders: [anOrder()],
  ...file,
});

const banks = fc.oneof(
  fc.stringMatching(/^\d{2,11}$/),
  fc.constantFrom('KCBLKENX', 'EQBLKENAXXX', 'KCBLKENX/01094', 'KCB', 'Co-op & Sons', 'Bänk'),
);
const destinations = fc.tuple(banks, fc.stringMatching(/^[0-9]{4,34}$/)).map(([bank, number]) => `${bank}:${number}`);
const texts = fc.oneof(fc.string({ unit: 'grapheme', maxLength: 200 }), fc.string({ unit: 'binary', maxLength: 40 }));

/** Any payments that a bank can be told of, as it is told of them. */
const orders = fc
  .record({
    key: fc.stringMatching(/^[A-Z0-9]{15}-[A-Z0-9]{3}$/),
    amountMinor: fc.integer({ min: 1, max: Math.floor(Number.MAX_SAFE_INTEGER / 100) }),
    payee: texts,
    destination: destinations,
    purpose: texts,
  })
  .map(bankOrderOf)
  .filter((order): order is BankOrder => !Array.isArray(order));

/** Any file that can be written. */
export const anyBankFile = fc.record<BankFile>({
  messageId: fc.stringMatching(/^[a-zA-Z0-9][a-zA-Z0-9.-]{0,34}$/),
  createdAt: fc.date({ min: new Date('2020-01-01'), max: new Date('2099-12-31'), noInvalidDate: true }),
  payOn: fc.constantFrom('2026-02-28', '2028-02-29', '2026-12-31'),
  currency: fc.constantFrom('KES', 'UGX', 'KWD', 'CLF'),
  debtor: fc.record({ name: fc.constantFrom('Acme Ltd', "O'Brien + Sons"), account: destinations.map(anAccount) }),
  orders: fc.uniqueArray(orders, { minLength: 1, maxLength: 8, selector: ({ key }) => key }),
});
