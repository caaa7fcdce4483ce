import fc from 'fast-check';
import { expect, test } from 'vitest';
import { GENESIS, nextLink, type Link } from '../../src/store/audit-chain.ts';
import { linkHash, readLink, VERSION } from '../../src/store/audit-hash.ts';
import { LinkedRuns } from '../../src/store/postgres/linked-runs.ts';

const CHAIN = 'fund:PETTY';

function links(count: number): Link[] {
  const chain: Link[] = [];
  for (let at = 0; at < count; at += 1) {
    const before = chain.at(-1);
    const head = { headSeq: before?.seq ?? 0, headHash: before?.hash ?? GENESIS, headAt: null };
    chain.push(nextLink(CHAIN, head, new Date(at), { actor: 'carol', action: 'fund.edited', subject: 'PETTY' }));
  }
  return chain;
}

const WHOLE = links(12);
const HEAD = { chain: CHAIN, headSeq: 12, headHash: WHOLE.at(-1)?.hash ?? '', fund: null };

/** Whether these links, in this order, are the whole chain. */
function reached(some: readonly Link[], head = HEAD): boolean {
  const runs = new LinkedRuns();
  return some.every((link) => runs.add(link)) && runs.reach(head);
}

const inAnyOrder = (some: readonly Link[]) => fc.shuffledSubarray([...some], { minLength: some.length });

test('links in any order are the whole chain', () => {
  fc.assert(fc.property(inAnyOrder(WHOLE), (some) => reached(some)));
});

test('no chain is whole with a link missing, twice there, or changed, in whatever order', () => {
  const at = fc.nat(WHOLE.length - 1);
  const other = 'f'.repeat(64);
  const changes: ((link: Link) => Link[])[] = [
    () => [],
    (link) => [link, link],
    (link) => [{ ...link, hash: other }],
    (link) => [{ ...link, previousHash: other }],
    (link) => [{ ...link, seq: link.seq + 1 }],
    (link) => [link, { ...link, seq: 13, previousHash: HEAD.headHash }],
    (link) => [link, { ...link, seq: 0, hash: GENESIS }],
  ];
  const changed = fc.tuple(at, fc.constantFrom(...changes)).map(([place, change]) => {
    return WHOLE.flatMap((link, index) => (index === place ? change(link) : [link]));
  });
  fc.assert(fc.property(changed.chain(inAnyOrder), (some) => !reached(some)));
});

test('a chain is whole at its head only', () => {
  expect(reached([], { ...HEAD, headSeq: 0, headHash: GENESIS })).toBe(true);
  expect(reached([])).toBe(false);
  expect(reached(WHOLE, { ...HEAD, headSeq: 11 })).toBe(false);
  expect(reached(WHOLE, { ...HEAD, headHash: GENESIS })).toBe(false);
  expect(reached(WHOLE.slice(0, 11), HEAD)).toBe(false);
});

test('a chain in a thousand pieces is left to the slower proof', () => {
  const runs = new LinkedRuns();
  const piece = (seq: number) => runs.add({ seq: seq * 2, previousHash: GENESIS, hash: GENESIS });
  expect(Array.from({ length: 1000 }, (_, seq) => piece(seq)).every(Boolean)).toBe(true);
  expect(piece(1000)).toBe(false);
});

test("a link's text is read back as what its hash was made of", () => {
  const [{ chain, seq, previousHash, body, hash }] = WHOLE as [Link];
  const text = `${VERSION}\n${chain}\n${seq}\n${previousHash}\n${body}`;
  expect(readLink(text)).toEqual({ chain, seq, previousHash, body });
  expect(linkHash(chain, seq, previousHash, body)).toBe(hash);
  for (const odd of ['', VERSION, `x${text}`, text.replace('\n1\n', '\none\n'), text.replace(`\n${body}`, '')])
    expect(readLink(odd)).toBeNull();
});
