import { findNoun, verbWords } from './find-entry.ts';

/** More than these are no help. */
const MOST = 4;

/**
 * What a first word that is no command was meant for, as command lines say it: a verb before its noun (`list payments`).
 * Null when it is none.
 */
export function nounBehind(word: string, next: string | undefined): string | null {
  const noun = next === undefined ? undefined : (findNoun(next) ?? findNoun(next.replace(/s$/, '')));
  return noun !== undefined && verbWords(noun).includes(word) ? `treasury ${noun.name} ${word}` : null;
}

/** The few known words that begin with what was typed (`pay`), or null. */
export function longerWords(word: string, known: readonly string[]): string | null {
  const longer = known.filter((name) => name.startsWith(word));
  return longer.length === 0 || longer.length > MOST ? null : longer.join(' or ');
}
