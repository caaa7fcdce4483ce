// Values as Daraja writes them: types vary from one message to the next.

type Json = Readonly<Record<string, unknown>>;

/** An object, and nothing else. */
const objectIn = (value: unknown): Json | null =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : null;

/** A result has a few kilobytes. */
const LARGEST = 64 * 1024;

/** The `Result` of what Daraja reports; null for anything else. */
export function darajaResultIn(raw: string): Json | null {
  if (raw.length > LARGEST) return null;
  try {
    return objectIn(objectIn(JSON.parse(raw))?.['Result']);
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof RangeError) return null;
    throw error;
  }
}

/** A text or a number as text, without space around it; null for anything else, and for nothing. */
export function textIn(value: unknown): string | null {
  if (typeof value === 'number') return Number.isFinite(value) ? decimalText(value) : null;
  if (typeof value !== 'string') return null;
  const text = value.trim();
  return text === '' ? null : text;
}

/** 20200120164825 and 8959269.6 as they were written; an exponent is none of Daraja's. */
const decimalText = (value: number): string | null => (/e/i.test(String(value)) ? null : String(value));

/** Parameters and reference data by their keys; of a key that stands twice, the first that says something. */
export interface Parameters {
  text(key: string): string | null;
  /** The first of these keys that says two things; null where each says one, however often. */
  saidTwice(keys: readonly string[]): string | null;
}

/** The parameters of a result, whether they come as a list or as one object, and its reference data behind them. */
export function parametersOf(result: Json): Parameters {
  const values = new Map<string, string>();
  const twice = new Set<string>();
  const lists: readonly (readonly [string, string])[] = [
    ['ResultParameters', 'ResultParameter'],
    ['ReferenceData', 'ReferenceItem'],
  ];
  for (const [outer, inner] of lists) {
    for (const item of listIn(objectIn(result[outer])?.[inner])) {
      const key = textIn(item['Key']);
      const value = textIn(item['Value']);
      if (key === null || value === null) continue;
      if (!values.has(key)) values.set(key, value);
      else if (values.get(key) !== value) twice.add(key);
    }
  }
  return {
    text: (key) => values.get(key) ?? null,
    saidTwice: (keys) => keys.find((key) => twice.has(key)) ?? null,
  };
}

function listIn(value: unknown): Json[] {
  const items: unknown[] = Array.isArray(value) ? value : [value];
  return items.map(objectIn).filter((item) => item !== null);
}

const AMOUNT = /^(\d{1,13})(?:\.(\d{1,9}))?$/;

/** An amount of shillings in minor units, without a float on the way; null where it has a part of a cent, or is none. */
export function minorIn(text: string | null): number | null {
  const [, whole, decimals = ''] = AMOUNT.exec(text?.replaceAll(',', '') ?? '') ?? [];
  if (whole === undefined || /[1-9]/.test(decimals.slice(2))) return null;
  const minor = Number(`${whole}${decimals.slice(0, 2).padEnd(2, '0')}`);
  return Number.isSafeInteger(minor) ? minor : null;
}

/** A receipt; a placeholder that ends in seven zeros is none. */
export const receiptIn = (text: string | null): string | null =>
  text !== null && /^[A-Z0-9]{8,20}$/i.test(text) && !text.endsWith('0000000') ? text.toUpperCase() : null;

/** The phone in `254705912645 - NICHOLAS JOHN SONGOK`; null where it is masked or not there. */
export const receiverIn = (text: string | null): string | null => /^(254\d{9})\b/.exec(text ?? '')?.[1] ?? null;

const POINTED = /^(\d{2})\.(\d{2})\.(\d{4}) (\d{2}):(\d{2}):(\d{2})$/;
const COMPACT = /^(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})$/;
const NAIROBI_AHEAD_HOURS = 3;

/** An instant as Daraja writes it (06.07.2024 22:48:52 or 20200120164825), which has no zone and means Nairobi's clock. */
export function instantIn(text: string | null): Date | null {
  const pointed = POINTED.exec(text ?? '');
  const parts =
    pointed === null ? COMPACT.exec(text ?? '') : [pointed[0], pointed[3], pointed[2], pointed[1], ...pointed.slice(4)];
  if (parts === null) return null;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts.slice(1).map(Number);
  const at = new Date(Date.UTC(year, month - 1, day, hour, minute, second));
  // 31 June is no day.
  if (at.getUTCMonth() !== month - 1 || at.getUTCDate() !== day || hour > 23 || minute > 59 || second > 59) return null;
  return new Date(at.getTime() - NAIROBI_AHEAD_HOURS * 3_600_000);
}
