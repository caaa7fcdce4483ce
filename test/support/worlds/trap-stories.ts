import type { EntryFacts, LineFacts } from '../../../src/domain/reconciliation/facts.ts';
import { masked, written } from './evidence-stories.ts';
import { OFFICE_PHONE, OWN_ACCOUNT, type Story, type WorldMaker } from './world-maker.ts';

// Lines that look like a payment's and are not, and payments that nothing on paper tells.

const voucherOf = (entry: EntryFacts): string => entry.references[1] ?? '';

/** What people type where a reference should be. */
const JUNK = [
  ...['NONREF', '0000', 'RENT', 'JAN2026', 'RENT JAN', 'WEEK 12', 'INV12', '01JAN2026', 'Q1 2026', '123456', '2026'],
  ...['SALARYWK01', '31012026', '2026-01-31', 'FY 2025/2026', 'JANUARY 26', 'ROOM 4B', '111111'],
];

const pickVoucher = (world: WorldMaker): string => {
  const letters = world
    .next()
    .toString(26)
    .replaceAll(/\d/g, (digit) => 'qrstuvwxyz'.charAt(Number(digit)));
  return `PV-X${letters.toUpperCase()}-2026-10041`;
};

/** Another payment with the amount and the day of one whose line never came. */
const strangers = (weight: number, name: string, tell: (world: WorldMaker, missing: EntryFacts) => void): Story => ({
  weight,
  name,
  tell: (world) => tell(world, world.entry()),
});

