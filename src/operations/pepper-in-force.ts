import { Problem } from '../domain/problem.ts';
import { pepperFingerprint } from '../gateways/pepper-file.ts';
import { lockOffice } from '../store/office.ts';
import type { Tx } from '../store/transaction.ts';

/**
 * Locks the office and makes sure that what was sealed or hashed with a pepper can be used after this transaction. Throws conflict
 * PEPPER_CHANGED when the office has replaced it meanwhile.
 */
export async function requirePepperInForce(tx: Tx, pepper: Buffer): Promise<void> {
  const office = await lockOffice(tx);
  if (office.pepperFingerprint === pepperFingerprint(pepper)) return;
  throw new Problem('conflict', 'PEPPER_CHANGED', 'The office replaced its pepper at this moment.', {
    unchanged: 'Nothing was changed.',
    fix: 'treasury pepper show',
  });
}
