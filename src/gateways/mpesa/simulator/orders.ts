import { createHash } from 'node:crypto';
import { b2cResult } from '../../../domain/mpesa/daraja-codes.ts';
import type { Reported, Scenario } from './scenarios.ts';

/** An order as it was taken. */
export interface TakenOrder {
  readonly key: string;
  readonly conversation: string;
  readonly receipt: string;
  readonly amount: number;
  readonly receiver: string;
  readonly resultUrl: string;
  readonly lateUrl: string;
  readonly scenario: Scenario;
  readonly takenAt: Date;
  /** What it is refused with before its scenario is looked at: a wrong credential, an amount beyond the limits. */
  readonly refusedWith: number | null;
}

const DESCRIPTIONS: ReadonlyMap<string, string> = new Map([
  ['0', 'The service request is processed successfully.'],
  ['1', 'The balance is insufficient for the transaction.'],
  ['2001', 'The initiator information is invalid.'],
  ['2040', "Credit Party customer type can't be supported by the service."],
  ['8006', 'The security credential is locked.'],
  ['17', 'System internal error.'],
]);

const ALPHABET = 'ABCDEFGHJKLMNPQRSTUVWXYZ0123456789';

/** Ten characters as receipts have them, always the same for a seed and a number. */
export function receiptOf(seed: number, number: number): string {
  const bytes = createHash('sha256').update(`${seed} ${number}`).digest();
  return `S${Array.from({ length: 9 }, (_, at) => ALPHABET[(bytes[at] ?? 0) % ALPHABET.length]).join('')}`;
}

/** `AG_yyyymmdd_` and 20 hexadecimal digits. */
export const conversationOf = (seed: number, number: number, at: Date): string =>
  `AG_${at.toISOString().slice(0, 10).replaceAll('-', '')}_${createHash('sha256').update(`c${seed} ${number}`).digest('hex').slice(0, 20)}`;

/** The code that an amount is refused with: beyond the limits of a transaction, or of the float after what was paid; null when it is not. */
export function refusedAmount(
  { amount, receiver, scenario }: Pick<TakenOrder, 'amount' | 'receiver' | 'scenario'>,
  paid: readonly { readonly amount: number; readonly receiver: string }[],
): number | null {
  if (amount < 10) return 2;
  if (amount > 250_000) return 3;
  if (scenario.float === undefined) return null;
  const spent = paid.reduce((sum, one) => sum + (one.receiver === receiver ? one.amount : 0), 0);
  return spent + amount > scenario.float ? 1 : null;
}

/** A result as Daraja reports it. */
export function resultBody(order: TakenOrder, { code, lie, form }: Reported, completedAt: Date): object {
  const paid = String(code) === '0';
  const texts = form === 'texts';
  const amount = lie === 'amount' ? order.amount + 1 : order.amount;
  const parameters = [
    { Key: 'TransactionAmount', Value: texts ? String(amount) : amount },
    { Key: 'TransactionReceipt', Value: order.receipt },
    { Key: 'ReceiverPartyPublicName', Value: `${order.receiver} - JANE WANJIRU` },
    { Key: 'TransactionCompletedDateTime', Value: nairobi(completedAt) },
    { Key: 'B2CUtilityAccountAvailableFunds', Value: 8_959_269.6 },
    { Key: 'B2CChargesPaidAccountAvailableFunds', Value: -1980 },
    { Key: 'B2CRecipientIsRegisteredCustomer', Value: 'Y' },
  ];
  return {
    Result: {
      ResultType: texts ? '0' : 0,
      ResultCode: texts ? String(code) : code,
      ResultDesc: DESCRIPTIONS.get(String(code)) ?? `Declined with ${code}.`,
      OriginatorConversationID: lie === 'key' ? 'NOBODY-ORDERED-THIS' : order.key,
      ConversationID: order.conversation,
      TransactionID: paid ? order.receipt : 'SKE0000000',
      ...(paid ? { ResultParameters: { ResultParameter: form === 'single' ? parameters[1] : parameters } } : {}),
      ReferenceData: { ReferenceItem: { Key: 'QueueTimeoutURL', Value: order.lateUrl } },
    },
  };
}

/** What became of an order, whatever was reported about it. */
function statusOf({ refusedWith, scenario }: TakenOrder): 'Completed' | 'Declined' | 'Initiated' {
  if (refusedWith !== null) return 'Declined';
  if (scenario.pays) return 'Completed';
  const failed = scenario.reports.some(({ code }) => b2cResult(String(code)).class === 'failed');
  return failed || scenario.answers === true ? 'Declined' : 'Initiated';
}

/** The answer to a question whose credential is wrong. */
export const wrongCredentialBody = (conversation: string): object => ({
  Result: {
    ...{ ResultType: 0, ResultCode: 2001, ResultDesc: DESCRIPTIONS.get('2001') ?? '' },
    ...{ OriginatorConversationID: `Q-${conversation}`, ConversationID: conversation, TransactionID: 'SKE0000000' },
  },
});

/** The answer to a question about an order; none was taken where there is none. */
export function answerBody(order: TakenOrder | undefined, asked: { readonly conversation: string }): object {
  const head = {
    ResultType: 0,
    OriginatorConversationID: `Q-${asked.conversation}`,
    ConversationID: asked.conversation,
    TransactionID: 'SKE0000000',
  };
  if (order === undefined)
    return { Result: { ...head, ResultCode: 2032, ResultDesc: 'The transaction does not exist.' } };
  const status = statusOf(order);
  return {
    Result: {
      ...head,
      ResultCode: 0,
      ResultDesc: 'The service request is processed successfully.',
      ResultParameters: {
        ResultParameter: [
          { Key: 'DebitPartyName', Value: '600000 - ACME' },
          { Key: 'DebitPartyName', Value: '600000 - ACME' },
          { Key: 'OriginatorConversationID', Value: order.key },
          { Key: 'ConversationID', Value: order.conversation },
          { Key: 'TransactionStatus', Value: status },
          { Key: 'Amount', Value: String(order.amount) },
          { Key: 'DebitPartyCharges', Value: '' },
          { Key: 'TransactionReason' },
          { Key: 'CreditPartyName', Value: `${order.receiver} - JANE WANJIRU` },
          ...(status === 'Completed' ? [{ Key: 'ReceiptNo', Value: order.receipt }] : []),
        ],
      },
    },
  };
}

/** The answer to a question for balances. */
export const balanceBody = (conversation: string): object => ({
  Result: {
    ...{ ResultType: '0', ResultCode: '0', ResultDesc: 'The service request is processed successfully.' },
    ...{ OriginatorConversationID: `Q-${conversation}`, ConversationID: conversation, TransactionID: 'SKE0000000' },
    ResultParameters: {
      ResultParameter: [
        {
          Key: 'AccountBalance',
          Value:
            'Utility Account|KES|8959269.60|8959269.60|0.00|0.00&Charges Paid Account|KES|-1980.00|-1980.00|0.00|0.00',
        },
        { Key: 'BOCompletedTime', Value: 20_200_109_125_710 },
      ],
    },
  },
});

/** 06.07.2024 22:48:52, as the clocks of Nairobi show it. */
function nairobi(at: Date): string {
  const [day = '', time = ''] = new Date(at.getTime() + 3 * 3_600_000).toISOString().slice(0, 19).split('T');
  return `${day.split('-').toReversed().join('.')} ${time}`;
}
