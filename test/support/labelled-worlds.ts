import type { EntryFacts, LineFacts } from '../../src/domain/reconciliation/facts.ts';
import type { FeeRule } from '../../src/domain/reconciliation/fee-rule.ts';
import { seededRandom } from './seeded-random.ts';

// Payments and statements whose truth is known, with all that goes wrong between them: duplicates, missing rows, fees, mistyped and cut
// references, equal amounts, twins, sums, late lines and shuffled order.

/** What really happened: which lines and entries are the same movement, and whether anything on paper says so. */
export interface Truth {
  readonly lines: readonly number[];
  readonly entries: readonly number[];
  /** Whether the evidence leaves one answer only. */
  readonly decidable: boolean;
  /** Pairs of one kind may be exchanged with each other: nothing tells them apart. */
  readonly twins: string | null;
  /** The amounts differ, which only a CFO can accept. */
  readonly differs: boolean;
}

export interface World {
  readonly lines: readonly LineFacts[];
  readonly entries: readonly EntryFacts[];
  readonly truths: readonly Truth[];
  readonly rules: readonly FeeRule[];
}

/** Fees that are taken within the payment's line. */
const RULES: readonly FeeRule[] = [
  { ref: 'fee_within', name: 'within', contains: '', tariff: [{ upToMinor: null, feeMinor: 5000 }] },
];

const NAMES = ['WANJIRU', 'OTIENO', 'KAMAU', 'ACHIENG', 'MUTUA', 'CHEBET', 'NJOROGE', 'WAFULA', 'NYAMBURA', 'KIPKOECH'];
const FIRST = ['JANE', 'PETER', 'GRACE', 'JOHN', 'MARY', 'SAMUEL', 'ESTHER', 'DAVID', 'LUCY', 'BRIAN'];
const LETTERS = 'ABCDEFGHJKLMNPQRSTUVWXYZ';
const RECEIPT_LETTERS = '0123456789ABCDEFGHJKLMNPQRSTUVWXYZ';
const FIRST_DAY = 20_600;
const DAYS = 90;

