import { advice, fine, type Finding } from '../domain/finding.ts';
import { fingerprintOf, pepperState, pepperTrouble } from '../domain/pepper.ts';
import { lookAtPepper, othersMayRead, readPepperFile } from '../gateways/pepper-file.ts';
import type { Row } from '../store/tables.ts';

/** Whether codes can be made and checked on this machine: the pepper's file, its mode, and whether it is the one in force. */
export async function examinePepper(file: string, office: Row<'office'> | null): Promise<Finding[]> {
  if (office === null) {
    // An office that is yet to be set up has none.
    if ((await readPepperFile(file)) === null) return [];
    return [(await exposed(file)) ?? fine('pepper', `The pepper file ${file} holds a pepper.`)];
  }
  const found = await lookAtPepper(file, office);
  const trouble = pepperTrouble(found);
  // What stops codes comes first; a pepper that others may have read is to be replaced all the same.
  if (pepperState(found) !== 'in_place' && trouble !== null) return [advice('pepper', trouble.message, trouble.fix)];
  const open =
    (await exposed(file)) ?? (fingerprintOf(found.nextContent) === null ? null : await exposed(found.nextFile));
  return [open ?? fine('pepper', 'The pepper is the one that this office has in force.')];
}

async function exposed(file: string): Promise<Finding | null> {
  if ((await readPepperFile(file)) === null || !(await othersMayRead(file))) return null;
  return advice(
    'pepper',
    `Others on this machine may read the pepper file ${file}.`,
    `chmod 600 ${file}; if somebody did: treasury pepper replace --reason REASON`,
  );
}
