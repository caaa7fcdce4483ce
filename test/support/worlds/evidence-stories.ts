import type { EntryFacts } from '../../../src/domain/reconciliation/facts.ts';
import { OWN_ACCOUNT, type Story, type WorldMaker } from './world-maker.ts';

// Payments that came as they were ordered, each told by something else on paper.

const national = (entry: EntryFacts): string => (entry.destination ?? '').slice(-9);

/** 2547****678, as M-Pesa hides it. */
export const masked = (phone: string): string => `${phone.slice(0, 4)}****${phone.slice(-3)}`;

/** A phone as people write it. */
function writtenPhone(world: WorldMaker, entry: EntryFacts): string {
  const [a, b, c] = [national(entry).slice(0, 3), national(entry).slice(3, 6), national(entry).slice(6)];
  return world.pick([`254${a}${b}${c}`, `+254 ${a} ${b} ${c}`, `0${a}${b}${c}`, `0${a} ${b} ${c}`, `0${a}-${b}-${c}`]);
}

/** A reference as people and banks write it. */
export function written(world: WorldMaker, reference: string): string {
  const text = reference.replaceAll(/[-_]/g, world.pick(['-', ' ', '', '/', '_', '. ']));
  return world.pick([text, text.toLowerCase(), text.toUpperCase()]);
}

const voucherOf = (entry: EntryFacts): string => entry.references[1] ?? '';
const requisitionOf = (entry: EntryFacts): string => entry.sharedReferences[0] ?? '';

