import { formatAmount, decimalOf } from '../money.ts';
import { quantity } from '../quantity.ts';
import { quoted } from '../quoted.ts';

/** How many payments a file has, and what they come to. */
export interface FileFigures {
  readonly count: number;
  readonly sumMinor: number;
  readonly currency: string;
}

/** What a report says of how many they are and come to, as the bank writes it; null where it is silent. */
export interface StatedFigures {
  readonly count: string | null;
  readonly sum: string | null;
}

export const NO_FIGURES: StatedFigures = { count: null, sum: null };

/**
 * Why what is said with these figures of all of a file is not said of ours, with both figures; null where they fit. A sum has no
 * currency (ISO 20022: whatever the currencies). What cannot be read does not fit.
 */
export function figuresMisfit({ count, sum }: StatedFigures, file: FileFigures): string | null {
  const fits = same(count, String(file.count)) && same(sum, decimalOf(file.sumMinor, file.currency));
  if (fits) return null;
  const said = [
    ...(count === null ? [] : [`of ${numberOf(count)} payments`]),
    ...(sum === null ? [] : [`of ${numberOf(sum)} in all`]),
  ];
  return `said ${said.join(' and ')}; the file has ${quantity(file.count, 'payment')} of ${formatAmount(file.sumMinor, file.currency)} in all`;
}

const same = (stated: string | null, own: string): boolean => stated === null || plain(stated) === plain(own);

/** Digits with one point at most, as XML writes decimals; short, so that the pattern has little to look at. */
const DECIMAL = /^\+?(\d{0,30})(?:\.(\d{0,30}))?$/;

/** A decimal without the zeros that say nothing; null for what is none. */
function plain(text: string): string | null {
  const [, whole = '', decimals = ''] = DECIMAL.exec(text) ?? [];
  if (whole + decimals === '') return null;
  return `${whole.replace(/^0+/, '')}.${decimals.replace(/0+$/, '')}`;
}

const numberOf = (text: string): string => (plain(text) === null ? quoted(text) : text);
