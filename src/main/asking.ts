import type { Asking, GlobalFlags, Setting } from '../commands/context.ts';
import { formatAmount, parseAmount } from '../domain/money.ts';
import { Problem, usage } from '../domain/problem.ts';
import { askAmount, askCode, askSecret, askText, askYes, canPrompt } from '../terminal/prompt.ts';

export interface AskingOptions {
  readonly flags: Pick<GlobalFlags, 'yes' | 'input' | 'dryRun'>;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly settings: readonly Setting[];
  readonly now: () => Date;
}

/** Questions to the person at the terminal; each says which flag answers it where nobody can be asked. */
export const askingOf = ({ flags, env, settings, now }: AskingOptions): Asking => {
  // Judged when a command wants to know: looking at standard input opens it.
  const possible = (): boolean =>
    canPrompt({ stdinTty: process.stdin.isTTY, stderrTty: process.stderr.isTTY, noInput: !flags.input, env });
  const requirePerson = (what: string): void => {
    if (!possible()) throw cannotAsk(what);
  };
  return {
    get possible() {
      return possible();
    },
    confirm: async ({ message, amountMinor, currency }) => {
      // A rehearsal keeps nothing, so there is nothing to confirm.
      if (flags.yes || flags.dryRun) return;
      if (!possible()) throw confirmationRequired(message);
      const typed = amountMinor !== undefined && currency !== undefined && mustBeTyped(settings, amountMinor, currency);
      const agreed = typed
        ? await askAmount({
            message: `${message} Type the amount (${formatAmount(amountMinor, currency)}):`,
            expected: { minor: amountMinor, currency },
          })
        : await askYes({ message });
      if (!agreed) throw declined();
    },
    secret: async (message) => {
      requirePerson(message);
      return askSecret({ message });
    },
    text: async (message) => {
      requirePerson(message);
      return askText({ message });
    },
    code: async (question) => {
      requirePerson(question.message);
      return askCode({ ...question, now });
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

const declined = (): Problem =>
  new Problem('cancelled', 'DECLINED', 'Not confirmed.', { unchanged: 'Nothing was changed.' });
