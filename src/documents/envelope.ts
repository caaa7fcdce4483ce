import type { Check, ProblemDetails } from '../domain/problem.ts';

/** Who asked, when it was answered, and whether anything was kept. */
export interface Meta {
  readonly actor: string | null;
  readonly at: string;
  readonly dry_run: boolean;
  readonly replayed: boolean;
  readonly version: string;
}

/** What a command answers with `--json` when it worked (exit 0, 8, 10 and 12). */
export interface SuccessEnvelope {
  readonly schema: string;
  readonly ok: true;
  readonly data: object;
  /** Null where the data are no list in pages. */
  readonly page: object | null;
  readonly warnings: readonly string[];
  readonly meta: Meta;
}

/** What a command answers with `--json` when it did not. */
export interface ErrorEnvelope {
  readonly schema: 'treasury.error/1';
  readonly ok: false;
  readonly error: {
    readonly code: string;
    readonly exit_code: number;
    readonly message: string;
    readonly retryable: boolean;
    readonly checks: readonly Check[];
    readonly unchanged: string | null;
    readonly fix: string | null;
    readonly faults: readonly string[];
  };
  readonly warnings: readonly string[];
  readonly meta: Meta;
}

/** The envelope around the documents of a command: every key is there, `page` null where they are no list in pages. */
export const successEnvelope = (answer: {
  document: string;
  data: object;
  page?: object | undefined;
  warnings: readonly string[];
  meta: Meta;
}): SuccessEnvelope => ({
  schema: `treasury.${answer.document}/1`,
  ok: true,
  data: answer.data,
  page: answer.page ?? null,
  warnings: answer.warnings,
  meta: answer.meta,
});

/** A refusal or failure as a command gives it to people and scripts alike. */
export interface Failure {
  readonly code: string;
  readonly exitCode: number;
  readonly message: string;
  readonly retryable: boolean;
  readonly details: ProblemDetails;
}

/** The envelope around a failure: every key is there, empty or null when it says nothing. */
export const errorEnvelope = (failure: Failure, warnings: readonly string[], meta: Meta): ErrorEnvelope => ({
  schema: 'treasury.error/1',
  ok: false,
  error: {
    code: failure.code,
    exit_code: failure.exitCode,
    message: failure.message,
    retryable: failure.retryable,
    checks: failure.details.checks ?? [],
    unchanged: failure.details.unchanged ?? null,
    fix: failure.details.fix ?? null,
    faults: failure.details.faults ?? [],
  },
  warnings,
  meta,
});
