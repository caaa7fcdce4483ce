import { pepperTrouble, type PepperFacts } from '../../domain/pepper.ts';
import { pepperDocument } from '../../documents/pepper.ts';
import { lookAtPepper } from '../../gateways/pepper-file.ts';
import { getOffice } from '../../store/office.ts';
import { formatInstant } from '../../terminal/zone.ts';
import type { CardLine, Command } from '../command.ts';

export const command: Command = {
  path: 'pepper show',
  summary: 'Where the pepper of this machine lies, and whether it is the one in force',
  details: 'Shows fingerprints only. What is not as it should be is said with its fix, as treasury doctor does.',
  examples: [{ command: 'treasury pepper show', about: 'file, fingerprint, state' }],
  access: 'anyone',
  writes: false,
  document: 'pepper',
  async run(context) {
    const office = await (await context.store()).read(getOffice);
    const found = await lookAtPepper(context.places.pepperFile, office);
    const trouble = pepperTrouble(found);
    return {
      data: pepperDocument(found),
      warnings: trouble === null ? [] : [`${trouble.message} Fix: ${trouble.fix}`],
      human: { card: cardOf(found, await context.zone()) },
    };
  },
};

function cardOf(found: PepperFacts, zone: string): CardLine[] {
  const {
    file,
    state,
    fingerprint,
    in_force: inForce,
    next_file: nextFile,
    next_fingerprint: next,
  } = pepperDocument(found);
  return [
    { label: 'File', value: file },
    { label: 'State', value: STATES[state] },
    { label: 'Fingerprint', value: fingerprint ?? '-' },
    { label: 'In force', value: inForce },
    ...(found.replacedAt === null
      ? []
      : [{ label: 'Replaced', value: formatInstant(found.replacedAt, zone), kind: 'time' as const }]),
    ...(found.nextContent === null
      ? []
      : [
          {
            label: 'New file',
            value: `${nextFile} (${next ?? (typeof found.nextContent === 'string' ? found.nextContent : '-')})`,
          },
        ]),
  ];
}

const STATES = {
  in_place: 'in place',
  new_file_ready: 'replaced; the new file lies ready',
  replaced: 'replaced; this machine has an older one',
  wrong: "not this office's",
  missing: 'missing',
  damaged: 'damaged',
  unreadable: 'may not be read by this user of the machine',
} as const;
