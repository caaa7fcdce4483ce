import { usage, type Problem } from '../domain/problem.ts';
import type { ArgumentSpec, Command, Input, OptionSpec } from './command.ts';

/** What the command line held: arguments by name, options by their camel-case name. */
export type Values = ReadonlyMap<string, unknown>;

/** `payment-limit` as commander names its value: `paymentLimit`. */
export const camelCase = (name: string): string =>
  name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());

/** `--payment-limit <amount>` and `-n, --dry-run` without dashes or value: `payment-limit`, `dry-run`. */
export const longName = (flags: string): string => /--([a-z][a-z-]*)/.exec(flags)?.[1] ?? flags;

/** The name without the dots of `ref...`. */
export const argumentName = (argument: ArgumentSpec): string => argument.name.replace(/\.\.\.$/, '');

/** The given values as commands read them. */
export const inputOf = (values: Values): Input => {
  const optional = (name: string): string | undefined => {
    const value = values.get(name);
    return typeof value === 'string' ? value : undefined;
  };
  return {
    optional,
    text: (name) => {
      const value = optional(name);
      if (value === undefined) throw new Error(`${name} is read as a required input, but not declared as one`);
      return value;
    },
    flag: (name) => values.get(name) === true,
    many: (name) => {
      const value = values.get(name);
      if (Array.isArray(value)) return value.filter((one) => typeof one === 'string');
      return typeof value === 'string'
        ? value
            .split(',')
            .map((one) => one.trim())
            .filter((one) => one !== '')
        : [];
    },
  };
};

/** Refuses (INPUT_MISSING, exit 2) a command line that lacks something, naming everything it lacks. */
export function requireInputs(command: Command, values: Values): void {
  const missing = [
    ...(command.arguments ?? []).filter((argument) => isMissingArgument(argument, values)).map(argumentFault),
    ...(command.options ?? []).filter((option) => isMissingOption(option, values)).map(optionFault),
  ];
  if (missing.length > 0) throw inputMissing(command.path, missing);
}

interface Fault {
  readonly name: string;
  readonly about: string;
}

const isGiven = (value: unknown): boolean =>
  Array.isArray(value) ? value.length > 0 : value !== undefined && value !== '';

const isMissingArgument = (argument: ArgumentSpec, values: Values): boolean =>
  argument.optional !== true && !isGiven(values.get(argumentName(argument)));

const isMissingOption = (option: OptionSpec, values: Values): boolean =>
  option.required === true && !isGiven(values.get(camelCase(longName(option.flags))));

const argumentFault = (argument: ArgumentSpec): Fault => ({ name: `<${argument.name}>`, about: argument.about });

const optionFault = (option: OptionSpec): Fault => ({ name: option.flags.replace(/^-\w, /, ''), about: option.about });

const inputMissing = (path: string, faults: readonly Fault[]): Problem => {
  const names = faults.map(({ name }) => name);
  const list = names.length === 1 ? names[0] : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
  return usage('INPUT_MISSING', `treasury ${path} needs ${list}.`, {
    unchanged: 'Nothing was changed.',
    fix: `treasury ${path} --help`,
    faults: faults.map(({ name, about }) => `${name}: ${about}`),
  });
};