/** A world with about so many lines; the same seed makes the same world. */
export function labelledWorld(seed: number, size: number): World {
  const random = seededRandom(seed);
  const pick = (choices: string): string => choices[random.below(choices.length)] ?? '';
  const some = (count: number, choices: string): string => Array.from({ length: count }, () => pick(choices)).join('');
  const lines: LineFacts[] = [];
  const entries: EntryFacts[] = [];
  const truths: Truth[] = [];
  let receipts = 0;
  const receipt = (): string => {
    receipts += 1;
    // Never twice: the number stands in it, between letters of chance.
    return `S${receipts.toString(36).toUpperCase().padStart(5, '0')}${some(4, RECEIPT_LETTERS)}`;
  };
  const number = (): number => entries.length + 1;
  const newEntry = (wish: Partial<EntryFacts> = {}): EntryFacts => {
    const phone = `2547${some(8, '0123456789')}`;
    const entry: EntryFacts = {
      index: entries.length,
      day: FIRST_DAY + random.below(DAYS),
      // Round sums, as people are paid: many share them.
      deltaMinor: -(1 + random.below(300)) * (random.below(3) === 0 ? 100_000 : 5000),
      kind: 'payment',
      externalId: receipt(),
      references: [
        `pay_${some(3, 'abcdefghjk')}${some(3, '0123456789')}${number().toString(36)}`,
        `PV-NBI-2026-${String(number()).padStart(7, '0')}`,
      ],
      sharedReferences: [`REQ-2026-${String(number()).padStart(7, '0')}`],
      payee: `${FIRST[random.below(10)]} ${NAMES[random.below(10)]} ${some(6, LETTERS)}`,
      destination: phone,
      ...wish,
    };
    entries.push(entry);
    return entry;
  };
  const newLine = (entry: EntryFacts, wish: Partial<LineFacts> = {}): LineFacts => {
    const line: LineFacts = {
      index: lines.length,
      day: entry.day,
      amountMinor: entry.deltaMinor,
      externalId: entry.externalId,
      references: [],
      counterparty: null,
      counterpartyAccount: null,
      description: 'Business Payment to Customer',
      isCharge: false,
      ...wish,
    };
    lines.push(line);
    return line;
  };
  const truth = (of: readonly LineFacts[], to: readonly EntryFacts[], wish: Partial<Truth> = {}): void => {
    truths.push({
      lines: of.map(({ index }) => index),
      entries: to.map(({ index }) => index),
      decidable: true,
      twins: null,
      differs: false,
      ...wish,
    });
  };
  const late = (): number => random.below(5);
  const bankId = (): string => `FT${some(8, '0123456789')}${some(3, LETTERS)}`;

  /** One story each; the weights are how often it is told. */
  const stories: readonly (readonly [weight: number, tell: () => void])[] = [
    [
      600,
      () => {
        const entry = newEntry();
        truth([newLine(entry)], [entry]);
      },
    ],
    [
      80,
      () => {
        const entry = newEntry();
        const [, voucher = ''] = entry.references;
        truth(
          [
            newLine(entry, {
              externalId: bankId(),
              description: `TRF ${voucher.replaceAll('-', random.below(2) === 0 ? ' ' : '')} THANK YOU`,
            }),
          ],
          [entry],
        );
      },
    ],
    [
      60,
      () => {
        const entry = newEntry({ externalId: null });
        truth(
          [
            newLine(entry, {
              externalId: receipt(),
              day: entry.day + late(),
              counterparty: `${entry.destination} - ${entry.payee}`,
            }),
          ],
          [entry],
        );
      },
    ],
    [
      30,
      () => {
        const entry = newEntry({ externalId: null });
        truth(
          [newLine(entry, { externalId: bankId(), day: entry.day + late(), counterparty: entry.payee ?? '' })],
          [entry],
        );
      },
    ],
    [
      20,
      () => {
        const entry = newEntry({ externalId: null });
        truth(
          [newLine(entry, { externalId: bankId(), day: entry.day, counterparty: (entry.payee ?? '').slice(0, 18) })],
          [entry],
        );
      },
    ],
    // Mistyped by the cashier: neighbours exchanged, but the phone is right.
    [
      30,
      () => {
        const right = receipt();
        const at = 6 + random.below(3);
        const typed = right.slice(0, at) + (right[at + 1] ?? '') + (right[at] ?? '') + right.slice(at + 2);
        const entry = newEntry({ externalId: typed });
        truth([newLine(entry, { externalId: right, counterparty: `${entry.destination} - ${entry.payee}` })], [entry]);
      },
    ],
    // Cut by the bank.
    [
      30,
      () => {
        const entry = newEntry({ externalId: `CHQ${some(10, '0123456789')}` });
        truth(
          [newLine(entry, { externalId: bankId(), description: `REF ${(entry.externalId ?? '').slice(0, 10)}` })],
          [entry],
        );
      },
    ],
    // A charge beside its payment, and one within it.
    [
      30,
      () => {
        const entry = newEntry();
        const fee = newEntry({
          kind: 'fee',
          externalId: entry.externalId,
          day: entry.day,
          deltaMinor: -1300,
          payee: null,
          destination: null,
        });
        truth([newLine(entry)], [entry]);
        truth([newLine(fee, { isCharge: true, description: 'Pay Bill Charge' })], [fee]);
      },
    ],
    [
      15,
      () => {
        const entry = newEntry();
        truth([newLine(entry, { amountMinor: entry.deltaMinor - (100 + random.below(4900)) })], [entry]);
      },
    ],
    // More than any fee: a difference.
    [
      10,
      () => {
        const entry = newEntry();
        truth([newLine(entry, { amountMinor: entry.deltaMinor - 5001 - random.below(100_000) })], [entry], {
          differs: true,
        });
      },
    ],
    // One line for several payments that it names, and one payment in two parts.
    [
      8,
      () => {
        const parts = [newEntry(), newEntry()].map((entry, _, all) => ({ ...entry, day: all[0]?.day ?? entry.day }));
        for (const part of parts) entries[part.index] = part;
        const [first, second] = parts as [EntryFacts, EntryFacts];
        truth(
          [
            newLine(first, {
              externalId: bankId(),
              amountMinor: first.deltaMinor + second.deltaMinor,
              description: `BATCH ${first.references[1]} ${second.references[1]}`,
            }),
          ],
          parts,
        );
      },
    ],
    [
      8,
      () => {
        const entry = newEntry({ deltaMinor: -900_000 });
        const part = { externalId: bankId(), description: `PART ${entry.references[1]}` };
        truth(
          [
            newLine(entry, { ...part, amountMinor: -400_000 }),
            newLine(entry, { ...part, externalId: bankId(), amountMinor: -500_000 }),
          ],
          [entry],
        );
      },
    ],
    // Paid twice on one day, without a receipt: nothing tells them apart.
    [
      8,
      () => {
        const one = newEntry({ externalId: null });
        const other = newEntry({
          externalId: null,
          day: one.day,
          deltaMinor: one.deltaMinor,
          payee: one.payee,
          destination: one.destination,
        });
        const twins = `twins ${one.index}`;
        const counterparty = `${one.destination} - ${one.payee}`;
        truth([newLine(one, { externalId: receipt(), counterparty })], [one], { twins });
        truth([newLine(other, { externalId: receipt(), counterparty })], [other], { twins });
      },
    ],
    // Paid again within days: which line is which, nobody can say.
    [
      8,
      () => {
        const one = newEntry({ externalId: null });
        const other = newEntry({
          externalId: null,
          day: one.day + 1,
          deltaMinor: one.deltaMinor,
          payee: one.payee,
          destination: one.destination,
        });
        const counterparty = `${one.destination} - ${one.payee}`;
        truth([newLine(one, { externalId: receipt(), counterparty, day: one.day + 1 })], [one], { decidable: false });
        truth([newLine(other, { externalId: receipt(), counterparty, day: other.day + 1 })], [other], {
          decidable: false,
        });
      },
    ],
    // The bank's row stands twice for one payment.
    [
      8,
      () => {
        const entry = newEntry();
        const line = newLine(entry);
        newLine(entry);
        truth([line], [entry], { decidable: false });
      },
    ],
    // Only amount and day speak for it.
    [
      15,
      () => {
        const entry = newEntry({ externalId: null });
        truth([newLine(entry, { externalId: receipt() })], [entry], { decidable: false });
      },
    ],
    // Never came; never ordered; never ordered, with the amount and the day of one that never came; another receipt for the same payee.
    [
      25,
      () => {
        newEntry();
      },
    ],
    [
      25,
      () => {
        const stranger = newEntry();
        entries.pop();
        newLine(stranger);
      },
    ],
    [
      15,
      () => {
        const entry = newEntry();
        newLine(entry, {
          externalId: receipt(),
          counterparty: `2547${some(8, '0123456789')} - ${FIRST[random.below(10)]} ${some(7, LETTERS)}`,
        });
      },
    ],
    [
      10,
      () => {
        const entry = newEntry();
        newLine(entry, { externalId: receipt(), counterparty: `${entry.destination} - ${entry.payee}` });
      },
    ],
  ];
  const all = stories.reduce((sum, [weight]) => sum + weight, 0);
  while (lines.length < size) {
    let at = random.below(all);
    const story = stories.find(([weight]) => {
      at -= weight;
      return at < 0;
    });
    story?.[1]();
  }
  return shuffled({ lines, entries, truths, rules: RULES }, random);
}

/** The same world with its lines in another order. */
function shuffled(world: World, random: { below(limit: number): number }): World {
  const order = world.lines.map((_, at) => at);
  for (let at = order.length - 1; at > 0; at -= 1) {
    const other = random.below(at + 1);
    [order[at], order[other]] = [order[other] ?? 0, order[at] ?? 0];
  }
  const places = new Int32Array(order.length);
  order.forEach((old, now) => (places[old] = now));
  return {
    ...world,
    lines: order.map((old, now) => ({ ...(world.lines[old] as LineFacts), index: now })),
    truths: world.truths.map((truth) => ({ ...truth, lines: truth.lines.map((line) => places[line] ?? 0) })),
  };
}
