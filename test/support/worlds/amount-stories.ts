import type { EntryFacts, LineFacts } from '../../../src/domain/reconciliation/facts.ts';
import { DAYS, FIRST_DAY, OWN_ACCOUNT, type Story, type WorldMaker } from './world-maker.ts';
import { written } from './evidence-stories.ts';

// Charges, fees, sums, parts and differences.

const voucherOf = (entry: EntryFacts): string => entry.references[1] ?? '';
const TARIFF = [500, 700, 1300, 2300, 3300, 5700];

/** Rows that M-Pesa gives a payment which was paid on credit: its overdraft, and the charge of that. */
function overdraft(world: WorldMaker, payment: LineFacts, entry: EntryFacts): void {
  const receipt = payment.externalId;
  world.mpesa(entry, { externalId: receipt, amountMinor: 40_000, description: 'OverDraft of Credit Party' });
  world.mpesa(entry, { externalId: receipt, amountMinor: -4000, description: 'OD Loan Repayment' });
}

const chargeOf = (world: WorldMaker, fee: EntryFacts, wish: Partial<LineFacts> = {}): LineFacts =>
  world.mpesa(fee, { externalId: fee.externalId, isCharge: true, description: 'Business Payment Charge', ...wish });

export const amountStories: readonly Story[] = [
  {
    weight: 30,
    name: 'a charge beside its payment',
    tell: (world) => {
      const entry = world.entry();
      const fee = world.fee(entry, -world.pick(TARIFF));
      const line = world.mpesa(entry, { externalId: entry.externalId });
      world.truth([line], [entry]);
      world.truth([chargeOf(world, fee)], [fee]);
      if (world.oneIn(3)) overdraft(world, line, entry);
    },
  },
  {
    weight: 8,
    name: 'a charge with a receipt of its own, linked to the payment',
    tell: (world) => {
      const entry = world.entry();
      const fee = world.fee(entry, -world.pick(TARIFF));
      world.truth([world.mpesa(entry, { externalId: entry.externalId })], [entry]);
      const linked = [entry.externalId ?? ''];
      world.truth([chargeOf(world, fee, { externalId: world.receipt(fee.day), references: linked })], [fee]);
    },
  },
  {
    weight: 5,
    name: 'a charge as high as its payment',
    tell: (world) => {
      const entry = world.entry({ deltaMinor: -1300 });
      const fee = world.fee(entry, -1300);
      world.truth([chargeOf(world, fee)], [fee]);
      world.truth([world.mpesa(entry, { externalId: entry.externalId })], [entry]);
    },
  },
  {
    weight: 5,
    name: 'a charge whose payment never came',
    tell: (world) => {
      const entry = world.entry({ deltaMinor: -1300 });
      const fee = world.fee(entry, -1300);
      world.truth([chargeOf(world, fee)], [fee]);
    },
  },
  {
    weight: 5,
    name: 'a payment whose charge never came',
    tell: (world) => {
      const entry = world.entry({ deltaMinor: -1300 });
      world.fee(entry, -1300);
      world.truth([world.mpesa(entry, { externalId: entry.externalId })], [entry]);
    },
  },
  {
    weight: 15,
    name: 'a fee within the line',
    tell: (world) => {
      const entry = world.entry();
      const amountMinor = entry.deltaMinor - world.between(100, 5000);
      const line = world.oneIn(2)
        ? world.mpesa(entry, { externalId: entry.externalId, amountMinor })
        : world.bank(entry, { amountMinor, description: `TRF ${written(world, voucherOf(entry))}` });
      world.truth([line], [entry]);
    },
  },
  {
    weight: 8,
    name: 'a fee within the line that the book has apart',
    tell: (world) => {
      const entry = world.entry();
      const fee = world.fee(entry, -world.pick(TARIFF));
      const amountMinor = entry.deltaMinor + fee.deltaMinor;
      const line = world.oneIn(2)
        ? world.mpesa(entry, { externalId: entry.externalId, amountMinor })
        : world.bank(entry, { amountMinor, description: `TRF ${written(world, voucherOf(entry))}` });
      world.truth([line], [entry, fee]);
    },
  },
  {
    weight: 10,
    name: 'more than any fee',
    tell: (world) => {
      const entry = world.entry();
      const amountMinor = entry.deltaMinor - world.between(5001, 100_000);
      const line = world.oneIn(2)
        ? world.mpesa(entry, { externalId: entry.externalId, amountMinor })
        : world.bank(entry, { amountMinor, description: `TRF ${written(world, voucherOf(entry))}` });
      world.truth([line], [entry], { differs: true });
    },
  },
  {
    weight: 8,
    name: 'one line for several vouchers',
    tell: (world) => {
      const { day } = world.entry();
      world.entries.pop();
      const parts = Array.from({ length: world.between(2, 5) }, () => world.entry({ day }));
      const [first] = parts as [EntryFacts];
      const line = world.bank(first, {
        amountMinor: parts.reduce((sum, { deltaMinor }) => sum + deltaMinor, 0),
        description: `BATCH ${parts.map((part) => written(world, voucherOf(part))).join(', ')}`,
      });
      world.truth([line], parts);
    },
  },
  {
    weight: 5,
    name: 'one line for a requisition that was paid in parts',
    tell: (world) => {
      const first = world.entry();
      const second = world.entry({ day: first.day, sharedReferences: first.sharedReferences });
      const line = world.bank(first, {
        amountMinor: first.deltaMinor + second.deltaMinor,
        description: `PAID ${written(world, first.sharedReferences[0] ?? '')}`,
      });
      world.truth([line], [first, second]);
    },
  },
  {
    weight: 8,
    name: 'one payment in parts',
    tell: (world) => {
      const entry = world.entry({ deltaMinor: -900_000 });
      const amounts = world.pick([
        [-400_000, -500_000],
        [-450_000, -450_000],
        [-200_000, -300_000, -400_000],
      ]);
      const lines = amounts.map((amountMinor, part) =>
        world.bank(entry, {
          amountMinor,
          day: entry.day + part,
          description: `PART ${part + 1} ${written(world, voucherOf(entry))}`,
        }),
      );
      world.truth(lines, [entry]);
    },
  },
  {
    weight: 4,
    name: 'one payment in two rows of one identifier',
    tell: (world) => {
      const entry = world.entry({ deltaMinor: -900_000 });
      const lines = [-400_000, -500_000].map((amountMinor) =>
        world.bank(entry, { amountMinor, externalId: entry.externalId }),
      );
      world.truth(lines, [entry]);
    },
  },
  {
    weight: 4,
    name: 'one charge for the fees of a day',
    tell: (world) => {
      // A day of its own: the rule is about all the fees of a day.
      const day = FIRST_DAY + DAYS + 200 + world.next();
      const fees = Array.from({ length: world.between(3, 6) }, () => {
        const entry = world.entry({ day: FIRST_DAY });
        world.truth([world.mpesa(entry, { externalId: entry.externalId })], [entry]);
        return world.fee(entry, -world.pick(TARIFF), { day });
      });
      const amountMinor = fees.reduce((sum, { deltaMinor }) => sum + deltaMinor, 0);
      const [first] = fees as [EntryFacts];
      const line = world.bank(first, { amountMinor, isCharge: true, description: 'B2C CHARGES OF THE DAY' });
      world.truth([line], fees);
    },
  },
  {
    weight: 3,
    name: 'a charge that two fees happen to come to',
    tell: (world) => {
      const day = FIRST_DAY + DAYS + 200 + world.next();
      const entry = world.entry({ day: FIRST_DAY });
      world.truth([world.mpesa(entry, { externalId: entry.externalId })], [entry]);
      const fees = [world.fee(entry, -1300, { day }), world.fee(entry, -2300, { day })];
      world.bank(fees[0] as EntryFacts, { amountMinor: -3600, isCharge: true, description: 'STATEMENT CHARGES' });
    },
  },
  {
    weight: 6,
    name: 'a payment that was returned',
    tell: (world) => {
      const entry = world.entry();
      world.truth([world.mpesa(entry, { externalId: entry.externalId })], [entry]);
      const day = entry.day + world.between(0, 3);
      const back = world.fee(entry, -entry.deltaMinor, {
        ...{ kind: 'reversal', day, externalId: world.oneIn(2) ? world.receipt(day) : null },
      });
      const receipt = back.externalId ?? world.receipt(day);
      const line = world.mpesa(back, {
        ...{ externalId: receipt, references: [entry.externalId ?? ''] },
        description: `Reversal of ${voucherOf(entry)}`,
      });
      world.truth([line], [back]);
    },
  },
  {
    weight: 5,
    name: 'paid, taken back by M-Pesa, and paid again',
    tell: (world) => {
      const entry = world.entry({ externalId: null });
      const first = world.mpesa(entry);
      world.mpesa(entry, {
        ...{ amountMinor: -entry.deltaMinor, references: [first.externalId ?? ''] },
        description: 'Business Payment Reversal',
      });
      world.truth([world.mpesa(entry, { references: [OWN_ACCOUNT] })], [entry], { decidable: false });
    },
  },
];
