import type { Actor } from '../domain/access.ts';
import type { Shown } from '../domain/change.ts';
import { recordOfficeEvent } from '../store/audit-chain.ts';
import { voidAllLiveChallenges } from '../store/challenges.ts';
import { lockOffice, updateOffice } from '../store/office.ts';
import { putLetters } from '../store/outbox.ts';
import type { Store } from '../store/store.ts';
import { endAllEnrolments } from '../store/totp.ts';
import type { Tx } from '../store/transaction.ts';
import { lockOfficeAs } from './manage-office.ts';
import { ownTotpLetter } from './totp-letters.ts';
import {
  alone,
  happeningBy,
  needsTwo,
  payloadOf,
  propose,
  type Authority,
  type ChangeKind,
  type Proposed,
} from './two-people.ts';

export interface PepperReplaced {
  readonly before: string;
  readonly after: string;
  readonly codesVoided: number;
  /** Usernames of those who have to enrol their apps again. */
  readonly unenrolled: readonly string[];
}

/**
 * Puts the pepper of another fingerprint into force, whose file lies ready: a change for two once the office has paid. The old one is
 * not needed, it may be lost. Every live code, every app and every recovery code ends. Throws forbidden for anyone but an admin.
 */
export async function replacePepper(
  store: Store,
  admin: Actor,
  request: { fingerprint: string; reason: string | null },
): Promise<PepperReplaced | Proposed> {
  const { fingerprint, reason } = request;
  return store.write(async (tx) => {
    const { pepperFingerprint } = await lockOfficeAs(tx, admin);
    if (!(await needsTwo(tx))) return putInForce(tx, alone(admin), fingerprint);
    return propose(tx, admin, {
      kind: pepperChange,
      subject: 'pepper',
      subjectUserId: null,
      place: null,
      before: shown(pepperFingerprint),
      after: { ...shown(fingerprint), ends: 'live codes, enrolled apps and recovery codes' },
      payload: { fingerprint },
      reason,
    });
  });
}

const shown = (fingerprint: string): Shown => ({ fingerprint });

export const pepperChange: ChangeKind = {
  kind: 'pepper.replace',
  ofPerson: false,
  present: async (tx) => shown((await lockOffice(tx)).pepperFingerprint),
  apply: async (tx, authority, change) => {
    await lockOfficeAs(tx, authority.actor);
    const { fingerprint } = payloadOf<{ fingerprint: string }>(change);
    const { codesVoided, unenrolled } = await putInForce(tx, authority, fingerprint);
    return {
      lines: [endedLine(codesVoided, unenrolled), CARRY_LINE],
      next: ['treasury pepper show'],
    };
  },
};

/** What ended with the old pepper, for people. */
export const endedLine = (codesVoided: number, unenrolled: readonly string[]): string =>
  unenrolled.length === 0
    ? `Live codes voided: ${codesVoided}. Nobody had enrolled an app.`
    : `Live codes voided: ${codesVoided}. To enrol their apps again: ${unenrolled.join(', ')}.`;

/** When the new file is used, for people. */
export const TAKEN_LINE =
  'This machine takes it into use by itself, at the first command that needs it once its fingerprint is in force.';

/** What has to be done with the new file where an office has several machines. */
export const CARRY_LINE =
  'Every other machine of this office needs the new file too: copy it there beside the pepper file, under its name and .next, mode 0600. Without it no code can be sent or checked on that machine.';

async function putInForce(tx: Tx, authority: Authority, after: string): Promise<PepperReplaced> {
  const { pepperFingerprint: before } = await lockOffice(tx);
  await updateOffice(tx, { pepperFingerprint: after, pepperReplacedAt: tx.now });
  const codesVoided = await voidAllLiveChallenges(tx);
  const ended = await endAllEnrolments(tx, 'pepper_replaced');
  const payload = {
    before,
    after,
    codes_voided: codesVoided,
    totp_ended: ended.inForce.map(({ username }) => username),
    recovery_codes_voided: ended.recoveryCodes,
  };
  await recordOfficeEvent(tx, happeningBy(authority, { action: 'pepper.replaced', subject: 'pepper', payload }));
  await putLetters(
    tx,
    ended.inForce.map((person) => ownTotpLetter(person, 'pepper_replaced')),
  );
  return { before, after, codesVoided, unenrolled: ended.inForce.map(({ username }) => username) };
}
