import { NO_FIGURES, type StatedFigures } from '../domain/bank-file/file-figures.ts';
import type { ReportedStatus } from '../domain/bank-file/status-report.ts';
import { unreadable } from './faults.ts';
import type { Wanted } from './xml.ts';

/** Reasons of one status, and characters of each, that are kept: the standard has 105 characters for each text. */
const MOST_REASONS = 20;
const LONGEST_REASON = 500;
/** Ids of the standard have 35 characters and codes 4: what is longer is none of ours. */
export const LONGEST_ID = 100;

/** What is said of an element by its text. */
export const text = (take: (text: string) => void): Wanted => ({ text: take });

/** What decides, and may therefore be said only once. */
export const once = (
  line: () => number,
  name: string,
  known: () => string | null,
  take: (text: string) => void,
): Wanted =>
  text((written) => {
    if (known() !== null) throw unreadable(line(), `${name} is said twice`);
    take(written.slice(0, LONGEST_ID));
  });

/** The same for what banks may repeat, as long as they repeat it. */
export const same = (
  line: () => number,
  name: string,
  known: () => string | null,
  take: (text: string) => void,
): Wanted =>
  text((written) => {
    const before = known();
    if (before !== null && before !== written) throw unreadable(line(), `${name} is said twice, and differently`);
    take(written);
  });

/** What a level repeats of how many payments were sent, and of their sum. */
export function statedFigures(line: () => number): {
  readonly begin: () => void;
  readonly inside: Readonly<Record<string, Wanted>>;
  readonly figures: () => StatedFigures;
} {
  let now = NO_FIGURES;
  const take = (name: string, field: keyof StatedFigures): Wanted =>
    same(
      line,
      name,
      () => now[field],
      (written) => (now = { ...now, [field]: written.slice(0, LONGEST_ID) }),
    );
  return {
    begin: () => (now = NO_FIGURES),
    inside: { OrgnlNbOfTxs: take('OrgnlNbOfTxs', 'count'), OrgnlCtrlSum: take('OrgnlCtrlSum', 'sum') },
    figures: () => now,
  };
}

/** A status at one level: its code, and the reasons beside it, each as its code with the words that explain it. */
export function aStatus(
  name: string,
  line: () => number,
): {
  readonly begin: () => void;
  readonly inside: Readonly<Record<string, Wanted>>;
  readonly status: () => ReportedStatus | null;
} {
  let code: string | null = null;
  let position = 0;
  let reasons: string[] = [];
  let parts: string[] = [];
  const part = text((written) => {
    if (parts.length < MOST_REASONS) parts.push(written.slice(0, LONGEST_REASON));
  });
  return {
    begin: () => ([code, reasons] = [null, []]),
    inside: {
      [name]: once(
        line,
        name,
        () => code,
        (written) => ([code, position] = [written, line()]),
      ),
      StsRsnInf: {
        begin: () => (parts = []),
        inside: { Rsn: { inside: { Cd: part, Prtry: part } }, AddtlInf: part },
        end: () => {
          const reason = parts.join(' ').slice(0, LONGEST_REASON);
          if (reason !== '' && reasons.length < MOST_REASONS) reasons.push(reason);
        },
      },
    },
    status: () => (code === null ? null : { position, code, reasons }),
  };
}
