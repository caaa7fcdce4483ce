import type { EntryFacts, LineFacts } from '../../../src/domain/reconciliation/facts.ts';
import { payees, phoneNumbers, type Payee, type PayeeKind } from './payees.ts';

/** What really happened: which lines and entries are the same movement, and whether anything on paper says so. */
export interface Truth {
  readonly lines: readonly number[];
  readonly entries: readonly number[];
  /** Whether the evidence leaves one answer only: false where two careful treasurers could answer differently. */
  readonly decidable: boolean;
  /** Pairs of one kind may be exchanged with each other: nothing tells them apart. */
  readonly twins: string | null;
  /** The amounts differ, which only a CFO can accept. */
  readonly differs: boolean;
  /** What was told. */
  readonly story: string;
}

export interface Chance {
  below(limit: number): number;
}

/** One kind of thing that happens, and how often it does. */
export interface Story {
  readonly weight: number;
  readonly name: string;
  readonly tell: (world: WorldMaker) => void;
}

/** The first of ninety days on which everything happens: many payments share a day and an amount. */
export const FIRST_DAY = 20_600;
export const DAYS = 90;
/** The fund's own account, which its bank prints on every line. */
export const OWN_ACCOUNT = '01109988776600';

/** Who sends the office's money, whom its bank names in some lines. */
export const OFFICE_PHONE = '254722000111';

const ALPHANUMERIC = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const CROCKFORD = '0123456789abcdefghjkmnpqrstvwxyz';
const DAY_LETTERS = '123456789ABCDEFGHIJKLMNOPQRSTUV';

type TruthWish = Partial<Pick<Truth, 'twins' | 'differs'>> & { readonly decidable?: boolean | (() => boolean) };

/** Makes entries, lines and truths as stories ask for them. */
export class WorldMaker {
  readonly lines: LineFacts[] = [];
  readonly entries: EntryFacts[] = [];
  readonly random: Chance;
  readonly #truths: (Omit<Truth, 'decidable'> & { readonly decidable: () => boolean })[] = [];
  readonly #payees: ReturnType<typeof payees>;
  readonly #phones: () => string;
  #receipts = 0;
  #numbers = 0;
  #story = '';

  constructor(random: Chance) {
    this.random = random;
    this.#phones = phoneNumbers(random);
    this.#payees = payees(random, this.#phones);
  }

  tell(story: Story): void {
    this.#story = story.name;
    story.tell(this);
  }

  get truths(): Truth[] {
    return this.#truths.map((truth) => ({ ...truth, decidable: truth.decidable() }));
  }

  pick<Value>(choices: readonly Value[]): Value {
    return choices[this.random.below(choices.length)] as Value;
  }

  below(limit: number): number {
    return this.random.below(limit);
  }

  /** One time of so many. */
  oneIn(times: number): boolean {
    return this.random.below(times) === 0;
  }

  between(least: number, most: number): number {
    return least + this.random.below(most - least + 1);
  }

  some(count: number, letters: string): string {
    return Array.from({ length: count }, () => letters.charAt(this.random.below(letters.length))).join('');
  }

  digits(count: number): string {
    return this.some(count, '0123456789');
  }

  /** A number that was never given before. */
  next(): number {
    this.#numbers += 1;
    return this.#numbers;
  }

  /** Days up to a long weekend. */
  late(): number {
    return this.random.below(6);
  }

  /** As M-Pesa makes them: year, month and day, a digit, and a number of the whole country's, so that no two follow each other. */
  receipt(day: number): string {
    this.#receipts = (this.#receipts + 1_640_531_527) % 36 ** 6;
    const place = Math.max(0, day - FIRST_DAY);
    const date = `U${'ABCDEFGHIJKL'.charAt(Math.floor(place / 31))}${DAY_LETTERS.charAt(place % 31)}`;
    const number = this.#receipts.toString(36).toUpperCase().padStart(6, '0');
    return `${date}${this.digits(1)}${number}`;
  }

  /** As a bank makes them: FT, year and day, and chance. */
  bankId(day: number): string {
    return `FT26${String(day - FIRST_DAY + 1).padStart(3, '0')}${this.some(5, ALPHANUMERIC)}`;
  }