export const trapStories: readonly Story[] = [
  strangers(25, 'a line that never came', () => {}),
  {
    weight: 25,
    name: 'a payment that was never recorded',
    tell: (world) => {
      const entry = world.unrecorded(() => world.entry());
      world.mpesa(entry, { externalId: entry.externalId });
    },
  },
  {
    weight: 15,
    name: 'only amount and day',
    tell: (world) => {
      const entry = world.entry({ externalId: null });
      world.truth([world.bank(entry)], [entry], { decidable: false });
    },
  },
  {
    weight: 8,
    name: 'the bank’s row stands twice',
    tell: (world) => {
      const entry = world.entry();
      world.truth([world.mpesa(entry, { externalId: entry.externalId })], [entry], { decidable: false });
      world.mpesa(entry, { externalId: entry.externalId });
    },
  },
  {
    weight: 4,
    name: 'the row stands twice, and the payee’s next payment has no line',
    tell: (world) => {
      const entry = world.entry();
      const { day, deltaMinor, payee, destination } = entry;
      world.entry({ externalId: null, day, deltaMinor, payee, destination });
      world.truth([world.mpesa(entry, { externalId: entry.externalId })], [entry], { decidable: false });
      world.mpesa(entry, { externalId: entry.externalId });
    },
  },
  strangers(15, 'another payee', (world, missing) => {
    const { name, phone } = world.payee();
    world.mpesa(missing, { counterparty: name, counterpartyAccount: phone });
  }),
  strangers(10, 'another receipt', (world, missing) => void world.mpesa(missing)),
  strangers(5, 'another receipt beside the bank’s identifier', (world, missing) => {
    const references = ['NONREF', world.receipt(missing.day), OWN_ACCOUNT];
    world.bank(missing, { references, counterparty: missing.payee, counterpartyAccount: missing.destination });
  }),
  strangers(5, 'another receipt in the text', (world, missing) => {
    const description = `MPESA ${world.receipt(missing.day)} ${missing.destination} ${missing.payee}`;
    world.bank(missing, { description, counterparty: missing.payee });
  }),
  {
    weight: 6,
    name: 'a voucher of another book',
    tell: (world) => {
      const missing = world.entry({ externalId: null });
      const description = `TRF ${written(world, pickVoucher(world))} ${missing.destination}`;
      world.bank(missing, { description, counterparty: missing.payee });
    },
  },
  {
    weight: 5,
    name: 'a voucher before a number',
    tell: (world) => {
      const voucher = pickVoucher(world);
      const missing = world.entry({ externalId: null });
      world.entries[missing.index] = { ...missing, references: [missing.references[0] ?? '', `${voucher}2`] };
      world.bank(missing, { description: `TRF ${voucher} 2 BAGS` });
    },
  },
  {
    weight: 10,
    name: 'a namesake with another phone',
    tell: (world) => {
      const missing = world.entry({ externalId: null, to: world.payee(world.pick(['namesake', 'only'])) });
      world.mpesa(missing, { counterpartyAccount: world.phone() });
    },
  },
  {
    weight: 10,
    name: 'one of several namesakes',
    tell: (world) => {
      const missing = world.entry({ externalId: null, to: world.payee('namesake') });
      world.entry({ externalId: null, payee: missing.payee, destination: world.phone() });
      world.bank(missing, { counterparty: missing.payee });
    },
  },
  {
    weight: 6,
    name: 'a namesake with another masked phone',
    tell: (world) => {
      const missing = world.entry({ externalId: null, to: world.payee(world.pick(['namesake', 'only'])) });
      const end = (Number(missing.destination?.slice(-3)) + 1 + world.random.below(998)) % 1000;
      const counterpartyAccount = masked(`2547${world.digits(5)}${String(end).padStart(3, '0')}`);
      world.mpesa(missing, { counterpartyAccount });
    },
  },
  {
    weight: 6,
    name: 'another name behind the same mask',
    tell: (world) => {
      const missing = world.entry({ externalId: null });
      world.mpesa(missing, {
        counterparty: world.payee('only').name,
        counterpartyAccount: masked(missing.destination ?? ''),
      });
    },
  },
  {
    weight: 6,
    name: 'a namesake paid at an account',
    tell: (world) => {
      const to = world.payee('namesake');
      const missing = world.entry({ externalId: null, to, destination: `KCB:11${world.digits(9)}` });
      world.mpesa(missing, { counterpartyAccount: to.phone });
    },
  },
  {
    weight: 8,
    name: 'two payees with one phone',
    tell: (world) => {
      const one = world.entry({ externalId: null });
      const { day, deltaMinor, destination } = one;
      const other = world.entry({
        externalId: null,
        day,
        deltaMinor,
        to: { name: world.payee('only').name, phone: destination ?? '' },
      });
      for (const entry of [one, other]) world.truth([world.mpesa(entry, { day: day + world.late() })], [entry]);
    },
  },
  {
    weight: 5,
    name: 'two payees with one phone, and no name on the line',
    tell: (world) => {
      const one = world.entry({ externalId: null });
      const { day, destination } = one;
      world.entry({ externalId: null, day, to: { name: world.payee('only').name, phone: destination ?? '' } });
      world.truth([world.bank(one, { description: `PESALINK ${destination}` })], [one], { decidable: false });
    },
  },
  {
    weight: 6,
    name: 'whose phone it is was paid, not whose line is missing',
    tell: (world) => {
      const missing = world.entry({ externalId: null });
      world.mpesa(missing, { counterparty: world.payee('only').name });
    },
  },
  {
    weight: 5,
    name: 'the phone’s owner is named for both of two payees',
    tell: (world) => {
      const owner = world.entry({ externalId: null });
      const { day, deltaMinor, destination } = owner;
      const guest = world.entry({
        externalId: null,
        day,
        deltaMinor,
        to: { name: world.payee('only').name, phone: destination ?? '' },
      });
      world.truth([world.mpesa(guest, { counterparty: owner.payee })], [guest], { decidable: false });
    },
  },
  {
    weight: 8,
    name: 'a phone, and words where a reference should be',
    tell: (world) => {
      const junk = world.pick(JUNK);
      const entry = world.entry({ externalId: junk });
      const line = world.mpesa(entry, {
        day: entry.day + world.late(),
        references: [written(world, world.pick([junk, ...JUNK]))],
      });
      world.truth([line], [entry]);
    },
  },
  {
    weight: 12,
    name: 'another payment with the same words for a reference',
    tell: (world) => {
      const junk = world.pick(JUNK);
      const missing = world.entry({ externalId: junk });
      const { name, phone } = world.payee();
      const typed = written(world, junk);
      const party = world.oneIn(2) ? {} : { counterparty: name, counterpartyAccount: phone };
      const wish: Partial<LineFacts>[] = [
        { references: [typed] },
        { externalId: typed },
        { description: `PAYMENT ${typed}` },
      ];
      world.bank(missing, { ...party, ...world.pick(wish) });
    },
  },
  {
    weight: 4,
    name: 'the office’s own account for a reference',
    tell: (world) => {
      const missing = world.entry({ externalId: OWN_ACCOUNT });
      const stranger = world.unrecorded(() => world.entry({ day: missing.day, deltaMinor: missing.deltaMinor }));
      world.bank(stranger);
    },
  },
  {
    weight: 4,
    name: 'the phone of whoever sends the office’s money',
    tell: (world) => {
      const missing = world.entry({ externalId: null, destination: OFFICE_PHONE });
      const stranger = world.unrecorded(() => world.entry({ day: missing.day, deltaMinor: missing.deltaMinor }));
      world.bank(stranger, { description: `PESALINK BY ${OFFICE_PHONE}` });
    },
  },
  {
    weight: 4,
    name: 'the last payment’s receipt, typed again',
    tell: (world) => {
      const first = world.entry();
      const same = world.oneIn(2);
      const second = world.entry({
        externalId: first.externalId,
        day: first.day,
        ...(same ? { deltaMinor: first.deltaMinor } : {}),
      });
      const { deltaMinor } = world.entries[second.index] as EntryFacts;
      const line = world.mpesa(first, { externalId: first.externalId });
      // Of two entries with one receipt and one amount, one is the receipt's.
      world.truth([line], [first], { decidable: deltaMinor !== first.deltaMinor });
      world.truth([world.mpesa(second)], [second], { decidable: false });
    },
  },
  strangers(6, 'a refund of a payment whose line is missing', (world, missing) => {
    world.bank(missing, {
      amountMinor: -missing.deltaMinor,
      description: `REFUND OF ${written(world, voucherOf(missing))}`,
    });
  }),
  {
    weight: 5,
    name: 'in place of a payment whose line is missing',
    tell: (world) => {
      const missing = world.entry({ externalId: null });
      const { day, deltaMinor, payee, destination } = missing;
      const entry = world.entry({ externalId: null, day: day + 2, deltaMinor, payee, destination });
      const description = `${world.pick(['IN PLACE OF', 'REPLACES', 'INSTEAD OF'])} ${voucherOf(missing)}`;
      const line = world.bank(entry, { description, counterparty: payee, counterpartyAccount: destination });
      world.truth([line], [entry], { decidable: false });
    },
  },
  {
    weight: 8,
    name: 'its own voucher and that of a payment that is explained',
    tell: (world) => {
      const before = world.entry();
      world.truth([world.mpesa(before, { externalId: before.externalId })], [before]);
      const entry = world.entry({ externalId: null, deltaMinor: before.deltaMinor, day: before.day });
      const description = `${written(world, voucherOf(entry))}, AFTER ${voucherOf(before)}`;
      world.truth([world.bank(entry, { description })], [entry]);
    },
  },
  {
    weight: 5,
    name: 'its own voucher and that of a payment whose line is missing',
    tell: (world) => {
      const missing = world.entry();
      const entry = world.entry({ externalId: null, deltaMinor: missing.deltaMinor, day: missing.day });
      const description = `${written(world, voucherOf(entry))}, AFTER ${voucherOf(missing)}`;
      world.truth([world.bank(entry, { description })], [entry], { decidable: false });
    },
  },
  {
    weight: 8,
    name: 'its own receipt, and that of another payment in the text',
    tell: (world) => {
      const missing = world.entry();
      const entry = world.entry({ deltaMinor: missing.deltaMinor, day: missing.day });
      const references = world.oneIn(2) ? [missing.externalId ?? ''] : [];
      const description = `Business Payment, see ${voucherOf(missing)}`;
      world.truth([world.mpesa(entry, { externalId: entry.externalId, references, description })], [entry]);
    },
  },
  strangers(4, 'the voucher, but another phone', (world, missing) => {
    const line = world.bank(missing, {
      description: `TRF ${voucherOf(missing)}`,
      counterpartyAccount: world.phone(),
    });
    world.truth([line], [missing], { decidable: false });
  }),
];
