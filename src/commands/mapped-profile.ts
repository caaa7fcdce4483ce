import { getProfile } from '../operations/statement-profiles.ts';
import { bankProfile } from '../statements/bank-profiles.ts';
import type { ColumnProfile } from '../statements/column-profile.ts';
import type { Input, OptionSpec } from './command.ts';
import type { Context } from './context.ts';

export const MAP_OPTION: OptionSpec = {
  flags: '--map <profile>',
  about: 'the profile whose columns a CSV file has: treasury reconcile profile list',
};

/** The profile that `--map` names; null where it is not given. Only one of the office needs a login. Throws not found. */
export async function mappedProfile(context: Context, input: Input): Promise<ColumnProfile | null> {
  const name = input.optional('map');
  if (name === undefined) return null;
  const shipped = bankProfile(name);
  if (shipped !== undefined) return shipped;
  await context.actor();
  return (await (await context.store()).read((tx) => getProfile(tx, name))).profile;
}
