import { pepperState, pepperTrouble, type PepperFacts } from '../domain/pepper.ts';
import { Problem } from '../domain/problem.ts';
import { lookAtPepper, readPepperFile, takeNextPepper, type PepperInForce } from '../gateways/pepper-file.ts';

interface Use {
  /** Whether a new pepper that lies ready may be moved into place. */
  readonly take: boolean;
  readonly warn: (text: string) => void;
}

/**
 * The secret of the office, which is mixed into every code's hash. Where the office has replaced it and the new file lies ready, that is
 * moved into place first. Throws Problem refused PEPPER_MISSING, PEPPER_DAMAGED, PEPPER_UNREADABLE or, for any other than the office's, PEPPER_MISMATCH.
 */
export async function readPepper(file: string, office: PepperInForce, use: Use): Promise<Buffer> {
  const first = await lookAtPepper(file, office);
  // Another process may have moved the new file between the looks at both places.
  const found = pepperTrouble(first) === null ? first : await lookAtPepper(file, office);
  const pepper = await readPepperFile(await placeOf(found, use));
  if (pepper === null) throw new Error(`${file} vanished`);
  return pepper;
}

/** Where the pepper in force lies once it has been taken into use. */
async function placeOf(found: PepperFacts, { take, warn }: Use): Promise<string> {
  const { file, nextFile } = found;
  if (pepperState(found) === 'in_place') return file;
  if (pepperState(found) !== 'new_file_ready') throw unusable(found);
  if (!take) return nextFile;
  const failure = await takeNextPepper(file);
  if (failure === null) return file;
  warn(`The new pepper ${nextFile} is in use, but could not be moved to ${file} (${failure}).`);
  return nextFile;
}

const CODES = {
  ...{ missing: 'PEPPER_MISSING', damaged: 'PEPPER_DAMAGED', unreadable: 'PEPPER_UNREADABLE' },
  ...{
    in_place: 'PEPPER_MISMATCH',
    new_file_ready: 'PEPPER_MISMATCH',
    replaced: 'PEPPER_MISMATCH',
    wrong: 'PEPPER_MISMATCH',
  },
} as const;

function unusable(found: PepperFacts): Problem {
  const { message = '', fix = '' } = pepperTrouble(found) ?? {};
  const state = pepperState(found);
  return new Problem('refused', CODES[state], message, {
    unchanged: 'Nothing was sent or checked; logins still work.',
    fix,
  });
}
