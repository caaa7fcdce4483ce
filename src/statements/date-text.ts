import { digitsAt, type FileDay, fileDay, fullYear } from './calendar.ts';

/** In which order a date has its numbers. */
export type DateOrder = 'dmy' | 'mdy' | 'ymd';

/** One way of writing a day, such as `dd/MM/yyyy`. */
export interface DateFormat {
  readonly order: DateOrder;
  /** Between the numbers; empty for `yyyyMMdd`. */
  readonly separator: '' | '-' | '/' | '.' | ' ';
  /** 3 and more is the month's name. */
  readonly widths: Readonly<Record<'d' | 'M' | 'y', number>>;
}

const FORMAT = /^(d{1,2}|M{1,3}|yyyy|yy)([-/. ]?)(d{1,2}|M{1,3})\2(d{1,2}|yyyy|yy)$/;
const ORDERS: readonly string[] = ['dmy', 'mdy', 'ymd'];

/**
 * A way of writing days as people write it down: `dd/MM/yyyy`, `d-M-yy`, `dd MMM yyyy`, `yyyyMMdd`. One letter stands for one
 * digit or two, two letters for exactly two, MMM for the English name of a month. Null for what is no such thing.
 */
export function dateFormat(text: string): DateFormat | null {
  const [, first = '', separator = '', second = '', third = ''] = FORMAT.exec(text) ?? [];
  const parts = [first, second, third];
  const order = parts.map((part) => part.charAt(0).toLowerCase()).join('');
  const widths = Object.fromEntries(parts.map((part) => [part.charAt(0), part.length]));
  const { d = 0, M = 0, y = 0 } = widths;
  // A month's name stands in the middle, where no order but month, day, year has something else.
  if (!ORDERS.includes(order) || (M > 2 && order === 'mdy') || (separator === '' && (d !== 2 || M !== 2 || y !== 4)))
    return null;
  return { order: order as DateOrder, separator: separator as DateFormat['separator'], widths: { d, M, y } };
}

/** Ways of writing days, each of which there is. Throws where one is none: they are written down in the source. */
export const knownFormats = (...texts: string[]): readonly DateFormat[] =>
  texts.map((text) => {
    const format = dateFormat(text);
    if (format === null) throw new Error(`${text} is no way of writing days`);
    return format;
  });

const SPACE = 0x20;
const COLON = 0x3a;
const CAPITAL_T = 0x54;

/** Three numbers as a date has them, and what stands between and behind them. */
export interface DateParts {
  readonly numbers: readonly [number, number, number];
  readonly digits: readonly [number, number, number];
  readonly separator: string;
  /** Whether the month stands there by its name. */
  readonly named: boolean;
  /** Where the date ends in its text. */
  readonly end: number;
}

const MONTHS = 'janfebmaraprmayjunjulaugsepoctnovdec';
const FULL_MONTHS = /^(?:january|february|march|april|june|july|august|september|sept|october|november|december)$/;

/** Takes the date at the beginning of a text apart; null where there are no three numbers with the same mark between them. */
export function dateParts(text: string): DateParts | null {
  const from = firstNonSpace(text);
  const first = digitCount(text, from);
  if (first === 8) return compact(text, from);
  const mark = from + first;
  const separator = text.charAt(mark);
  if (first === 0 || first > 4 || separator === '') return null;
  const second = digitCount(text, mark + 1);
  const letters = second === 0 ? letterCount(text, mark + 1) : 0;
  const next = mark + 1 + second + letters;
  if (second + letters === 0 || text.charAt(next) !== separator) return null;
  const third = digitCount(text, next + 1);
  const month = letters === 0 ? digitsAt(text, mark + 1, second) : monthNamed(text.slice(mark + 1, next));
  if (third === 0 || third > 4 || second > 2 || month < 0) return null;
  return {
    numbers: [digitsAt(text, from, first), month, digitsAt(text, next + 1, third)],
    digits: [first, second, third],
    separator,
    named: letters > 0,
    end: next + 1 + third,
  };
}

const compact = (text: string, from: number): DateParts => ({
  numbers: [digitsAt(text, from, 4), digitsAt(text, from + 4, 2), digitsAt(text, from + 6, 2)],
  digits: [4, 2, 2],
  separator: '',
  named: false,
  end: from + 8,
});

const firstNonSpace = (text: string): number => {
  let at = 0;
  while (text.charCodeAt(at) === SPACE) at += 1;
  return at;
};

const digitCount = (text: string, from: number): number => {
  let at = from;
  while (text.charCodeAt(at) >= 0x30 && text.charCodeAt(at) <= 0x39) at += 1;
  return at - from;
};

const letterCount = (text: string, from: number): number => {
  let at = from;
  while ((text.charCodeAt(at) | SPACE) >= 0x61 && (text.charCodeAt(at) | SPACE) <= 0x7a) at += 1;
  return at - from;
};

function monthNamed(name: string): number {
  const month = name.toLowerCase();
  const place = MONTHS.indexOf(month.slice(0, 3));
  if (place < 0 || place % 3 !== 0 || (month.length !== 3 && !FULL_MONTHS.test(month))) return -1;
  return place / 3 + 1;
}

