import { formatAmount, parseAmount } from '../money.ts';
import { Problem, usage } from '../problem.ts';
import { quoted } from '../quoted.ts';
import { sentence } from '../sentence.ts';
import type { TariffStep } from './fee-rule.ts';

/** A step as people write it, and where: "step 2", "line 3". */
export interface WrittenStep {
  readonly where: string;
  readonly upTo: string;
  readonly atMost: string;
}

/** Names the last step where it has no end. */
const NO_END = '*';
/** M-Pesa's longest tariff has sixteen. */
const MOST_STEPS = 100;
const LONGEST_TEXT = 4000;

/** The columns of a tariff file. */
export const TARIFF_COLUMNS = ['up_to', 'at_most'] as const;

/** The steps of `100:0,500:7,*:13`. Throws usage TARIFF_INVALID for what has not that form. */
export function stepsIn(text: string): WrittenStep[] {
  if (text.length > LONGEST_TEXT)
    throw tariffInvalid([`it is longer than ${LONGEST_TEXT} characters; write it into a file for --tariff-file`]);
  const written = text.split(',').map((part, at) => ({ part: part.trim(), where: `step ${at + 1}` }));
  const odd = written.filter(({ part }) => part.split(':').length !== 2);
  if (odd.length > 0) {
    throw tariffInvalid(
      odd.map(({ part, where }) => `${where}, ${quoted(part)}, is not an amount, a colon and a fee, such as 500:7`),
    );
  }
  return written.map(({ part, where }) => {
    const [upTo = '', atMost = ''] = part.split(':').map((side) => side.trim());
    return { where, upTo, atMost };
  });
}

/** The steps of a tariff file's rows, of which the first names the columns. Throws usage TARIFF_INVALID with every fault. */
export function stepsOfRows(
  rows: readonly { readonly cells: readonly string[]; readonly line: number }[],
): WrittenStep[] {
  const [head, ...rest] = rows;
  const header = head?.cells.map((cell) => cell.trim().toLowerCase()) ?? [];
  const [upTo, atMost] = TARIFF_COLUMNS.map((column) => header.indexOf(column));
  if (upTo === -1 || atMost === -1 || header.length !== TARIFF_COLUMNS.length)
    throw tariffInvalid([`its first line must name the columns ${TARIFF_COLUMNS.join(' and ')}`]);
  const odd = rest.filter(({ cells }) => cells.length !== TARIFF_COLUMNS.length);
  if (odd.length > 0)
    throw tariffInvalid(odd.map(({ cells, line }) => `line ${line} has ${cells.length} cells instead of 2`));
  return rest.map(({ cells, line }) => {
    const [first = '', second = ''] = cells.map((cell) => cell.trim());
    return {
      where: `line ${line}`,
      ...(upTo === 0 ? { upTo: first, atMost: second } : { upTo: second, atMost: first }),
    };
  });
}

/**
 * A tariff for an account of this currency: each step goes on where the one before it ends, so that none overlap and nothing lies
 * between them; only the last may be without an end. Throws usage TARIFF_INVALID with everything that is wrong.
 */
export function readTariff(written: readonly WrittenStep[], currency: string): TariffStep[] {
  const faults: string[] = [];
  if (written.length === 0) faults.push('it has no steps');
  if (written.length > MOST_STEPS) faults.push(`it has ${written.length} steps; ${MOST_STEPS} are the most`);
  const steps = written.map((step, at): TariffStep => {
    const amount = (text: string, options: { zero?: boolean } = {}): number => {
      const read = amountIn(text, currency, options);
      if (typeof read === 'number') return read;
      faults.push(`${step.where}: ${read}`);
      return 0;
    };
    if (step.upTo === NO_END && at < written.length - 1)
      faults.push(`${step.where}: only the last step can be without an end`);
    return {
      upToMinor: step.upTo === NO_END ? null : amount(step.upTo),
      feeMinor: amount(step.atMost, { zero: true }),
    };
  });
  if (faults.length === 0) faults.push(...orderFaults(written, steps, currency));
  if (faults.length > 0) throw tariffInvalid(faults);
  return steps;
}

function orderFaults(written: readonly WrittenStep[], steps: readonly TariffStep[], currency: string): string[] {
  const faults = steps.flatMap(({ upToMinor }, at) => {
    const before = steps[at - 1]?.upToMinor ?? 0;
    if (upToMinor === null || upToMinor > before) return [];
    return [
      `${written[at]?.where}: ${formatAmount(upToMinor, currency)} is not more than the ${formatAmount(before, currency)} before it`,
    ];
  });
  return steps.every(({ feeMinor }) => feeMinor === 0) ? [...faults, 'it allows no fee at all'] : faults;
}

function amountIn(text: string, currency: string, options: { zero?: boolean }): number | string {
  try {
    return parseAmount(text, currency, options);
  } catch (error) {
    if (error instanceof Problem && error.code === 'AMOUNT_INVALID') return error.message.replace(/\.$/, '');
    throw error;
  }
}

/** The refusal of a tariff. */
export const tariffInvalid = (faults: readonly string[]): Problem =>
  usage(
    'TARIFF_INVALID',
    faults.length === 1 ? `This is no tariff: ${sentence(faults[0])}` : `This is no tariff: ${faults.length} faults.`,
    { unchanged: 'Nothing was proposed.', fix: 'treasury reconcile fee add --help', faults },
  );

/** What is odd about a tariff without being wrong: a fee that is less for a greater payment, and payments beyond its end. */
export function tariffOddities(tariff: readonly TariffStep[], currency: string): string[] {
  const money = (minor: number): string => formatAmount(minor, currency);
  const falling = tariff.flatMap(({ feeMinor }, at) => {
    const before = tariff[at - 1];
    return before !== undefined && before.upToMinor !== null && feeMinor < before.feeMinor
      ? [
          `Above ${money(before.upToMinor)} it allows less than below: ${money(feeMinor)} instead of ${money(before.feeMinor)}.`,
        ]
      : [];
  });
  const end = tariff.at(-1)?.upToMinor ?? null;
  return end === null ? falling : [...falling, `Above ${money(end)} it allows nothing.`];
}

/** Each step in words: "up to KES 100.00: at most KES 0.00". */
export const tariffWords = (tariff: readonly TariffStep[], currency: string): string[] =>
  tariff.map(({ upToMinor, feeMinor }, at) => {
    const end = upToMinor === null ? (at === 0 ? 'any amount' : 'above') : `up to ${formatAmount(upToMinor, currency)}`;
    return `${end}: at most ${formatAmount(feeMinor, currency)}`;
  });
