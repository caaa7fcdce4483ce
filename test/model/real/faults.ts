import { faultsOf } from '../../../src/operations/verify-audit.ts';
import { judgeInvariants } from '../../../src/store/invariants.ts';
import { proveAudit } from '../../../src/store/prove-audit.ts';
import type { Store } from '../../../src/store/store.ts';
import { sharedDuties } from './duties.ts';
import { readRows } from './rows.ts';
import { HELD_RULES } from '../../support/held-rules.ts';

/** Everything that is wrong with the books, the audit trail, and who did what: of an honest office, nothing. */
export async function faultsOfOffice(store: Store): Promise<string[]> {
  const broken = await store.read(async (tx) => [
    ...sharedDuties(await readRows(tx)),
    ...(await judgeInvariants(tx, HELD_RULES, null)).flatMap(({ invariant, broken }) =>
      broken.map(({ message }) => `invariant ${invariant.id}: ${message}`),
    ),
  ]);
  const unproved = faultsOf(await proveAudit(store, () => true)).map(({ message }) => `audit: ${message}`);
  return [...broken, ...unproved];
}
