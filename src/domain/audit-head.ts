import { usage } from './problem.ts';
import { quoted } from './quoted.ts';

const SHORTEST = 12;
const HASH_LENGTH = 64;

/**
 * Audit heads as people copy them out of mails and prints: whole, or at least their first twelve digits, in any case. Throws usage
 * HEAD_INVALID with every one that is no head.
 */
export function readHeads(texts: readonly string[]): string[] {
  const faults = texts.flatMap((text) =>
    isHead(headIn(text))
      ? []
      : [`${quoted(text)} is not a head: its ${HASH_LENGTH} hexadecimal digits, or at least the first ${SHORTEST}`],
  );
  if (faults.length === 0) return [...new Set(texts.map(headIn))];
  throw usage('HEAD_INVALID', faults.length === 1 ? `${faults[0]}.` : `${faults.length} texts are not audit heads.`, {
    unchanged: 'Nothing was verified.',
    fix: 'copy it from the mail of a code, or from treasury audit verify',
    faults,
  });
}

const headIn = (text: string): string => text.trim().toLowerCase();

const isHead = (head: string): boolean =>
  /^[0-9a-f]+$/.test(head) && head.length >= SHORTEST && head.length <= HASH_LENGTH;
