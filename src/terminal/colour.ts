/** How many colours a stream shows: 0 none, 1 sixteen, 2 256, 3 all. */
export type ColourLevel = 0 | 1 | 2 | 3;

/** What the global flag `--color` says. */
export type ColourFlag = 'auto' | 'always' | 'never';

/** Colours by what they mean. None of them changes the width of a text. */
export interface Paint {
  readonly heading: (text: string) => string;
  readonly money: (text: string) => string;
  readonly good: (text: string) => string;
  readonly bad: (text: string) => string;
  readonly warn: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly ref: (text: string) => string;
  readonly plain: (text: string) => string;
  /** Black on white, whatever the terminal's own colours are: a picture that a camera reads. */
  readonly picture: (text: string) => string;
}

type Environment = Readonly<Record<string, string | undefined>>;

export interface ColourQuestion {
  readonly flag: ColourFlag;
  readonly env: Environment;
  readonly stream: { readonly isTTY?: boolean | undefined };
}

/**
 * The colours to use on one stream: the flag decides, then NO_COLOR when not empty (no-color.org), then FORCE_COLOR,
 * then whether the stream is a terminal that is not dumb.
 */
export const resolveColour = ({ flag, env, stream }: ColourQuestion): ColourLevel => {
  if (flag === 'never') return 0;
  if (flag === 'always') return terminalColours(env);
  if (isSet(env['NO_COLOR'])) return 0;
  if (env['FORCE_COLOR'] !== undefined) return forcedColours(env['FORCE_COLOR']);
  if (stream.isTTY !== true || env['TERM'] === 'dumb') return 0;
  return terminalColours(env);
};

/** Whether the locale says that a terminal shows no UTF-8: then marks are words. Without any locale most do. */
export const isAsciiOnly = (env: Environment): boolean => {
  const locale = [env['LC_ALL'], env['LC_CTYPE'], env['LANG']].find(isSet);
  return locale !== undefined && !/utf-?8/i.test(locale);
};

const isSet = (value: string | undefined): boolean => value !== undefined && value !== '';

const forcedColours = (value: string): ColourLevel => {
  if (value === '0' || value === 'false') return 0;
  if (value === '2') return 2;
  return value === '3' ? 3 : 1;
};

const terminalColours = (env: Environment): ColourLevel => {
  if (env['COLORTERM'] === 'truecolor' || env['COLORTERM'] === '24bit') return 3;
  return env['TERM']?.includes('256') === true ? 2 : 1;
};

const same = (text: string): string => text;

/** The paint of level 0: every text stays as it is. */
export const NO_PAINT: Paint = {
  heading: same,
  money: same,
  good: same,
  bad: same,
  warn: same,
  dim: same,
  ref: same,
  plain: same,
  picture: same,
};

/** The paint for a number of colours. Without colours nothing is loaded. */
export const paintFor = async (level: ColourLevel): Promise<Paint> => {
  if (level === 0) return NO_PAINT;
  const { Chalk } = await import('chalk');
  const chalk = new Chalk({ level });
  return {
    heading: (text) => chalk.bold(text),
    money: (text) => chalk.bold(text),
    good: (text) => chalk.green(text),
    bad: (text) => chalk.red(text),
    warn: (text) => chalk.yellow(text),
    dim: (text) => chalk.dim(text),
    ref: (text) => chalk.cyan(text),
    plain: same,
    picture: (text) => chalk.ansi256(16).bgAnsi256(231)(text),
  };
};
