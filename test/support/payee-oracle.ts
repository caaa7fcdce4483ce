import type { EntryFacts, LineFacts } from '../../src/domain/reconciliation/facts.ts';
import { isPossible, type Pair } from '../../src/domain/reconciliation/pairing.ts';
import { aLine, anEntry } from './matching-facts.ts';
import { pairsByTrying } from './pairing-oracle.ts';

// Small cases of payees, and which pairs the payee pass must take of them: by rules that look at every line and every entry, and know
// what was meant before it was written down.

/** Two names begin alike, so that a bank may cut both to the same; the others have nothing in common. */
const NAMES = ['ESTHER NYAMBURA KAMAU', 'ESTHER NYAMBURA KARANJA', 'JANE WANJIRU', 'PETER OTIENO'];
const CUT = 'ESTHER NYAMBURA KA';
const PHONES = ['254712345678', '254712000111', '254733345678'];
const RECEIPTS = ['SG632NMUAB', 'TAB3QWERTY'];

type Place = 'party' | 'text' | 'mask';

/** What is meant by a line: places in the lists above, null for nothing. */
export interface MeantLine {
  readonly day: number;
  readonly amount: number;
  readonly isCharge: boolean;
  readonly phone: number | null;
  readonly place: Place;
  readonly name: number | null;
  readonly isCut: boolean;
  readonly receipt: number | null;
}

export interface MeantEntry {
  readonly day: number;
  readonly amount: number;
  readonly isFee: boolean;
  readonly phone: number | null;
  readonly name: number | null;
  readonly receipt: number | null;
}

export interface PayeeCase {
  readonly lines: readonly MeantLine[];
  readonly entries: readonly MeantEntry[];
}

const of = (texts: readonly string[], place: number | null): string | null =>
  place === null ? null : (texts[place] ?? null);
const masked = (phone: string): string => `${phone.slice(0, 4)}****${phone.slice(-3)}`;

/** A case as the pass reads it. */
export const written = ({ lines, entries }: PayeeCase): { lines: LineFacts[]; entries: EntryFacts[] } => ({
  lines: lines.map((line, index) => {
    const phone = of(PHONES, line.phone);
    return aLine({
      ...{ index, day: line.day, amountMinor: line.amount, isCharge: line.isCharge },
      externalId: of(RECEIPTS, line.receipt),
      counterparty: isCut(line) ? CUT : of(NAMES, line.name),
      counterpartyAccount:
        phone === null || line.place === 'text' ? null : line.place === 'mask' ? masked(phone) : phone,
      description: phone !== null && line.place === 'text' ? `TO ${phone}` : '',
    });
  }),
  entries: entries.map((entry, index) =>
    anEntry({
      ...{ index, day: entry.day, deltaMinor: entry.amount, kind: entry.isFee ? 'fee' : 'payment' },
      ...{
        externalId: of(RECEIPTS, entry.receipt),
        payee: of(NAMES, entry.name),
        destination: of(PHONES, entry.phone),
      },
    }),
  ),
});

const isCut = (line: MeantLine): boolean => line.isCut && (line.name === 0 || line.name === 1);

/** Which pairs must be taken. */
export function payeesByTrying(one: PayeeCase): Set<string> {
  const pairs: Pair[] = one.lines.flatMap((line, at) =>
    one.entries.flatMap((entry, place) => {
      const certain = certainty(line, entry, one);
      const days = line.day - entry.day;
      return certain === null || !isPossible(days)
        ? []
        : [{ line: at, entry: place, days, certain, score: 0, reasons: [] }];
    }),
  );
  return pairsByTrying(pairs, {
    ofLine: (line) => one.lines[line]?.day ?? 0,
    ofEntry: (entry) => one.entries[entry]?.day ?? 0,
  });
}

/** Whether a pair would be certain if there were no other; null when nothing or too much speaks for it. */
function certainty(line: MeantLine, entry: MeantEntry, one: PayeeCase): boolean | null {
  const contradicts = line.receipt !== null && entry.receipt !== null && line.receipt !== entry.receipt;
  if (line.amount !== entry.amount || line.isCharge !== entry.isFee || contradicts) return null;
  const isThere = line.phone !== null && line.phone === entry.phone && line.place !== 'mask' && !isOffices(line, one);
  if (isThere) {
    if (line.name === null || entry.name === null) return !isShared(entry, one);
    return isCut(line) ? entry.name <= 1 : line.name === entry.name;
  }
  if (goesElsewhere(line, entry) || line.name === null || entry.name === null) return null;
  if (!isCut(line)) return line.name === entry.name && placesOf(entry.name, one).size <= 1 ? true : null;
  const others = one.entries.some(({ name }) => name !== null && name <= 1 && name !== entry.name);
  return entry.name <= 1 && !others && placesOf(entry.name, one).size <= 1 ? true : null;
}

function goesElsewhere(line: MeantLine, entry: MeantEntry): boolean {
  if (line.phone === null || entry.phone === null) return false;
  if (line.place === 'party') return line.phone !== entry.phone;
  const [hidden, phone] = [PHONES[line.phone] ?? '', PHONES[entry.phone] ?? ''];
  return line.place === 'mask' && masked(hidden) !== masked(phone);
}

/** Lines of which no entry has the amount are not looked at. */
const looked = ({ lines, entries }: PayeeCase): MeantLine[] =>
  lines.filter(({ amount }) => entries.some((entry) => entry.amount === amount));

/** Whether a phone in a line's text is in more than three times as many lines' as there are entries of it. */
const isOffices = ({ phone, place }: MeantLine, one: PayeeCase): boolean =>
  place === 'text' &&
  looked(one).filter((line) => line.place === 'text' && line.phone === phone).length >
    3 * one.entries.filter((entry) => entry.phone === phone).length;

const isShared = ({ phone }: MeantEntry, { entries }: PayeeCase): boolean =>
  new Set(entries.filter((entry) => entry.phone === phone && entry.name !== null).map(({ name }) => name)).size > 1;

/** The phones where a name is paid. */
const placesOf = (name: number, one: PayeeCase): Set<number | null> =>
  new Set([
    ...one.entries.filter((entry) => entry.name === name && entry.phone !== null).map(({ phone }) => phone),
    ...looked(one)
      .filter((line) => line.name === name && !isCut(line) && line.place === 'party' && line.phone !== null)
      .map(({ phone }) => phone),
  ]);
