import type { Failure } from '../documents/envelope.ts';
import { Problem, type ProblemDetails, type ProblemKind } from '../domain/problem.ts';

/**
 * A refusal as people and scripts get it; whatever is no Problem is a bug (exit 1). Each says what did not happen and what to type
 * next, also where who refused had nothing of its own to say of it. `command` is what was asked for, as far as it was understood.
 */
export const failureOf = (
  error: unknown,
  exitCodes: Readonly<Record<ProblemKind, number>>,
  command: string | null,
): Failure => {
  if (error instanceof Problem) {
    return {
      code: error.code,
      exitCode: error.details.exitCode ?? exitCodes[error.kind],
      message: error.message,
      retryable: error.details.retryable ?? error.kind === 'conflict',
      details: wholeDetails(error, command),
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

function wholeDetails({ kind, details }: Problem, command: string | null): ProblemDetails {
  const unchanged = details.unchanged ?? (CHANGE_NOTHING.has(kind) ? 'Nothing was changed.' : undefined);
  const help = kind === 'usage' ? `treasury ${command === null ? '' : `${command} `}--help` : undefined;
  const fix = details.fix ?? fixOf(details) ?? help;
  return { ...details, ...(unchanged === undefined ? {} : { unchanged }), ...(fix === undefined ? {} : { fix }) };
}

/** What is refused for these reasons has changed nothing, whoever says so. */
const CHANGE_NOTHING: ReadonlySet<ProblemKind> = new Set(['usage', 'not_found']);

/** What the first failing check that asks for something asks for. */
const fixOf = ({ checks = [] }: ProblemDetails): string | undefined => {
  for (const { ok, fix } of checks) {
    if (ok !== false || fix === null) continue;
    if (fix.command !== null) return fix.command;
    if (fix.who.length > 0) return `ask ${fix.who.join(', ')}`;
  }
  return undefined;
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
