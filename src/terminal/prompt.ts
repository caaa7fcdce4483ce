import { parseAmount } from '../domain/money.ts';
import { Problem } from '../domain/problem.ts';
import { normalRecoveryCode } from '../domain/recovery-code.ts';
import { visible } from './clean.ts';
import { wrapTo } from './wrap.ts';

export interface Surroundings {
  readonly stdinTty: boolean;
  readonly stderrTty: boolean;
  /** `--no-input`. */
  readonly noInput: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Whether a person can be asked: stdin and stderr are terminals, and neither `--no-input` nor CI says otherwise. */
export const canPrompt = ({ stdinTty, stderrTty, noInput, env }: Surroundings): boolean =>
  stdinTty && stderrTty && !noInput && (env['CI'] ?? '') === '';

/** Asks a question that only `y` or `yes` confirms; Enter means no. */
export const askYes = async ({ message }: { readonly message: string }): Promise<boolean> => {
  const answer = await ask({ type: 'input', message: `${visible(message)} (y/N)` });
  return /^y(es)?$/i.test(answer.trim());
};

export interface AmountQuestion {
  readonly message: string;
  readonly expected: { readonly minor: number; readonly currency: string };
}

/** Asks for an amount to be typed, with or without commas. True when it is the expected one; Enter alone means no. */
export const askAmount = async ({ message, expected }: AmountQuestion): Promise<boolean> => {
  const validate = (typed: string) =>
    typed.trim() === '' || isAmount(typed, expected) ? true : 'not that amount; Enter alone stops';
  const answer = await ask({ type: 'input', message: visible(message), validate });
  return isAmount(answer, expected);
};

const isAmount = (typed: string, { minor, currency }: AmountQuestion['expected']): boolean => {
  try {
    return parseAmount(typed.trim(), currency) === minor;
  } catch (error) {
    if (error instanceof Problem) return false;
    throw error;
  }
};

/** Asks for text; Enter alone gives ''. */
export const askText = ({ message }: { readonly message: string }): Promise<string> =>
  ask({ type: 'input', message: visible(message) });

/** Asks for a secret, shown as stars. */
export const askSecret = ({ message }: { readonly message: string }): Promise<string> =>
  ask({ type: 'password', mask: '*', toggleMask: false, message: visible(message) });

/** Where a code comes from: another can be mailed on `r`; in place of one of the app a recovery code will do, but not as its first. */
export type CodeSource = 'mail' | 'app' | 'new_app';

export interface CodeQuestion {
  readonly message: string;
  readonly source: CodeSource;
  readonly expiresAt: Date;
  readonly now: () => Date;
}

const HINTS: Readonly<Record<CodeSource, { first: string; again: string }>> = {
  mail: { first: 'r = resend, q = quit', again: 'six digits, or r = resend, q = quit' },
  app: { first: 'a recovery code will do too, q = quit', again: 'six digits or a recovery code, q = quit' },
  new_app: { first: 'q = quit', again: 'six digits, or q = quit' },
};

export type CodeAnswer =
  | { readonly kind: 'code'; readonly code: string }
  | { readonly kind: 'resend' }
  | { readonly kind: 'quit' }
  | { readonly kind: 'expired' };

/** Asks for a code until its deadline, with a live countdown; `r` has another one mailed, `q` quits. */
export const askCode = async (question: CodeQuestion): Promise<CodeAnswer> => {
  const streams = terminalStreams();
  const codePrompt = await loadCodePrompt();
  return untilInterrupted((signal) =>
    codePrompt({ ...question, message: visible(question.message) }, { ...streams, signal }),
  );
};

const TICK_MS = 250;

const loadCodePrompt = async () => {
  const { createPrompt, isEnterKey, useEffect, useKeypress, useState } = await import('@inquirer/core');
  return createPrompt<CodeAnswer, CodeQuestion>(({ message, source, expiresAt, now }, done) => {
    const leftMs = () => expiresAt.getTime() - now().getTime();
    const [left, setLeft] = useState(timeLeft(leftMs()));
    const [typed, setTyped] = useState('');
    const [hint, setHint] = useState<string | null>(HINTS[source].first);
    const end = (answer: CodeAnswer) => {
      setHint(null);
      done(answer);
    };
    useEffect(() => {
      const timer = setInterval(() => {
        setLeft(timeLeft(leftMs()));
        if (leftMs() < 0) end({ kind: 'expired' });
      }, TICK_MS);
      return () => clearInterval(timer);
    }, []);
    useKeypress((key, readline) => {
      if (!isEnterKey(key)) return setTyped(readline.line);
      const answer = leftMs() < 0 ? { kind: 'expired' as const } : codeAnswer(typed, source);
      if (answer !== undefined) return end(answer);
      setTyped('');
      return setHint(HINTS[source].again);
    });
    // What was answered stays on the screen; how long it could be and by which keys is past.
    return hint === null ? `${message}: ${typed}` : [`${message} (${left} left): ${typed}`, hint];
  });
};

const codeAnswer = (typed: string, source: CodeSource): CodeAnswer | undefined => {
  const word = typed.replaceAll(/[\s-]/g, '').toLowerCase();
  if (word === 'r' && source === 'mail') return { kind: 'resend' };
  if (word === 'q') return { kind: 'quit' };
  const code = /^\d{6}$/.test(word) || (source === 'app' && normalRecoveryCode(word) !== null);
  return code ? { kind: 'code', code: word } : undefined;
};

const timeLeft = (ms: number): string => {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
};

type Question =
  | { type: 'input'; message: string; validate?: (typed: string) => true | string }
  | { type: 'password'; message: string; mask: string; toggleMask: boolean };

const ask = async (question: Question): Promise<string> => {
  const streams = terminalStreams();
  const { default: inquirer } = await import('inquirer');
  return untilInterrupted(async (signal) => {
    const prompt = inquirer.createPromptModule({ ...streams, signal });
    const message = fitted(question.message, streams.output.columns);
    const answers = await prompt<{ answer: string }>([{ ...question, message, name: 'answer', theme: PLAIN_THEME }]);
    return answers.answer;
  });
};

/** A prompt breaks its line anywhere; here it is broken between words, so that it can be read on a phone. */
const fitted = (message: string, columns: number): string =>
  wrapTo(message, Math.max(1, columns - PREFIX_WIDTH)).join('\n');
const PREFIX_WIDTH = 2;

/** No colours of its own: `--color never` holds for prompts too. */
const same = (text: string): string => text;
const PLAIN_THEME = {
  prefix: '?',
  // What was typed wrongly is gone: the next try would be put behind it, and Enter alone would not stop.
  validationFailureMode: 'clear',
  style: { answer: same, message: same, error: (text: string) => `> ${text}` },
} as const;

/** Prompts answer themselves when stdin is a pipe, so being here without a terminal is a bug. */
const terminalStreams = () => {
  if (!process.stdin.isTTY || !process.stderr.isTTY) throw new Error('A prompt needs stdin and stderr on a terminal.');
  return { input: process.stdin, output: process.stderr };
};

/** Runs a prompt; Ctrl-C, Ctrl-D and a terminal that hangs up end it as `cancelled`. */
const untilInterrupted = async <Answer>(run: (signal: AbortSignal) => Promise<Answer>): Promise<Answer> => {
  const ended = new AbortController();
  const abort = () => ended.abort();
  const onKey = (_: unknown, key?: { ctrl?: boolean; name?: string }) => {
    if (key?.ctrl === true && key.name === 'd') abort();
  };
  process.stdin.on('keypress', onKey).once('end', abort).once('close', abort);
  try {
    return await run(ended.signal);
  } catch (error) {
    throw error instanceof Error && INTERRUPTIONS.has(error.name) ? interrupted() : error;
  } finally {
    process.stdin.off('keypress', onKey).off('end', abort).off('close', abort);
  }
};

const INTERRUPTIONS: ReadonlySet<string> = new Set(['ExitPromptError', 'AbortPromptError', 'CancelPromptError']);

const interrupted = (): Problem =>
  new Problem('cancelled', 'INTERRUPTED', 'Cancelled.', { unchanged: 'Nothing was changed.' });
