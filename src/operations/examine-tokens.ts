import { advice, fine, type Finding } from '../domain/finding.ts';
import type { Store } from '../store/store.ts';
import { listTokens, type TokenView } from '../store/tokens.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const UNUSED_DAYS = 90;
const ENDS_SOON_DAYS = 7;

/** Tokens that nobody seems to need, and those that end soon. */
export async function examineTokens(store: Store, now: Date): Promise<Finding[]> {
  const { rows } = await store.read((tx) => listTokens(tx, { state: 'active' }, { limit: 0, after: null }));
  const unusedSince = new Date(now.getTime() - UNUSED_DAYS * DAY_MS);
  const soon = new Date(now.getTime() + ENDS_SOON_DAYS * DAY_MS);
  const idle = rows.filter(({ token }) => (token.lastUsedAt ?? token.createdAt) < unusedSince);
  const ending = rows.filter(({ token }) => token.expiresAt <= soon);
  const [unneeded] = idle;
  return [
    unneeded === undefined
      ? fine('unused_tokens', `Every token was made or used within ${UNUSED_DAYS} days.`)
      : advice(
          'unused_tokens',
          `Not used for ${UNUSED_DAYS} days: ${named(idle)}.`,
          `treasury token revoke ${unneeded.token.ref} --user ${unneeded.owner}`,
        ),
    ending.length === 0
      ? fine('ending_tokens', `No token ends within ${ENDS_SOON_DAYS} days.`)
      : advice(
          'ending_tokens',
          `These end within ${ENDS_SOON_DAYS} days: ${named(ending)}.`,
          'their people make others: treasury token create NAME --scope SCOPE --out FILE',
        ),
  ];
}

const named = (views: readonly TokenView[]): string =>
  views.map(({ token, owner }) => `${token.name} of ${owner}`).join(', ');
