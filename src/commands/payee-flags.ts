import type { Flag } from '../domain/payee-flags.ts';
import { flagsOf } from '../operations/flag-payees.ts';
import type { CardLine } from './command.ts';
import type { Context } from './context.ts';

/** Looks for what somebody should look at about a requisition, and warns of each. */
export async function warnOfFlags(
  context: Context,
  requisition: Parameters<typeof flagsOf>[1],
): Promise<readonly Flag[]> {
  const flags = await flagsOf(await context.store(), requisition);
  for (const { message } of flags) context.warn(message);
  return flags;
}

/** Flags as lines of a card. */
export const flagLines = (flags: readonly Flag[] | null): CardLine[] =>
  (flags ?? []).map(({ message }) => ({ label: 'Look', value: message }));
