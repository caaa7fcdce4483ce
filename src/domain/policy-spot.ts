import { parseAmount, type AmountOptions } from './money.ts';
import { WEEKDAYS, type Weekday } from './policy.ts';
import { Problem } from './problem.ts';
import { quoted } from './quoted.ts';

/** One thing that is wrong with a policy file. */
export interface PolicyFault {
  /** `approval[2].up_to`: where in the file; items count from 1. Empty is the file itself. */
  readonly path: string;
  /** Continues the path: "is not a whole number". */
  readonly message: string;
}

/** A value of a file that was parsed, where it stands, and where its faults go. */
export interface Spot {
  readonly path: string;
  readonly value: unknown;
  readonly faults: PolicyFault[];
}

/** Reports a fault. */
export function refuse({ path, faults }: Spot, message: string): null {
  faults.push({ path, message });
  return null;
}

const within = ({ path, faults }: Spot, key: string, value: unknown): Spot => ({
  path: path === '' ? key : `${path}.${key}`,
  value,
  faults,
});

/** The fields of a table, which may have no others than those known (null: any); none when it is absent or no table. */
export function fieldsOf(spot: Spot | undefined, known: readonly string[] | null): ReadonlyMap<string, Spot> {
  const fields = new Map<string, Spot>();
  if (spot === undefined) return fields;
  const { value } = spot;
  if (typeof value !== 'object' || value === null || Array.isArray(value) || value instanceof Date) {
    refuse(spot, 'is not a table of keys');
    return fields;
  }
  for (const [key, held] of Object.entries(value)) {
    const field = within(spot, /^[\w-]{1,40}$/.test(key) ? key : quoted(key), held);
    if (known === null || known.includes(key)) fields.set(key, field);
    else refuse(field, `is not known; known ${spot.path === '' ? '' : 'there '}are ${known.join(', ')}`);
  }
  return fields;
}

/** The items of a list, each with its number from 1; none when it is absent or no list. */
export function itemsOf(spot: Spot | undefined, most: number): Spot[] {
  if (spot === undefined) return [];
  const { path, value, faults } = spot;
  if (!Array.isArray(value)) refuse(spot, 'is not a list');
  else if (value.length > most) refuse(spot, `has ${value.length} items; ${most} are the most`);
  else return value.map((item: unknown, at) => ({ path: `${path}[${at + 1}]`, value: item, faults }));
  return [];
}

/** An amount, in quotes or as a whole number, in minor units; null when it is absent or refused. */
export function amountAt(spot: Spot | undefined, currency: string, options: AmountOptions = {}): number | null {
  if (spot === undefined) return null;
  const { value } = spot;
  const text = typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : value;
  if (typeof text !== 'string') return refuse(spot, 'is not an amount: write it in quotes, such as "12,500.00"');
  try {
    return parseAmount(text, currency, options);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return refuse(spot, `: ${error.message}`);
  }
}

/** A whole number within bounds; null when it is absent or refused. */
export function wholeAt(spot: Spot | undefined, { least, most }: { least: number; most: number }): number | null {
  if (spot === undefined) return null;
  const { value } = spot;
  return typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most
    ? value
    : refuse(spot, `is not a whole number from ${least} to ${most}`);
}

/** One of some words; null when it is refused. */
export function choiceAt<Choice extends string>(spot: Spot, choices: readonly Choice[]): Choice | null {
  return choices.find((choice) => choice === spot.value) ?? refuse(spot, `is not one of ${choices.join(', ')}`);
}

const CLOCK = /^([01]\d|2[0-3]):([0-5]\d)$/;
const END_OF_DAY = 24 * 60;

/** `08:00` as minutes since midnight, `24:00` for its end; null when it is absent or refused. */
export function clockAt(spot: Spot | undefined): number | null {
  if (spot === undefined) return null;
  if (spot.value === '24:00') return END_OF_DAY;
  const read = typeof spot.value === 'string' ? CLOCK.exec(spot.value) : null;
  return read === null
    ? refuse(spot, 'is not a time of day in quotes, from "00:00" to "24:00"')
    : Number(read[1]) * 60 + Number(read[2]);
}

/** `mon`, or a range such as `mon-fri`; none when it is refused. */
export function daysAt(spot: Spot): readonly Weekday[] {
  const parts = typeof spot.value === 'string' ? spot.value.split('-') : [];
  const [first = -1, last = first] = parts.map((part) => WEEKDAYS.findIndex((day) => day === part));
  if (parts.length <= 2 && first >= 0 && last >= first) return WEEKDAYS.slice(first, last + 1);
  refuse(spot, 'is not a day such as "mon" or a range such as "mon-fri"');
  return [];
}

const PERCENT = /^\d{1,3}(?:\.\d{1,2})?$/;

/** A percentage up to 100 with at most two decimals, in hundredths of a percent; null when it is absent or refused. */
export function percentAt(spot: Spot | undefined): number | null {
  if (spot === undefined) return null;
  const text = typeof spot.value === 'number' ? String(spot.value) : spot.value;
  const points =
    typeof text === 'string' && PERCENT.test(text) ? Math.round(Number(text) * 100) : Number.POSITIVE_INFINITY;
  return points <= 10_000 ? points : refuse(spot, 'is not a percentage from 0 to 100 with at most two decimals');
}
