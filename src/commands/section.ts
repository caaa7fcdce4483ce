import type { Command } from './command.ts';

/** One command that exists; its file is read only when it is asked for. */
export interface Entry {
  /** The word that names it; of a verb also two words, such as `totp enroll`. */
  readonly name: string;
  readonly load: () => Promise<{ readonly command: Command }>;
}

/** A noun with its verbs. */
export interface Noun {
  readonly name: string;
  readonly summary: string;
  readonly verbs: readonly Entry[];
  /** What verbs with the same first of two words are about, by that word. */
  readonly groups?: Readonly<Record<string, string>>;
}

/** Commands that belong together, under one heading of the help. */
export interface Section {
  readonly heading: string;
  readonly commands: readonly Entry[];
  readonly nouns: readonly Noun[];
}
