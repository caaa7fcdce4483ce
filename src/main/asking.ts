import type { Asking, GlobalFlags, Setting, Undone } from '../commands/context.ts';
import { formatAmount, parseAmount } from '../domain/money.ts';
import { Problem, usage } from '../domain/problem.ts';
import { askAmount, askCode, askSecret, askText, askYes, canPrompt } from '../terminal/prompt.ts';

export interface AskingOptions {
  readonly flags: Pick<GlobalFlags, 'yes' | 'input' | 'dryRun' | 'idempotencyKey'>;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly settings: readonly Setting[];
  readonly now: () => Date;
  /** Waited for after each answer with which a command goes on: much may have happened while the question stood. */
  readonly answered: () => Promise<void>;
}

/** Questions to the person at the terminal; each says which flag answers it where nobody can be asked. */
export const askingOf = ({ flags, env, settings, now, answered }: AskingOptions): Asking => {
  // Judged when a command wants to know: looking at standard input opens it.
  const possible = (): boolean =>
    // What is done under a key is done by its arguments alone: no answer of a person is a part of them.
    canPrompt({
      stdinTty: process.stdin.isTTY,
      stderrTty: process.stderr.isTTY,
      noInput: !flags.input || flags.idempotencyKey !== null,
      env,
    });
  const requirePerson = (what: string): void => {
    if (!possible()) throw cannotAsk(what);
  };
  const heard = async <Answer>(answer: Answer): Promise<Answer> => {
    await answered();
    return answer;
  };
  return {
    get possible() {
      return possible();
    },
    confirm: async ({ message, amountMinor, currency, ...undone }) => {
      // A rehearsal keeps nothing, so there is nothing to confirm.
      if (flags.yes || flags.dryRun) return;
      if (!possible()) throw confirmationRequired(message);
      const typed = amountMinor !== undefined && currency !== undefined && mustBeTyped(settings, amountMinor, currency);
      const answer = typed
        ? askAmount({
            message: `${message} Type the amount (${formatAmount(amountMinor, currency)}):`,
            expected: { minor: amountMinor, currency },
          })
        : askYes({ message });
      if (!(await stoppable(undone, answer)))
        throw new Problem('cancelled', 'DECLINED', 'Not confirmed.', notDone(undone));
      await answered();
    },
    secret: async (message) => {
      requirePerson(message);
      return heard(await askSecret({ message }));
    },
    text: async (message) => {
      requirePerson(message);
      return heard(await askText({ message }));
    },
    code: async (question) => {
      requirePerson(question.message);
      const answer = await stoppable(question, askCode({ ...question, now }));
      return answer.kind === 'quit' || answer.kind === 'expired' ? answer : heard(answer);
    },
  };
};

/** `confirm.type_amount_over` of the config file is read in the currency of the question. */
const mustBeTyped = (settings: readonly Setting[], amountMinor: number, currency: string): boolean => {
  const limit = settings.find(({ key }) => key === 'confirm.type_amount_over')?.value ?? null;
  return limit !== null && amountMinor > parseAmount(limit, currency, { zero: true });
};

const confirmationRequired = (message: string): Problem =>
  usage('CONFIRMATION_REQUIRED', `This asks "${message}", and there is nobody to ask.`, {
    unchanged: 'Nothing was changed.',
    fix: 'give --yes when the answer is yes',
  });

const cannotAsk = (message: string): Problem =>
  usage('INPUT_MISSING', `This asks "${message}", and there is nobody to ask.`, {
    unchanged: 'Nothing was changed.',
    fix: 'give it as a flag: see --help',
  });

/** A prompt knows that it was left, not what had happened before it. */
async function stoppable<Answer>(undone: Undone, answer: Promise<Answer>): Promise<Answer> {
  try {
    return await answer;
  } catch (error) {
    if (!(error instanceof Problem) || error.code !== 'INTERRUPTED') throw error;
    throw new Problem('cancelled', 'INTERRUPTED', error.message, notDone(undone));
  }
}

const notDone = ({ unchanged = 'Nothing was changed.' }: Undone) => ({ unchanged });
