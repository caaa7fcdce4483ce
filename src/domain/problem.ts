/** What went wrong, as one of few kinds; each kind is exactly one exit code (mapped in main.ts). */
export type ProblemKind =
  | 'usage'
  | 'not_found'
  | 'auth'
  | 'forbidden'
  | 'refused'
  | 'conflict'
  | 'pending'
  | 'external'
  | 'integrity'
  | 'cancelled';

/** What to do about a failing check: the exact command, or the people who can act. */
export interface Fix {
  readonly command: string | null;
  readonly who: readonly string[];
}

/** One judged rule. `ok: null` means not judged, because an earlier check makes it meaningless. */
export interface Check {
  readonly id: string;
  readonly ok: boolean | null;
  readonly code: string | null;
  readonly message: string;
  readonly fix: Fix | null;
  readonly facts: Readonly<Record<string, string | number | boolean | null>>;
}

export interface ProblemDetails {
  /** What did not happen, for people: "Nothing was paid." */
  readonly unchanged?: string;
  /** The exact command that fixes it, or shows the next step. */
  readonly fix?: string;
  readonly checks?: readonly Check[];
  /** The checks are what was asked for: people see the passed ones too. */
  readonly everyCheck?: boolean;
  readonly retryable?: boolean;
  /** Several faults of one input, each said in full. */
  readonly faults?: readonly string[];
  /** Overrides the exit code of the kind, where CLI.md says so. */
  readonly exitCode?: number;
}

/** The one error that the tool throws on purpose. Anything else that is thrown is a bug (exit 1). */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly kind: ProblemKind;
  readonly code: string;
  readonly details: ProblemDetails;

  constructor(kind: ProblemKind, code: string, message: string, details: ProblemDetails = {}) {
    super(message);
    this.kind = kind;
    this.code = code;
    this.details = details;
  }
}

/** A wrong word, flag or figure on the command line: nothing was changed. */
export const usage = (code: string, message: string, details: ProblemDetails = {}): Problem =>
  new Problem('usage', code, message, details);

/** A thing that does not exist, or that this person may not know of. */
export const notFound = (noun: string, named: string, fix?: string): Problem =>
  new Problem('not_found', `${noun.toUpperCase().replaceAll(' ', '_')}_NOT_FOUND`, `There is no ${noun} ${named}.`, {
    unchanged: 'Nothing was changed.',
    ...(fix === undefined ? {} : { fix }),
  });
