import { debtorName } from './bank-file/bank-order.ts';
import { parseDuration } from './duration.ts';
import { parseAmount } from './money.ts';
import { Problem } from './problem.ts';
import { STATUS_FIELDS, type BankfileSettings, type DarajaSettings } from './rail.ts';

/** How a method is to be paid from now on: by hand, or by a rail with its settings. */
export type GatewayTerms = {
  readonly method: 'mpesa' | 'bank';
  /** The office's account at the rail, under which receipts never repeat; empty by hand. */
  readonly account: string;
  readonly highestFeeMinor: number;
} & (
  | { readonly kind: 'manual'; readonly settings: Readonly<Record<string, never>> }
  | { readonly kind: 'daraja'; readonly settings: DarajaSettings }
  | { readonly kind: 'bankfile'; readonly settings: BankfileSettings }
);

/** What somebody typed, by the option's name in camel case. */
export type TypedSettings = Readonly<Record<string, string | undefined>>;

/** Terms, or everything that is wrong with what was typed. */
export type ReadTerms = { readonly terms: GatewayTerms } | { readonly faults: readonly string[] };

export const DARAJA_COMMANDS = ['BusinessPayment', 'SalaryPayment', 'PromotionPayment'] as const;

/** Limits of a B2C payment in shillings (Daraja portal 2026), and how long an order may be on its way. */
const SMALLEST = '10';
const LARGEST = '250000';
const QUIET = '24h';

/** Words that Safaricom refuses in the address of a result. */
const FORBIDDEN_WORDS = ['mpesa', 'safaricom', 'exe', 'cmd', 'sql', 'query'] as const;

/** Reads how a method shall be paid. Pure; every fault is told, none throws. */
export function readGatewayTerms(method: string, kind: string, typed: TypedSettings): ReadTerms {
  if (method !== 'mpesa' && method !== 'bank')
    return { faults: [`${JSON.stringify(method)} is no method with a gateway; there are mpesa and bank`] };
  if (kind === 'manual') return manualTerms(method, typed);
  if (kind === 'daraja' && method === 'mpesa') return darajaTerms(typed);
  if (kind === 'bankfile' && method === 'bank') return bankfileTerms(typed);
  const kinds = method === 'mpesa' ? 'daraja or manual' : 'bankfile or manual';
  return { faults: [`${JSON.stringify(kind)} does not carry ${method}; there are ${kinds}`] };
}

function manualTerms(method: 'mpesa' | 'bank', typed: TypedSettings): ReadTerms {
  const faults = Object.keys(typed)
    .filter((name) => typed[name] !== undefined)
    .map((name) => `${optionOf(name)} means nothing for what is paid by hand`);
  return faults.length > 0
    ? { faults }
    : { terms: { method, kind: 'manual', account: '', highestFeeMinor: 0, settings: {} } };
}

function darajaTerms(typed: TypedSettings): ReadTerms {
  const faults: string[] = [...strangers(typed, DARAJA_OPTIONS)];
  const money = (name: string, otherwise: string): number => amountOf(typed[name] ?? otherwise, optionOf(name), faults);
  const settings: DarajaSettings = {
    baseUrl: urlOf(required(typed, 'baseUrl', faults), '--base-url', faults),
    shortCode: matching(required(typed, 'shortCode', faults), /^\d{5,7}$/, '--short-code is 5 to 7 digits', faults),
    initiator: matching(
      required(typed, 'initiator', faults),
      /^[\w.-]{1,40}$/,
      '--initiator is up to 40 letters and digits',
      faults,
    ),
    command: chosen(typed['command'] ?? DARAJA_COMMANDS[0], faults),
    resultUrl: resultUrlOf(required(typed, 'resultUrl', faults), faults),
    smallestMinor: money('smallest', SMALLEST),
    largestMinor: money('largest', LARGEST),
    statusField: fieldOf(typed['statusField'] ?? STATUS_FIELDS[0], faults),
    quietMs: durationOf(typed['quiet'] ?? QUIET, faults),
  };
  const highestFeeMinor = feeOf(typed, faults);
  if (settings.smallestMinor > settings.largestMinor) faults.push('--smallest is more than --largest');
  if (faults.length > 0) return { faults };
  return { terms: { method: 'mpesa', kind: 'daraja', account: settings.shortCode, highestFeeMinor, settings } };
}

