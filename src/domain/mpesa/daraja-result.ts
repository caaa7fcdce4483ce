import { NOTHING_SAID, type GatewayResult } from '../gateway-result.ts';
import { b2cResult, TRANSACTION_STATES } from './daraja-codes.ts';
import {
  darajaResultIn,
  instantIn,
  minorIn,
  parametersOf,
  receiptIn,
  receiverIn,
  textIn,
  type Parameters,
} from './daraja-values.ts';

/**
 * Reads the result of a B2C payment as Daraja reports it (Daraja portal, August 2026). Types, order and number of its parts vary, and
 * every variant is read. Null when nobody can tell which order it is about.
 */
export function readDarajaResult(raw: string): GatewayResult | null {
  const result = darajaResultIn(raw);
  if (result === null) return null;
  const code = textIn(result['ResultCode']);
  const head = {
    key: textIn(result['OriginatorConversationID']),
    conversation: textIn(result['ConversationID']),
    code: code ?? 'none',
    description: textIn(result['ResultDesc']) ?? '',
  };
  if (head.key === null && head.conversation === null) return null;
  const { class: outcome, stops } = b2cResult(head.code);
  if (outcome !== 'paid') return { ...NOTHING_SAID, ...head, outcome, stops };
  const parameters = parametersOf(result);
  const twice = parameters.saidTwice(['TransactionReceipt', 'TransactionAmount', 'ReceiverPartyPublicName']);
  if (twice !== null) return { ...NOTHING_SAID, ...head, ...contradictory(twice) };
  return {
    ...NOTHING_SAID,
    ...head,
    outcome,
    reference: receiptIn(parameters.text('TransactionReceipt')) ?? receiptIn(textIn(result['TransactionID'])),
    amountMinor: minorIn(parameters.text('TransactionAmount')),
    receiver: receiverIn(parameters.text('ReceiverPartyPublicName')),
    completedAt: instantIn(parameters.text('TransactionCompletedDateTime')),
  };
}

/** One that says two amounts, receivers, receipts or states of one order: whichever stands first, neither counts. */
const contradictory = (key: string) =>
  ({ outcome: 'contradictory', description: `it says ${key} twice, and differently` }) as const;

/**
 * Answers that say that there is no such transaction. They must name it: "The operator does not exist" (SFC_IC0003) and an initiator
 * that is not found speak of who asked, and an order believed to be absent is released and may be paid again.
 */
const ABSENT =
  /\bno such transaction\b|\btransaction (?:id )?(?:was |is )?(?:not found|does not exist|cannot be found|could not be found)\b/i;

/**
 * Reads the answer to a question about an order (Transaction Status). Its own result code says only whether the question worked, and
 * its own ids are the question's: the order is named in its parameters, if at all (`key` and `conversation` are null otherwise).
 */
export function readDarajaAnswer(raw: string): GatewayResult | null {
  const result = darajaResultIn(raw);
  if (result === null) return null;
  const parameters = parametersOf(result);
  const code = textIn(result['ResultCode']) ?? 'none';
  const description = textIn(result['ResultDesc']) ?? '';
  const named = { key: parameters.text('OriginatorConversationID'), conversation: parameters.text('ConversationID') };
  const status = parameters.text('TransactionStatus');
  const twice = parameters.saidTwice([
    'OriginatorConversationID',
    'TransactionStatus',
    'ReceiptNo',
    'Amount',
    'CreditPartyName',
  ]);
  if (twice !== null) return { ...NOTHING_SAID, ...named, code, ...contradictory(twice) };
  if (status !== null && code === '0') return told(named, { code, description, status }, parameters);
  const outcome = code !== '0' && ABSENT.test(description) ? 'absent' : 'unknown';
  return { ...NOTHING_SAID, ...named, code, description, outcome };
}

function told(
  named: Pick<GatewayResult, 'key' | 'conversation'>,
  said: { readonly code: string; readonly description: string; readonly status: string },
  parameters: Parameters,
): GatewayResult {
  const outcome = TRANSACTION_STATES.get(said.status.toLowerCase()) ?? 'unknown';
  return {
    ...NOTHING_SAID,
    ...named,
    code: said.status,
    description: said.description,
    outcome,
    reference: outcome === 'paid' ? receiptIn(parameters.text('ReceiptNo')) : null,
    amountMinor: minorIn(parameters.text('Amount')),
    receiver: receiverIn(parameters.text('CreditPartyName')),
    feeMinor: feeIn(parameters.text('DebitPartyCharges')),
    completedAt: instantIn(parameters.text('FinalisedTime')),
  };
}

/** `Fee For B2C Payment|KES|22.40` in minor units. */
const feeIn = (text: string | null): number | null => (text === null ? null : minorIn(text.split('|').at(-1) ?? null));
