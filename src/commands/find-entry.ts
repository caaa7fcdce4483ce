import { CATALOG } from './catalog.ts';
import type { Entry, Noun } from './section.ts';

/** The command of this name, such as `login`. */
export const findCommand = (name: string): Entry | undefined =>
  CATALOG.flatMap((section) => section.commands).find((entry) => entry.name === name);

/** The noun of this name, such as `fund`. */
export const findNoun = (name: string): Noun | undefined =>
  CATALOG.flatMap((section) => section.nouns).find((noun) => noun.name === name);

/** The verbs of a noun that begin with the same of two words, as a noun of their own: `user totp`. */
export function findGroup(noun: Noun, word: string): Noun | undefined {
  const summary = noun.groups?.[word];
  if (summary === undefined) return undefined;
  const verbs = noun.verbs.flatMap(({ name, load }) => {
    const [group, verb] = name.split(' ');
    return group === word && verb !== undefined ? [{ name: verb, load }] : [];
  });
  return { name: `${noun.name} ${word}`, summary, verbs };
}

/** The words that may follow a noun, each once. */
export const verbWords = (noun: Noun): string[] => [...new Set(noun.verbs.map(({ name }) => name.split(' ')[0] ?? ''))];

/** Every word that may stand first, each once. */
export const firstWords = (): string[] => [
  ...new Set(CATALOG.flatMap((section) => [...section.commands, ...section.nouns]).map(({ name }) => name)),
];
