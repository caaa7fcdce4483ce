import { confirmChange } from '../../src/operations/decide-change.ts';
import { createFund } from '../../src/operations/create-fund.ts';
import { createPayment } from '../../src/operations/create-payment.ts';
import { createRequisition } from '../../src/operations/create-requisition.ts';
import { approveRequisition } from '../../src/operations/approve-requisition.ts';
import { executePayment } from '../../src/operations/execute-payment.ts';
import { setGateway } from '../../src/operations/set-gateway.ts';
import { isProposed } from '../../src/operations/two-people.ts';
import { officeFacts } from '../../src/commands/office-day.ts';
import type { OfficeDay } from '../../src/operations/judge-execution.ts';
import type { Store } from '../../src/store/store.ts';
import type { Row } from '../../src/store/tables.ts';
import { anOffice, type Office } from '../support/office.ts';

/** Payments that wait in each world, and what each is. */
const PAYMENTS = 6;
const AMOUNT = '1,000.00';

/** An office that waits to pay: what every world begins with. */
export interface WaitingOffice {
  readonly people: Office['people'];
  readonly payments: readonly Row<'payments'>[];
  readonly fund: Row<'funds'>;
  readonly dayAt: (now: Date) => OfficeDay;
}

/** Sets up an office that has paid once (so that two must agree), with payments that wait for M-Pesa. */
export async function waitingOffice(store: Store): Promise<WaitingOffice> {
  const { people } = await anOffice(store);
  const { dayAt } = await officeFacts(store);
  const set = await setGateway(store, people.root, {
    method: 'mpesa',
    kind: 'daraja',
    typed: {
      baseUrl: 'https://gateway.example.org',
      shortCode: '600000',
      initiator: 'office',
      resultUrl: 'https://office.example.org/results',
    },
    reason: null,
  });
  if (isProposed(set)) await confirmChange(store, people.esther, { change: set.proposed.change.ref, reason: null });
  const draft = {
    code: 'MPESA',
    name: 'M-Pesa',
    opening: '100,000',
    reorderLevel: '0',
    otpThreshold: '1,000,000',
    autoReplenish: false,
  };
  const made = await createFund(store, people.david, { draft, place: { company: 'ACME' }, currency: null });
  if (isProposed(made)) throw new Error('the office has paid already');
  const { fund } = made.view;
  const cash = await aPayment(store, people, fund, 'cash');
  await executePayment(store, people.carol, { paymentId: cash.id, gatewayReference: null, dayAt });
  const payments: Row<'payments'>[] = [];
  for (let count = 0; count < PAYMENTS; count += 1) payments.push(await aPayment(store, people, fund, 'mpesa'));
  return { people, payments, fund, dayAt };
}

async function aPayment(
  store: Store,
  people: Office['people'],
  fund: Row<'funds'>,
  method: 'cash' | 'mpesa',
): Promise<Row<'payments'>> {
  const requisitionId = await approved(store, people, method);
  const request = { requisitionId, fundId: fund.id, amount: null, maxRetries: '9' };
  return (await createPayment(store, people.carol, request)).payment;
}

/** An approved requisition; making one is also something that happens, after which the clock is believed again. */
export async function approved(store: Store, people: Office['people'], method: 'cash' | 'mpesa'): Promise<string> {
  const draft = {
    payee: 'Jane Wanjiru',
    amount: AMOUNT,
    purpose: 'Taxi',
    method,
    destination: method === 'cash' ? 'Jane Wanjiru' : '0712345678',
    category: null,
  };
  const { requisition } = await createRequisition(store, people.amina, {
    draft,
    place: { branch: 'WESTLANDS' },
    currency: null,
  });
  await approveRequisition(store, people.brian, { requisition: requisition.ref, reason: null });
  return requisition.id;
}