function bankfileTerms(typed: TypedSettings): ReadTerms {
  const faults: string[] = [...strangers(typed, BANKFILE_OPTIONS)];
  const settings: BankfileSettings = {
    debtorName: matching(
      required(typed, 'debtorName', faults),
      /^.{1,70}$/u,
      '--debtor-name has 1 to 70 characters',
      faults,
    ),
    debtorAccount: matching(
      required(typed, 'debtorAccount', faults),
      /^[A-Za-z0-9]{4,34}$/,
      '--debtor-account is 4 to 34 letters and digits',
      faults,
    ),
    debtorBank: matching(
      required(typed, 'debtorBank', faults),
      /^[A-Za-z0-9]{2,35}$/,
      '--debtor-bank is the 2 to 35 digits of bank and branch',
      faults,
    ),
    debtorBic: bicOf(typed['debtorBic'], faults),
  };
  if (settings.debtorName !== '' && debtorName(settings.debtorName) === null)
    faults.push('--debtor-name has no letter that banks take: a to z, and digits');
  const highestFeeMinor = feeOf(typed, faults);
  if (faults.length > 0) return { faults };
  return { terms: { method: 'bank', kind: 'bankfile', account: settings.debtorAccount, highestFeeMinor, settings } };
}

const DARAJA_OPTIONS = [
  'baseUrl',
  'shortCode',
  'initiator',
  'command',
  'resultUrl',
  'smallest',
  'largest',
  'quiet',
  'statusField',
  'highestFee',
];
const BANKFILE_OPTIONS = ['debtorName', 'debtorAccount', 'debtorBank', 'debtorBic', 'highestFee'];

const optionOf = (name: string): string =>
  name === 'quiet' ? '--quiet-period' : `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

const strangers = (typed: TypedSettings, known: readonly string[]): string[] =>
  Object.keys(typed)
    .filter((name) => typed[name] !== undefined && !known.includes(name))
    .map((name) => `${optionOf(name)} is not one of this gateway`);

function required(typed: TypedSettings, name: string, faults: string[]): string | null {
  const value = typed[name]?.trim();
  if (value !== undefined && value !== '') return value;
  faults.push(`${optionOf(name)} is missing`);
  return null;
}

function matching(value: string | null, pattern: RegExp, fault: string, faults: string[]): string {
  if (value !== null && !pattern.test(value)) faults.push(fault);
  return value ?? '';
}

function chosen(value: string, faults: string[]): string {
  if (!DARAJA_COMMANDS.some((command) => command === value))
    faults.push(`--command is one of ${DARAJA_COMMANDS.join(', ')}`);
  return value;
}

function fieldOf(value: string, faults: string[]): DarajaSettings['statusField'] {
  const found = STATUS_FIELDS.find((field) => field === value);
  if (found === undefined) faults.push(`--status-field is one of ${STATUS_FIELDS.join(', ')}`);
  return found ?? STATUS_FIELDS[0];
}

function bicOf(value: string | undefined, faults: string[]): string | null {
  if (value === undefined) return null;
  if (!/^[A-Z]{6}[A-Z2-9][A-NP-Z0-9](?:[A-Z0-9]{3})?$/.test(value))
    faults.push('--debtor-bic is 8 or 11 capitals and digits, such as KCBLKENX');
  return value;
}

const feeOf = (typed: TypedSettings, faults: string[]): number =>
  amountOf(typed['highestFee'] ?? '0', '--highest-fee', faults);

/** Amounts are in shillings. */
function amountOf(text: string, option: string, faults: string[]): number {
  try {
    return parseAmount(text, 'KES', { zero: true });
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    faults.push(`${option}: ${error.message}`);
    return 0;
  }
}

function durationOf(text: string, faults: string[]): number {
  const milliseconds = parseDuration(text);
  if (milliseconds === null) faults.push('--quiet-period is a duration such as 24h or 2d');
  return milliseconds ?? 0;
}

/** Plain HTTP only on this machine itself, where nobody listens. */
function urlOf(value: string | null, option: string, faults: string[]): string {
  if (value === null) return '';
  const url = URL.canParse(value) ? new URL(value) : null;
  const local = url !== null && ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname);
  const fits = url !== null && (url.protocol === 'https:' || (url.protocol === 'http:' && local));
  if (!fits || url.username !== '' || url.search !== '' || url.hash !== '')
    faults.push(`${option} is an address such as https://api.safaricom.co.ke (plain http only on this machine)`);
  return value.replace(/\/+$/, '');
}

function resultUrlOf(value: string | null, faults: string[]): string {
  const url = urlOf(value, '--result-url', faults);
  const found = FORBIDDEN_WORDS.filter((word) => url.toLowerCase().includes(word));
  if (found.length > 0) faults.push(`--result-url has ${found.join(', ')} in it, which Safaricom refuses`);
  return url;
}
