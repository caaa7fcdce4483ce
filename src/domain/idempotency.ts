import { ABILITIES, covers, type Ability, type Actor, type Reach } from './access.ts';
import { Problem, usage } from './problem.ts';
import { quoted } from './quoted.ts';

const KEY = /^[!-~]{1,128}$/;

/** Refuses (IDEMPOTENCY_KEY_INVALID, exit 2) what is no key. */
export function requireUsableKey(key: string): void {
  if (KEY.test(key)) return;
  throw usage(
    'IDEMPOTENCY_KEY_INVALID',
    `${quoted(key)} is no idempotency key: 1 to 128 letters, digits and signs, without blanks.`,
    { unchanged: 'Nothing was changed.', fix: '--idempotency-key "$(uuidgen)"' },
  );
}

/** What a key was first used for. */
export interface KeptRequest {
  readonly command: string;
  readonly requestHash: string;
  readonly createdAt: Date;
}

/**
 * Refuses (IDEMPOTENCY_KEY_REUSED, exit 7) a key for another request than its first. What that was given is not told: it is
 * only kept as a hash.
 */
export function requireSameRequest(key: string, kept: KeptRequest, asked: Omit<KeptRequest, 'createdAt'>): void {
  if (kept.command === asked.command && kept.requestHash === asked.requestHash) return;
  const how = kept.command === asked.command ? 'with other arguments' : 'for another command';
  throw new Problem(
    'conflict',
    'IDEMPOTENCY_KEY_REUSED',
    `The key ${quoted(key)} was used for treasury ${kept.command} at ${kept.createdAt.toISOString()}, and now ${how}.`,
    {
      unchanged: 'Nothing was changed.',
      fix: 'give each request a key of its own; the same arguments get the answer of that time again',
      retryable: false,
    },
  );
}

/** Where a person may do what a command takes: with its answer, this is kept of them. */
export const reachOf = ({ grants }: Pick<Actor, 'grants'>, access: Ability | 'anyone'): Reach[] =>
  access === 'anyone'
    ? []
    : grants
        .filter(({ role }) => ABILITIES[access].some((one) => one === role))
        .map(({ companyId, regionId, branchId }) => ({ companyId, regionId, branchId }));

/**
 * Refuses (REACH_LOST, exit 5) to answer again once a role does not reach any more wherever it did when this was done: at which of
 * those places it was done, the answer need not tell. That the person holds a role at all is judged before.
 */
export function requireReach(
  actor: Pick<Actor, 'grants' | 'username'>,
  access: Ability | 'anyone',
  places: readonly Reach[],
): void {
  const now = reachOf(actor, access);
  if (places.every((place) => now.some((one) => covers(one, place)))) return;
  throw new Problem(
    'forbidden',
    'REACH_LOST',
    `This was done with a role of ${actor.username} at a place that their roles do not reach any more.`,
    {
      unchanged: 'Nothing was done again; what was done stays as it is.',
      fix: 'ask a person of that place, or an admin for a role there',
    },
  );
}