/** The day that the parts are in a way of writing; null where they are written in another one. */
export function dayOf({ numbers, digits, separator, named }: DateParts, format: DateFormat): FileDay | null {
  const { order, widths } = format;
  const [day, month, year] = order === 'dmy' ? DMY : order === 'mdy' ? MDY : YMD;
  const fits = (place: number, width: number): boolean =>
    width === 1 ? digits[place] === 1 || digits[place] === 2 : digits[place] === width;
  if (separator !== format.separator || !fits(day, widths.d) || !fits(year, widths.y)) return null;
  if (named ? widths.M < 3 : widths.M > 2 || !fits(month, widths.M)) return null;
  // The 31st of September was mistyped; a thirteenth month is a day in its place.
  if (numbers[month] > 12 || numbers[day] > 31) return null;
  const written = numbers[year];
  return fileDay(widths.y === 2 ? fullYear(written) : written, numbers[month], numbers[day]);
}

type Place = 0 | 1 | 2;
const DMY: readonly [Place, Place, Place] = [0, 1, 2];
const MDY: readonly [Place, Place, Place] = [1, 0, 2];
const YMD: readonly [Place, Place, Place] = [2, 1, 0];

const TIME = /^[T\s]\s*(\d{1,2}):(\d\d)(?::(\d\d)(?:\.\d{1,9})?)?(?:\s?([AP])\.?M\.?)?\s*$/i;

/**
 * The time of day behind a date as `HH:mm:ss`; an empty text where there is none; null where what stands there is no time.
 * With AM and PM hours run from 1 to 12, else from 0 to 23.
 */
export function timeBehind(text: string, from: number): string | null {
  if (from >= text.length) return '';
  const mark = text.charCodeAt(from);
  // The form that nearly every time has.
  if (text.length === from + 9 && (mark === SPACE || mark === CAPITAL_T) && isClock(text, from + 1))
    return text.slice(from + 1);
  const rest = text.slice(from, from + LONGEST_TIME);
  if (rest.trim() === '') return '';
  const [, hour = '', minute = '', second = '00', half] = TIME.exec(rest) ?? [];
  if (hour === '' || text.length > from + LONGEST_TIME) return null;
  const hours = half === undefined ? Number(hour) : twelveHours(Number(hour), half);
  if (hours < 0 || hours > 23 || Number(minute) > 59 || Number(second) > 59) return null;
  return `${String(hours).padStart(2, '0')}:${minute}:${second}`;
}

const LONGEST_TIME = 40;

const isClock = (text: string, at: number): boolean => {
  if (text.charCodeAt(at + 2) !== COLON || text.charCodeAt(at + 5) !== COLON) return false;
  const [hours, minutes, seconds] = [digitsAt(text, at, 2), digitsAt(text, at + 3, 2), digitsAt(text, at + 6, 2)];
  return hours >= 0 && hours < 24 && minutes >= 0 && minutes < 60 && seconds >= 0 && seconds < 60;
};

const twelveHours = (hour: number, half: string): number => {
  if (hour < 1 || hour > 12) return -1;
  return (hour % 12) + (half.toUpperCase() === 'P' ? 12 : 0);
};

const HYPHEN = 0x2d;

/** What begins with a year of four digits can be read in one way only. */
const YEAR_FIRST = knownFormats('yyyy-M-d', 'yyyy/M/d', 'yyyy.M.d');

/**
 * Reads days with or without a time of day, in some ways of writing them, and always those that begin with the year. Days of no
 * calendar are read as they are written.
 */
export class DateReader {
  readonly #formats: readonly DateFormat[];
  /** The day that was read last. */
  day: FileDay = fileDay(1970, 1, 1);
  /** The time of day that was read last, `HH:mm:ss`; empty where there was none. */
  time = '';

  /** Rows follow each other by day, so most dates are those of the row before. */
  #last: string | null = null;

  constructor(formats: readonly DateFormat[]) {
    this.#formats = [...formats, ...YEAR_FIRST];
  }

  /** Whether the text was a date; `day` and `time` then say which. */
  read(text: string): boolean {
    if (text === this.#last) return true;
    const found = this.#readAnew(text);
    this.#last = found ? text : null;
    return found;
  }

  #readAnew(text: string): boolean {
    const iso = text.charCodeAt(4) === HYPHEN && text.charCodeAt(7) === HYPHEN ? digitsAt(text, 0, 4) : -1;
    const [month, date] = iso < 0 ? [-1, -1] : [digitsAt(text, 5, 2), digitsAt(text, 8, 2)];
    if (month >= 0 && date >= 0 && month <= 12 && date <= 31) return this.#found(fileDay(iso, month, date), text, 10);
    const parts = dateParts(text);
    if (parts === null) return false;
    for (const format of this.#formats) {
      const day = dayOf(parts, format);
      if (day !== null) return this.#found(day, text, parts.end);
    }
    return false;
  }

  #found(day: FileDay, text: string, end: number): boolean {
    const time = timeBehind(text, end);
    if (time === null) return false;
    this.day = day;
    this.time = time;
    return true;
  }
}
