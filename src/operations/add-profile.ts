import { requireAbility, type Actor } from '../domain/access.ts';
import { isoDay } from '../domain/day.ts';
import { Problem, usage } from '../domain/problem.ts';
import { requirePerson } from '../domain/token.ts';
import { canonicalJson, recordOfficeEvent } from '../store/audit-chain.ts';
import { getOfficeZone, lockOffice } from '../store/office.ts';
import { findProfile, insertProfile } from '../store/statement-profiles.ts';
import type { Store } from '../store/store.ts';
import { bankProfile } from '../statements/bank-profiles.ts';
import { readProfile, type ColumnProfile } from '../statements/column-profile.ts';
import { atLine } from '../statements/faults.ts';
import type { ProvedStatement } from '../statements/proof.ts';
import { readStatements } from '../statements/read-statements.ts';
import type { StatementHeader, StatementLine } from '../statements/statement.ts';
import type { ProfileView } from './statement-profiles.ts';

/** What a profile makes of a file: its first lines, and whether it holds. */
export interface ProfileSample {
  readonly header: StatementHeader;
  readonly lines: readonly StatementLine[];
  readonly statement: ProvedStatement;
}

export interface ProfileRequest {
  /** The profile as it is written down (see column-profile.ts). */
  readonly written: Readonly<Record<string, unknown>>;
  /** A file that it is to read. */
  readonly pieces: () => Iterable<Uint8Array>;
}

const SHOWN_LINES = 10;

/**
 * Adds a column profile to the office, for ever, by a person who may reconcile, once it has read a file that holds.
 * Throws usage PROFILE_INVALID with every fault, or for a file that it cannot read; refused PROFILE_DOES_NOT_HOLD where balances
 * contradict what it reads; conflict PROFILE_EXISTS; forbidden.
 */
export async function addProfile(
  store: Store,
  actor: Actor,
  { written, pieces }: ProfileRequest,
): Promise<{ view: ProfileView; sample: ProfileSample }> {
  requireAbility(actor, 'reconcile.run');
  requirePerson(actor);
  const profile = readProfile(written);
  const { name } = profile;
  if (bankProfile(name) !== undefined) throw taken(name, 'comes with the tool');
  const office = await store.read(async (tx) => ({ ...(await getOfficeZone(tx)), today: isoDay(tx.now) }));
  const sample = await readSample(profile, pieces(), office);
  refuseContradictions(name, sample);
  return store.write(async (tx) => {
    await lockOffice(tx);
    if ((await findProfile(tx, name)) !== undefined) throw taken(name, 'is there, and never changes');
    const body = canonicalJson(written);
    await insertProfile(tx, { name, body, createdBy: actor.userId, createdAt: tx.now });
    await recordOfficeEvent(tx, {
      actor: actor.username,
      action: 'profile.added',
      subject: name,
      origin: actor.origin,
      payload: { profile: written },
    });
    return { view: { profile, made: { by: actor.username, at: tx.now } }, sample };
  });
}

const taken = (name: string, why: string): Problem =>
  new Problem('conflict', 'PROFILE_EXISTS', `The profile ${name} ${why}.`, {
    unchanged: 'Nothing was saved.',
    fix: `give another name; what it says: treasury reconcile profile show ${name}`,
  });

async function readSample(
  profile: ColumnProfile,
  pieces: Iterable<Uint8Array>,
  { currency, today }: { readonly currency: string; readonly today: string },
): Promise<ProfileSample> {
  const lines: StatementLine[] = [];
  const { statements } = await readStatements(pieces, {
    ...{ type: null, profile, currency, today },
    onLine: (line) => {
      if (lines.length < SHOWN_LINES) lines.push(line);
    },
  });
  const [statement] = statements;
  if (statement === undefined || statement.lines === 0) {
    throw usage('SAMPLE_EMPTY', 'The sample has the columns, but no line: it shows nothing.', {
      unchanged: 'Nothing was saved.',
      fix: 'give a statement with some lines as --sample',
    });
  }
  return { header: statement.header, lines, statement };
}

function refuseContradictions(name: string, { statement: { contradictions } }: ProfileSample): void {
  if (contradictions.length === 0) return;
  throw new Problem(
    'refused',
    'PROFILE_DOES_NOT_HOLD',
    `What the profile ${name} reads in the sample contradicts itself: sign, columns or order are others than it says.`,
    {
      unchanged: 'Nothing was saved.',
      faults: contradictions.map(({ position, message }) => atLine(position, message)),
      fix: 'treasury reconcile profile add --help',
    },
  );
}