export const evidenceStories: readonly Story[] = [
  {
    weight: 600,
    name: 'the receipt',
    tell: (world) => {
      const entry = world.entry();
      world.truth([world.mpesa(entry, { externalId: entry.externalId })], [entry]);
    },
  },
  {
    weight: 20,
    name: 'the receipt, typed in small letters or with dashes',
    tell: (world) => {
      const entry = world.entry();
      const receipt = entry.externalId ?? '';
      const typed = world.pick([receipt.toLowerCase(), `${receipt.slice(0, 5)}-${receipt.slice(5)}`, ` ${receipt}.`]);
      world.entries[entry.index] = { ...entry, externalId: typed };
      world.truth([world.mpesa(entry, { externalId: receipt })], [entry]);
    },
  },
  {
    weight: 30,
    name: 'the receipt in the bank’s text',
    tell: (world) => {
      const entry = world.entry();
      const inText = world.oneIn(2);
      world.truth(
        [
          world.bank(entry, {
            references: inText ? [OWN_ACCOUNT] : ['NONREF', entry.externalId ?? '', OWN_ACCOUNT],
            ...(inText ? { description: `MPESA B2C ${written(world, entry.externalId ?? '')} KES` } : {}),
          }),
        ],
        [entry],
      );
    },
  },
  {
    weight: 60,
    name: 'the voucher',
    tell: (world) => {
      const entry = world.entry();
      const description = `TRF ${written(world, voucherOf(entry))} THANK YOU`;
      world.truth([world.bank(entry, { day: entry.day + world.between(-2, 5), description })], [entry]);
    },
  },
  {
    weight: 15,
    name: 'the voucher, weeks late',
    tell: (world) => {
      const entry = world.entry();
      const description = `CHQ DEP ${written(world, voucherOf(entry))}`;
      world.truth([world.bank(entry, { day: entry.day + world.between(6, 60), description })], [entry]);
    },
  },
  {
    weight: 20,
    name: 'the payment’s reference',
    tell: (world) => {
      const entry = world.entry();
      const description = `TRF ${world.pick([entry.references[0] ?? '', (entry.references[0] ?? '').toUpperCase()])}`;
      // One in ten has no digit in it, and might be a word.
      world.truth([world.bank(entry, { description })], [entry], {
        decidable: /_.*\d/.test(entry.references[0] ?? ''),
      });
    },
  },
  {
    weight: 20,
    name: 'the requisition',
    tell: (world) => {
      const entry = world.entry();
      const description = `SUPPLIES ${written(world, requisitionOf(entry))}`;
      world.truth([world.bank(entry, { day: entry.day + world.late(), description })], [entry]);
    },
  },
  {
    weight: 60,
    name: 'the phone and the name',
    tell: (world) => {
      const entry = world.entry({ externalId: null });
      world.truth([world.mpesa(entry, { day: entry.day + world.between(-1, 5) })], [entry]);
    },
  },
  {
    weight: 20,
    name: 'the phone in the text',
    tell: (world) => {
      const entry = world.entry({ externalId: null });
      const description = `PESALINK ${writtenPhone(world, entry)} SENT`;
      world.truth([world.bank(entry, { day: entry.day + world.late(), description })], [entry]);
    },
  },
  {
    weight: 15,
    name: 'the account',
    tell: (world) => {
      const account = `11${world.digits(9)}`;
      const entry = world.entry({ externalId: null, destination: `KCB:${account}` });
      world.truth([world.bank(entry, { day: entry.day + world.late(), counterpartyAccount: account })], [entry]);
    },
  },
  {
    weight: 30,
    name: 'the name alone',
    tell: (world) => {
      const to = world.payee(world.pick(['only', 'only', 'namesake']));
      const entry = world.entry({ externalId: null, to });
      world.truth([world.bank(entry, { day: entry.day + world.late(), counterparty: to.name })], [entry], {
        decidable: () => world.isOnlyName(to.name, 'whole'),
      });
    },
  },
  {
    weight: 20,
    name: 'the name, cut by the bank',
    tell: (world) => {
      const to = world.payee('only');
      const entry = world.entry({ externalId: null, to });
      const cut = to.name.slice(0, 18);
      // Whole words may be somebody else's name.
      const isCut = to.name.length > 18 && cut.trimEnd().length === 18 && to.name.charAt(18) !== ' ';
      world.truth([world.bank(entry, { counterparty: cut })], [entry], {
        decidable: () => (isCut ? world.isOnlyName(cut, 'cut') : to.name === cut && world.isOnlyName(cut, 'whole')),
      });
    },
  },
  {
    weight: 25,
    name: 'the name and a masked phone',
    tell: (world) => {
      const to = world.payee(world.pick(['only', 'only', 'namesake']));
      const entry = world.entry({ externalId: null, to });
      const line = world.mpesa(entry, { day: entry.day + world.late(), counterpartyAccount: masked(to.phone) });
      world.truth([line], [entry], { decidable: () => world.isOnlyName(to.name, 'whole') });
    },
  },
  {
    weight: 30,
    name: 'the phone, with the receipt mistyped',
    tell: (world) => {
      const entry = world.entry();
      const right = entry.externalId ?? '';
      const at = world.between(4, 8);
      const exchanged = right.slice(0, at) + right.charAt(at + 1) + right.charAt(at) + right.slice(at + 2);
      const typed = world.oneIn(2) ? exchanged : right.replaceAll('0', 'O').replaceAll('5', 'S').replaceAll('1', 'I');
      world.entries[entry.index] = { ...entry, externalId: typed };
      world.truth([world.mpesa(entry, { externalId: right })], [entry]);
    },
  },
  {
    weight: 20,
    name: 'a cheque’s number, cut by the bank',
    tell: (world) => {
      const entry = world.entry({ externalId: `CHQ${world.digits(4)}${String(world.next()).padStart(7, '0')}` });
      const description = `REF ${(entry.externalId ?? '').slice(0, 12)}`;
      // Ten cheques in a row begin so.
      world.truth([world.bank(entry, { description })], [entry]);
    },
  },
  {
    weight: 10,
    name: 'the phone, with a voucher that the bank cut',
    tell: (world) => {
      const entry = world.entry({ externalId: null });
      const description = `${writtenPhone(world, entry)} ${voucherOf(entry).slice(0, 14)}`;
      world.truth([world.bank(entry, { description })], [entry], { decidable: voucherOf(entry).length < 18 });
    },
  },
  {
    weight: 10,
    name: 'money that came in',
    tell: (world) => {
      const named = world.oneIn(2);
      const day = world.entry().day;
      const source = world.entries.pop() as EntryFacts;
      const deltaMinor = -world.amount() * 10;
      const reference = `rep_${world.pick(['7', '8', '9'])}${String(world.next()).padStart(5, '0')}`;
      const entry = world.entry({
        ...{
          day,
          deltaMinor,
          kind: 'replenishment',
          externalId: named ? null : world.bankId(day),
          references: [reference],
        },
        ...{ sharedReferences: [], destination: null },
      });
      world.entries[entry.index] = { ...entry, payee: null };
      world.truth(
        [
          world.bank(source, {
            amountMinor: deltaMinor,
            externalId: named ? world.bankId(day) : entry.externalId,
            ...(named ? { description: `FUNDING ${written(world, reference)}` } : {}),
          }),
        ],
        [entry],
      );
    },
  },
];
