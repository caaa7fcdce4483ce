import type { Ability } from '../domain/access.ts';
import type { Check } from '../domain/problem.ts';
import type { ListView } from '../terminal/list.ts';
import type { Context } from './context.ts';

/**
 * A file, or standard input with `-`, of which the content counts and not the name; read with `context.readText`, or where it need not
 * be text as bytes: piece by piece (`binary`), or all at once with `context.readBytes` (`whole`).
 */
export interface FileSpec {
  readonly mostBytes: number;
  readonly binary?: true;
  readonly whole?: true;
}

export interface OptionSpec {
  /** As commander reads it: `--name <name>`, `--no-auto-replenish`. */
  readonly flags: string;
  readonly about: string;
  /** Asked for together with every other missing one (exit 2). */
  readonly required?: boolean;
  /** What it names is read. */
  readonly file?: FileSpec;
}

export interface ArgumentSpec {
  /** `ref`, or `ref...` for one or more. */
  readonly name: string;
  readonly about: string;
  readonly optional?: boolean;
  /** What it names is read. */
  readonly file?: FileSpec;
}

export interface Example {
  readonly command: string;
  readonly about: string;
}

/** What a command was given: arguments by name, options by their camel-case name. `many` splits an option at commas. */
export interface Input {
  /** A text that is certainly there (a required option or argument). */
  text(name: string): string;
  /** A text that may be absent. */
  optional(name: string): string | undefined;
  flag(name: string): boolean;
  many(name: string): readonly string[];
}

/** One command: what it takes, who may run it, and what it does. */
export interface Command {
  /** `fund create`, `login`. */
  readonly path: string;
  readonly summary: string;
  /** More for the help: rules, files, codes. */
  readonly details?: string;
  readonly arguments?: readonly ArgumentSpec[];
  readonly options?: readonly OptionSpec[];
  readonly examples: readonly Example[];
  /** `open` needs no login, `anyone` any login; otherwise the ability that is judged before missing flags are. */
  readonly access: 'open' | 'anyone' | Ability;
  /** Whether it changes the books, so that --dry-run and --read-only mean something. */
  readonly writes: boolean;
  /** For a command that only reads: with which inputs it writes after all. */
  readonly writesWith?: (input: Input) => boolean;
  /** Why it cannot be run under an idempotency key, where it cannot: what is secret must not be kept, not even as a hash. */
  readonly refusesKey?: (input: Input) => string | null;
  /** Exit codes that its access and writing do not tell. */
  readonly exits?: readonly (4 | 6 | 8 | 9 | 10 | 11 | 12)[];
  /** Name of its JSON document, `treasury.<name>/1`. */
  readonly document: string;
  run(context: Context, input: Input): Promise<Result>;
}

export interface Page {
  readonly next: string | null;
  readonly count: number;
  /** Decimal sums by currency, over all pages. */
  readonly totals: Readonly<Record<string, string>>;
}

export interface Result {
  /** Name of the document when it is another than the command's own: what became a proposal answers with `change`. */
  readonly document?: string;
  readonly data: object | readonly object[];
  /** The rows of --format jsonl, where the data are one document of several lists. */
  readonly jsonLines?: readonly object[];
  readonly page?: Page;
  readonly warnings?: readonly string[];
  /** 0 unless said: 8, 10 and 12 are successes that a script must notice. */
  readonly exitCode?: 0 | 8 | 10 | 12;
  readonly human: Human;
}

export interface CardLine {
  readonly label: string;
  readonly value: string;
  readonly kind?: 'money' | 'text' | 'time';
}

/** What people see instead of the JSON document. Parts are printed in this order; empty ones not at all. */
export interface Human {
  readonly list?: ListView<object> | undefined;
  readonly lines?: readonly string[];
  readonly card?: readonly CardLine[];
  readonly checks?: readonly Check[];
  /** Said on stderr and left out by --quiet: the next commands. */
  readonly next?: readonly string[];
}
