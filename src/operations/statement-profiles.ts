import { notFound } from '../domain/problem.ts';
import { quoted } from '../domain/quoted.ts';
import { findProfile, listProfiles, type StoredProfile } from '../store/statement-profiles.ts';
import type { Tx } from '../store/transaction.ts';
import { BANK_PROFILES, bankProfile } from '../statements/bank-profiles.ts';
import { readProfile, type ColumnProfile } from '../statements/column-profile.ts';

/** A column profile: one of the office, or one that comes with the tool, which nobody made. */
export interface ProfileView {
  readonly profile: ColumnProfile;
  readonly made: { readonly by: string; readonly at: Date } | null;
}

/** Every profile there is: those that come with the tool, then those of the office, by name. */
export async function allProfiles(tx: Tx): Promise<ProfileView[]> {
  const shipped = BANK_PROFILES.map((profile) => ({ profile, made: null }));
  return [...shipped, ...(await listProfiles(tx)).map(viewOf)];
}

/** The profile of this name. Throws not found with the names that there are. */
export async function getProfile(tx: Tx, name: string): Promise<ProfileView> {
  const shipped = bankProfile(name);
  if (shipped !== undefined) return { profile: shipped, made: null };
  const own = await findProfile(tx, name);
  if (own !== undefined) return viewOf(own);
  const names = (await allProfiles(tx)).map(({ profile }) => profile.name);
  throw notFound('profile', `${quoted(name)}; there are ${names.join(', ')}`, 'treasury reconcile profile list');
}

const viewOf = ({ body, createdBy, createdAt }: StoredProfile): ProfileView => ({
  profile: readProfile(JSON.parse(body)),
  made: { by: createdBy, at: createdAt },
});
