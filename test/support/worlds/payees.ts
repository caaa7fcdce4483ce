import type { Chance } from './world-maker.ts';

/** Somebody who is paid. */
export interface Payee {
  readonly name: string;
  /** 2547XXXXXXXX, which nobody else has. */
  readonly phone: string;
}

/**
 * `namesake`: one of a hundred names of two words, so that many people bear each; `ordinary`: three words, some bear the same; `only`:
 * three words that nobody else bears.
 */
export type PayeeKind = 'namesake' | 'ordinary' | 'only';

const FIRST = ['JANE', 'PETER', 'GRACE', 'JOHN', 'MARY', 'SAMUEL', 'ESTHER', 'DAVID', 'LUCY', 'BRIAN'];
const MORE_FIRST = [
  ...['ALICE', 'AGNES', 'BEATRICE', 'CAROLINE', 'DOROTHY', 'EUNICE', 'FAITH', 'GLADYS', 'HELLEN', 'IRENE', 'JACINTA'],
  ...['KEVIN', 'LILIAN', 'MERCY', 'NANCY', 'OSCAR', 'PAULINE', 'QUINTER', 'RUTH', 'STEPHEN', 'TABITHA', 'URBANUS'],
  ...['VERONICA', 'WINNIE', 'ZIPPORAH', 'ANTHONY', 'BENARD', 'CHARLES', 'DENNIS', 'ERIC', 'FRANCIS', 'GEORGE', 'HENRY'],
  ...['ISAAC', 'JOSEPH', 'KENNETH', 'LEONARD', 'MARTIN', 'NICHOLAS', 'PATRICK'],
];
const OTHER_FIRST = [
  'ABDI',
  'AMINA',
  'FATUMA',
  'HALIMA',
  'HASSAN',
  'HUSSEIN',
  'IBRAHIM',
  'KHADIJA',
  'MOHAMED',
  'YUSUF',
];
const SURNAMES = [
  'WANJIRU',
  'OTIENO',
  'KAMAU',
  'ACHIENG',
  'MUTUA',
  'CHEBET',
  'NJOROGE',
  'WAFULA',
  'NYAMBURA',
  'KIPKOECH',
];
const MORE_SURNAMES = [
  ...SURNAMES,
  ...['ADHIAMBO', 'ATIENO', 'BARASA', 'CHEPKOECH', 'CHERONO', 'CHIRCHIR', 'GATHONI', 'GITAU', 'GITHINJI', 'IRUNGU'],
  ...['JEPKOSGEI', 'JUMA', 'KARANJA', 'KARIUKI', 'KEMBOI', 'KIBET', 'KIMANI', 'KIPLAGAT', 'KIPRONO', 'KOSGEI', 'KURIA'],
  ...['LAGAT', 'MACHARIA', 'MAINA', 'MAKORI', 'MBUGUA', 'MUGO', 'MURIITHI', 'MUSYOKA', 'MUTHONI', 'MWANGI', 'MWENDE'],
  ...['NAFULA', 'NDUNGU', 'NEKESA', 'NGUGI', 'NJERI', 'NYABOKE', 'NYAKIO', 'NYONGESA', 'OCHIENG', 'ODHIAMBO', 'OKOTH'],
  ...['OMONDI', 'ONYANGO', 'OPIYO', 'ROTICH', 'SIMIYU', 'TANUI', 'WAIRIMU'],
];

/** Ever new payees of each kind. */
export function payees(
  random: Chance,
  phone: () => string,
): { next(kind: PayeeKind): Payee; isOnly(text: string, how: 'whole' | 'cut'): boolean } {
  const borne = new Map<string, number>();
  const of = (names: readonly string[]): string => names[random.below(names.length)] as string;
  let only = random.below(1000);
  let sorted: string[] | null = null;
  const nextOnly = (): string => {
    const pairs = (MORE_SURNAMES.length * (MORE_SURNAMES.length - 1)) / 2;
    // A step without a factor in common with the number of names visits each once.
    only = (only + 24_001) % (MORE_FIRST.length * pairs);
    const [first, pair] = [Math.floor(only / pairs), only % pairs];
    let [middle, before] = [0, 0];
    while (before + (MORE_SURNAMES.length - 1 - middle) <= pair) {
      before += MORE_SURNAMES.length - 1 - middle;
      middle += 1;
    }
    return `${MORE_FIRST[first]} ${MORE_SURNAMES[middle]} ${MORE_SURNAMES[middle + 1 + pair - before]}`;
  };
  return {
    next(kind) {
      const name =
        kind === 'only'
          ? nextOnly()
          : kind === 'namesake'
            ? `${of(FIRST)} ${of(SURNAMES)}`
            : `${of(OTHER_FIRST)} ${of(MORE_SURNAMES)} ${of(MORE_SURNAMES)}`;
      borne.set(name, (borne.get(name) ?? 0) + 1);
      sorted = null;
      return { name, phone: phone() };
    },
    isOnly(text, how) {
      if (how === 'whole') return borne.get(text) === 1;
      sorted ??= [...borne.keys()].toSorted();
      let [low, high] = [0, sorted.length];
      while (low < high) {
        const middle = (low + high) >>> 1;
        if ((sorted[middle] as string) < text) low = middle + 1;
        else high = middle;
      }
      const alike = sorted.slice(low, low + 2).filter((name) => name.startsWith(text));
      return alike.length === 1 && borne.get(alike[0] as string) === 1;
    },
  };
}

/** Ever new phones: a step through all of them, from somewhere. */
export function phoneNumbers(random: Chance): () => string {
  let at = random.below(100_000_000);
  return () => {
    at = (at + 61_803_399) % 100_000_000;
    return `2547${String(at).padStart(8, '0')}`;
  };
}
