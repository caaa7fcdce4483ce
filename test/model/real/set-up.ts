import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, unlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Origin, Place } from '../../../src/domain/access.ts';
import { pepperFingerprint } from '../../../src/gateways/pepper-file.ts';
import { tokenHashOf } from '../../../src/operations/authenticate.ts';
import { recordOfficeEvent } from '../../../src/store/audit-chain.ts';
import { insertOffice } from '../../../src/store/office.ts';
import { insertGrants, insertUser } from '../../../src/store/people.ts';
import { insertPlace } from '../../../src/store/places.ts';
import { insertSession } from '../../../src/store/sessions.ts';
import { insertToken } from '../../../src/store/tokens.ts';
import type { Tx } from '../../../src/store/transaction.ts';
import { ZONES } from '../random-office.ts';
import { HOUR, the, type Person, type Spot, type Token, type World } from '../world.ts';

/** The pepper of every office, which is nobody's. */
const PEPPER = createHash('sha256').update('model').digest();

/** Where somebody's session is kept. */
export const sessionFile = (home: string, name: string): string => path.join(home, name);

/** Where the token is kept that somebody has from the start. */
export const firstTokenFile = (home: string, name: string): string => path.join(home, `${name}.token`);

/** Makes the files of an office, and takes away what another one left there. */
export function setUpFiles(home: string, world: World): void {
  mkdirSync(home, { recursive: true, mode: 0o700 });
  for (const file of readdirSync(home)) if (file.endsWith('.token')) unlinkSync(path.join(home, file));
  const keep = (file: string, text: string): void => writeFileSync(file, text, { mode: 0o600 });
  keep(path.join(home, 'pepper'), PEPPER.toString('base64'));
  for (const { name, tokens } of world.people.values()) {
    keep(sessionFile(home, name), secretOf(name));
    if (tokens.length > 0) keep(firstTokenFile(home, name), secretOf(`${name}.token`));
  }
}

/** 256 bits like any session's, which everybody may know here. */
const secretOf = (name: string): string => createHash('sha256').update(name).digest('base64url');

/** Makes the office of a world, before anybody does anything, in an empty database. */
export async function setUpOffice(tx: Tx, world: World): Promise<void> {
  await insertOffice(tx, {
    currency: 'KES',
    timezone: ZONES.find(({ ahead }) => ahead === world.ahead)?.name ?? 'UTC',
    mailUrl: 'file:/nowhere',
    mailFrom: 'treasury@acme.example',
    pepperFingerprint: pepperFingerprint(PEPPER),
  });
  const places = await setUpPlaces(tx, world);
  for (const person of world.people.values()) await setUpPerson(tx, places, person);
}

async function setUpPerson(tx: Tx, places: ReadonlyMap<string, Place>, person: Person): Promise<void> {
  const { name, email, phone, displayName, password, grants, tokens } = person;
  const passwordHash = `plain:${password}`;
  const userId = await insertUser(tx, { username: name, email, phone, displayName, passwordHash });
  const roles = grants.map(({ role }) => role);
  const at = grants[0]?.at ?? null;
  const place = at === null ? null : the(places, placeKey(at));
  const until = grants[0]?.until ?? null;
  const endsAt = until === null ? null : new Date(until);
  await insertGrants(tx, { userId, roles, place, grantedBy: 'set-up', endsAt });
  const expiresAt = new Date(tx.now.getTime() + 12 * HOUR);
  const tokenHash = tokenHashOf(secretOf(name));
  await insertSession(tx, { userId, tokenHash, openedAt: tx.now, expiresAt, origin: 'set-up' });
  for (const token of tokens) await setUpToken(tx, { userId, name, token });
}

/** A token for cron, with the event that says who made it. */
async function setUpToken(
  tx: Tx,
  { userId, name, token: { scopes, endsAt } }: { userId: string; name: string; token: Token },
): Promise<void> {
  const secretHash = tokenHashOf(secretOf(`${name}.token`));
  const expiresAt = new Date(endsAt);
  const { ref } = await insertToken(tx, { userId, name: 'cron', secretHash, scopes: scopes.join(','), expiresAt });
  const origin: Origin = { ipAddress: null, userAgent: 'set-up' };
  const payload = { name: 'cron', owner: name, scopes, expires_at: expiresAt };
  await recordOfficeEvent(tx, { actor: name, action: 'token.created', subject: ref, origin, payload });
}

const placeKey = ({ company, region, branch }: Spot): string => [company, region, branch].join('/');

/** The places of a world by their codes; each stands after those above it. */
async function setUpPlaces(tx: Tx, { places }: World): Promise<Map<string, Place>> {
  const found = new Map<string, Place>();
  for (const spot of places) {
    const { company, region, branch } = spot;
    const above: Spot = { company, region: branch === null ? null : region, branch: null };
    const within = branch === null && region === null ? null : the(found, placeKey(above));
    const kind = branch !== null ? 'branch' : region !== null ? 'region' : 'company';
    const code = branch ?? region ?? company;
    const id = await insertPlace(tx, { kind, code, name: `${code} place`, within });
    const { companyId, regionId = null } = within ?? { companyId: id };
    found.set(placeKey(spot), {
      companyId,
      regionId: kind === 'region' ? id : regionId,
      branchId: kind === 'branch' ? id : null,
    });
  }
  return found;
}
