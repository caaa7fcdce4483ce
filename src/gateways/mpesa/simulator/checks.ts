import { constants, privateDecrypt, type KeyObject } from 'node:crypto';

/** What Daraja answers to a call that it turns away. */
export interface Refusal {
  readonly status: 400 | 401 | 404 | 500;
  readonly errorCode: string;
  readonly errorMessage: string;
}

type Body = Readonly<Record<string, unknown>>;

const bad = (field: string): Refusal => ({
  status: 400,
  errorCode: '400.002.02',
  errorMessage: `Bad Request - Invalid ${field}`,
});

const FORBIDDEN_WORDS = ['mpesa', 'safaricom', 'exe', 'cmd', 'sql', 'query'];

/** What is wrong with an order, field by field as Daraja spells them; null when nothing is. */
export function orderRefusal(body: Body, shortCode: string): Refusal | null {
  const text = (name: string): string => (typeof body[name] === 'string' ? body[name] : '');
  if (!/^[A-Z0-9-]{1,19}$/.test(text('OriginatorConversationID'))) return bad('OriginatorConversationID');
  if (text('InitiatorName') === '') return bad('InitiatorName');
  if (!/^[A-Za-z0-9+/=]{344}$/.test(text('SecurityCredential'))) return bad('SecurityCredential');
  if (!['BusinessPayment', 'SalaryPayment', 'PromotionPayment'].includes(text('CommandID'))) return bad('CommandID');
  const amount = Number(body['Amount']);
  if (!Number.isInteger(amount) || amount <= 0) return bad('Amount');
  if (text('PartyA') !== shortCode) return bad('PartyA');
  if (!/^254[17]\d{8}$/.test(text('PartyB'))) return bad('PartyB');
  if (text('Remarks').length < 2 || text('Remarks').length > 100) return bad('Remarks');
  if (text('Occassion').length > 100 || 'Occasion' in body) return bad('Occassion');
  return addressRefusal(text('ResultURL'), 'ResultURL') ?? addressRefusal(text('QueueTimeOutURL'), 'QueueTimeOutURL');
}

/** What is wrong with a question or a request for balances; null when nothing is. */
export function questionRefusal(body: Body, shortCode: string): Refusal | null {
  const text = (name: string): string => (typeof body[name] === 'string' ? body[name] : '');
  if (text('Initiator') === '') return bad('Initiator');
  if (!/^[A-Za-z0-9+/=]{344}$/.test(text('SecurityCredential'))) return bad('SecurityCredential');
  if (text('PartyA') !== shortCode) return bad('PartyA');
  if (text('IdentifierType') !== '4') return bad('IdentifierType');
  return addressRefusal(text('ResultURL'), 'ResultURL') ?? addressRefusal(text('QueueTimeOutURL'), 'QueueTimeOutURL');
}

function addressRefusal(url: string, field: string): Refusal | null {
  if (!URL.canParse(url)) return bad(field);
  const { pathname } = new URL(url);
  return FORBIDDEN_WORDS.some((word) => pathname.toLowerCase().includes(word)) ? bad(field) : null;
}

/** Whether a credential is the initiator's password under our key. */
export function isCredential(credential: unknown, password: string, key: KeyObject): boolean {
  try {
    const bytes = Buffer.from(String(credential), 'base64');
    return privateDecrypt({ key, padding: constants.RSA_PKCS1_PADDING }, bytes).toString('utf8') === password;
  } catch {
    // Whatever is no ciphertext of ours is no credential.
    return false;
  }
}
