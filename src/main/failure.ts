import type { Failure } from '../documents/envelope.ts';
import { Problem, type ProblemKind } from '../domain/problem.ts';

/** A refusal as people and scripts get it; whatever is no Problem is a bug (exit 1). */
export const failureOf = (error: unknown, exitCodes: Readonly<Record<ProblemKind, number>>): Failure => {
  if (error instanceof Problem) {
    return {
      code: error.code,
      exitCode: error.details.exitCode ?? exitCodes[error.kind],
      message: error.message,
      retryable: error.details.retryable ?? error.kind === 'conflict',
      details: error.details,
    };
  }
  return {
    code: 'BUG',
    exitCode: 1,
    message: `This is a bug in treasury: ${withoutParameters(messageOf(error))}`,
    retryable: false,
    details: { fix: 'run it again with --debug, and report what it prints' },
  };
};

/** The stack of an error and of what caused it, for --debug: values bound to statements are left out. */
export const stackOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  const own = withoutParameters(error.stack ?? error.message);
  return error.cause === undefined ? own : `${own}\nCaused by: ${stackOf(error.cause)}`;
};

/** A failed query's own message repeats the whole statement; what the database said is in its cause. */
const messageOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  return error.message.startsWith('Failed query') && error.cause instanceof Error ? error.cause.message : error.message;
};

/** Drizzle puts the parameters of a failed query into its message: payees, amounts, hashes. */
const withoutParameters = (text: string): string =>
  text.replaceAll(/\bparams: .*?(?=\n\s+at |$)/gs, 'params: (left out)');
