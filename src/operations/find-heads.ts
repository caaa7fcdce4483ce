import { failed } from '../domain/check.ts';
import { Problem, usage } from '../domain/problem.ts';
import { findLinks, type FoundHead } from '../store/audit-heads.ts';
import type { ChainProof } from '../store/audit-proof.ts';
import type { Store } from '../store/store.ts';

/**
 * Finds heads that were kept outside the database in chains that have been proved. Throws integrity HEAD_UNKNOWN with each that
 * stands in none of them: that chain was rewritten or cut off after it was kept. Throws usage HEAD_AMBIGUOUS for a beginning of
 * several.
 */
export async function findHeads(
  store: Store,
  heads: readonly string[],
  proved: readonly ChainProof[],
): Promise<FoundHead[]> {
  const lengths = new Map(proved.map(({ chain, events }) => [chain, events]));
  const found: FoundHead[] = [];
  const unknown: string[] = [];
  for (const head of heads) {
    const [link, another] = await store.read((tx) => findLinks(tx, head, [...lengths.keys()]));
    if (link === undefined) unknown.push(head);
    else if (another !== undefined) throw ambiguous(head, [link, another]);
    else {
      const { chain, seq, hash, at } = link;
      found.push({ head: hash, chain, seq, at, since: (lengths.get(chain) ?? seq) - seq });
    }
  }
  if (unknown.length > 0) throw headUnknown(unknown, [...lengths.keys()]);
  return found;
}

function headUnknown(heads: readonly string[], chains: readonly string[]): Problem {
  const where = chains.length === 1 ? `chain ${chains[0]}` : `any of ${chains.length} chains`;
  const say = (head: string): string => `${head} is not the hash of an event in ${where}.`;
  const [first = ''] = heads;
  return new Problem(
    'integrity',
    'HEAD_UNKNOWN',
    heads.length === 1 ? say(first) : `${heads.length} heads are unknown.`,
    {
      unchanged:
        'Nothing was changed. Either it was not copied right, or events were rewritten or cut off since it was kept.',
      fix: 'compare it with the mail; if it is the same, keep a copy of the database and do not pay: treasury doctor',
      checks: heads.map((head) => failed('head', 'HEAD_UNKNOWN', say(head), {}, { head })),
    },
  );
}

const ambiguous = (head: string, links: readonly { chain: string; seq: number; hash: string }[]): Problem =>
  usage('HEAD_AMBIGUOUS', `${head} is the beginning of more than one head.`, {
    unchanged: 'Nothing was verified.',
    fix: 'give more of its digits',
    faults: links.map(({ chain, seq, hash }) => `${hash}: ${chain}, event ${seq}`),
  });