  /** Round sums, as people are paid: many share them. */
  amount(): number {
    return -this.between(1, 300) * (this.oneIn(3) ? 100_000 : 5000);
  }

  payee(kind?: PayeeKind): Payee {
    return this.#payees.next(kind ?? (this.oneIn(2) ? 'namesake' : 'ordinary'));
  }

  phone(): string {
    return this.#phones();
  }

  /** Whether nobody else in this world bears a name, or one that begins so. */
  isOnlyName(text: string, how: 'whole' | 'cut'): boolean {
    return this.#payees.isOnly(text, how);
  }

  /** A payment to a payee of its own, unless another is wished for. */
  entry(wish: Partial<EntryFacts> & { readonly to?: Payee } = {}): EntryFacts {
    const { to = this.payee(), ...facts } = wish;
    const day = facts.day ?? FIRST_DAY + this.random.below(DAYS);
    const number = String(this.next()).padStart(5, '0');
    const entry: EntryFacts = {
      index: this.entries.length,
      day,
      deltaMinor: this.amount(),
      kind: 'payment',
      externalId: this.receipt(day),
      references: [`pay_${this.#short()}`, `PV-NBI-2026-${number}`],
      sharedReferences: [`REQ-2026-${number}`],
      payee: to.name,
      destination: to.phone,
      ...facts,
    };
    this.entries.push(entry);
    return entry;
  }

  /** A fee of a payment, as the book keeps it: under the payment's own references. */
  fee(of: EntryFacts, deltaMinor: number, wish: Partial<EntryFacts> = {}): EntryFacts {
    const entry: EntryFacts = { ...of, kind: 'fee', deltaMinor, ...wish, index: this.entries.length };
    this.entries.push(entry);
    return entry;
  }

  /** The row of M-Pesa's own statement, with its receipt and the other party. */
  mpesa(entry: EntryFacts, wish: Partial<LineFacts> = {}): LineFacts {
    const day = wish.day ?? entry.day;
    return this.#line(entry, {
      externalId: this.receipt(day),
      isReceipt: true,
      counterparty: entry.payee,
      counterpartyAccount: entry.destination,
      description: 'Business Payment to Customer',
      ...wish,
    });
  }

  /** The row of a bank's statement: its own identifier, and what the payer wrote. */
  bank(entry: EntryFacts, wish: Partial<LineFacts> = {}): LineFacts {
    const day = wish.day ?? entry.day;
    return this.#line(entry, {
      externalId: this.bankId(day),
      references: [OWN_ACCOUNT],
      counterparty: null,
      counterpartyAccount: null,
      description: this.pick(['EFT OUT', 'PESALINK TRANSFER', 'RTGS PAYMENT', `BY 0${OFFICE_PHONE.slice(3)}`]),
      ...wish,
    });
  }

  #line(
    entry: EntryFacts,
    wish: Pick<LineFacts, 'externalId' | 'counterparty' | 'counterpartyAccount' | 'description'>,
  ): LineFacts {
    const line: LineFacts = {
      index: this.lines.length,
      day: entry.day,
      amountMinor: entry.deltaMinor,
      references: [],
      isCharge: false,
      ...wish,
    };
    this.lines.push(line);
    return line;
  }

  /** Forgets an entry that was only made to have its line: it was never recorded. */
  unrecorded(make: () => EntryFacts): EntryFacts {
    const entry = make();
    this.entries.pop();
    return entry;
  }

  truth(lines: readonly LineFacts[], entries: readonly EntryFacts[], wish: TruthWish = {}): void {
    const { decidable = true, twins = null, differs = false } = wish;
    this.#truths.push({
      lines: lines.map(({ index }) => index),
      entries: entries.map(({ index }) => index),
      decidable: typeof decidable === 'boolean' ? () => decidable : decidable,
      twins,
      differs,
      story: this.#story,
    });
  }

  /** Six letters that were never given before. */
  #short(): string {
    let rest = (this.next() * 387_420_489) % 32 ** 6;
    let text = '';
    for (let place = 0; place < 6; place += 1) {
      text += CROCKFORD.charAt(rest % 32);
      rest = Math.floor(rest / 32);
    }
    return text;
  }
}
