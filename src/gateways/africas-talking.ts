import type { Sms, SmsAnswer, SmsSender } from './sms.ts';

/** An account of Africa's Talking. */
export interface AfricasTalking {
  readonly baseUrl: string;
  readonly username: string;
  readonly apiKey: string;
  /** An alphanumeric sender or short code that is registered; null sends under the provider's own. */
  readonly sender: string | null;
  readonly deadlineMs: number;
}

/** Processed, sent, queued: the provider has it. */
const TAKEN: ReadonlySet<number> = new Set([100, 101, 102]);
/** Invalid phone, unsupported kind of number, in the blacklist, wants not to be disturbed: no later try will do. */
const REFUSED: ReadonlySet<number> = new Set([403, 404, 406, 409]);
const LONGEST_REASON = 120;
const LARGEST_ANSWER = 64 * 1024;

/**
 * Sends texts by the provider's messaging API (`POST /version1/messaging`, form fields, the key in a header). One text a call, no
 * redirects, no retry of its own; what its table of codes does not know, and whatever cannot be read, is `later`.
 */
export const africasTalking = (account: AfricasTalking): SmsSender => ({
  send: async (sms) => {
    try {
      const answer = await fetch(new URL('/version1/messaging', account.baseUrl), {
        method: 'POST',
        redirect: 'manual',
        headers: { accept: 'application/json', apikey: account.apiKey, 'user-agent': 'treasury' },
        body: formOf(account, sms),
        signal: AbortSignal.timeout(account.deadlineMs),
      });
      const text = (await answer.text()).slice(0, LARGEST_ANSWER);
      if (answer.status !== 200 && answer.status !== 201)
        return later(account, `it answered ${answer.status}: ${text}`);
      return judge(account, sms, text);
    } catch (error) {
      return later(account, reasonOf(error, account.deadlineMs));
    }
  },
});

function formOf({ username, sender }: AfricasTalking, { to, text }: Sms): URLSearchParams {
  const form = new URLSearchParams({ username, to, message: text });
  if (sender !== null) form.set('from', sender);
  return form;
}

function judge(account: AfricasTalking, { to }: Sms, text: string): SmsAnswer {
  const { recipients, message } = read(text);
  const own = recipients.find(({ number }) => number === to);
  if (own === undefined) return later(account, message ?? 'its answer says nothing of this phone');
  if (TAKEN.has(own.code)) return { kind: 'taken' };
  const reason = `${own.status} (${own.code})`;
  return REFUSED.has(own.code) ? { kind: 'refused', reason: spoken(account, reason) } : later(account, reason);
}

interface Recipient {
  readonly number: string;
  readonly code: number;
  readonly status: string;
}

/** What the answer says of each phone; nothing where it cannot be read. */
function read(text: string): { readonly recipients: readonly Recipient[]; readonly message: string | null } {
  const data = fieldOf(parsed(text), 'SMSMessageData');
  const message = fieldOf(data, 'Message');
  const list = fieldOf(data, 'Recipients');
  return {
    message: typeof message === 'string' && message !== '' ? message : null,
    recipients: (Array.isArray(list) ? list : []).map((one: unknown) => ({
      number: String(fieldOf(one, 'number')),
      code: Number(fieldOf(one, 'statusCode')),
      status: String(fieldOf(one, 'status')),
    })),
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return null;
  }
}

const fieldOf = (value: unknown, key: string): unknown =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? (value as Readonly<Record<string, unknown>>)[key]
    : undefined;

const later = (account: AfricasTalking, reason: string): SmsAnswer => ({
  kind: 'later',
  reason: spoken(account, reason),
});

/** What a provider said, in one line and without the key that it may have repeated. */
const spoken = ({ apiKey }: AfricasTalking, reason: string): string =>
  reason
    .replaceAll(apiKey, '(left out)')
    .replaceAll(/[\p{C}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .slice(0, LONGEST_REASON);

function reasonOf(error: unknown, deadlineMs: number): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'TimeoutError') return `no answer within ${deadlineMs / 1000} s`;
  const { cause } = error;
  return cause instanceof Error && 'code' in cause
    ? `not reached (${String(cause.code)})`
    : `not reached (${error.name})`;
}
