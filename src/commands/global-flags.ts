import { hiddenFault } from '../domain/invisible.ts';
import { usage, type Problem } from '../domain/problem.ts';
import { quoted } from '../domain/quoted.ts';
import type { OptionSpec } from './command.ts';
import type { GlobalFlags } from './context.ts';
import type { Values } from './input.ts';

/** The flags that every command takes, before or after its name. */
export const GLOBAL_OPTIONS: readonly OptionSpec[] = [
  { flags: '--json', about: 'one JSON document on stdout, for success and for failure' },
  { flags: '--fields <names>', about: 'only these fields, in this order: ref,amount,status' },
  { flags: '--format <format>', about: 'table, csv, jsonl or md' },
  { flags: '--out <file>', about: 'write the data to a file (0600) instead of stdout' },
  { flags: '-q, --quiet', about: 'data only' },
  { flags: '-y, --yes', about: 'answer yes to questions; skips no check' },
  { flags: '--no-input', about: 'never ask anything' },
  { flags: '-n, --dry-run', about: 'do everything but keep nothing' },
  { flags: '--color <when>', about: 'auto, always or never' },
  { flags: '--wide', about: 'all columns, however narrow the terminal' },
  { flags: '--tz <zone>', about: 'the time zone to show times in, such as Africa/Nairobi' },
  { flags: '-v, --verbose', about: 'say more' },
  { flags: '--debug', about: 'show the stack of an error' },
  { flags: '--read-only', about: 'refuse to change anything' },
  {
    flags: '--idempotency-key <key>',
    about: 'do this once, however often it is asked for; the answer is the first one',
  },
  { flags: '--reason <text>', about: 'why, kept with what is changed' },
];

const SHORT_WITH_NAME: Readonly<Record<string, string>> = {
  '-q': '--quiet',
  '-y': '--yes',
  '-n': '--dry-run',
  '-v': '--verbose',
};

/** Whether a word is a global flag, and whether the next word is its value. */
export const globalFlag = (word: string): 'no' | 'alone' | 'with value' => {
  const name = SHORT_WITH_NAME[word] ?? word.split('=', 1)[0];
  const option = GLOBAL_OPTIONS.find(({ flags }) => flags.replace(/^-\w, /, '').split(' ', 1)[0] === name);
  if (option === undefined) return 'no';
  return option.flags.includes('<') && !word.includes('=') ? 'with value' : 'alone';
};

const FORMATS = ['table', 'csv', 'jsonl', 'md'] as const;
const COLOURS = ['auto', 'always', 'never'] as const;

/** The global flags of a command line. Throws usage (exit 2), naming everything that is wrong with them. */
export const globalFlags = (values: Values): GlobalFlags => {
  const text = (name: string): string | null => {
    const value = values.get(name);
    return typeof value === 'string' ? value : null;
  };
  const flag = (name: string): boolean => values.get(name) === true;
  const format = FORMATS.find((one) => one === (text('format') ?? 'table'));
  const color = COLOURS.find((one) => one === (text('color') ?? 'auto'));
  if (format === undefined || color === undefined) throw notOffered(text('format'), format, text('color'));
  return {
    json: flag('json'),
    fields:
      text('fields')
        ?.split(',')
        .map((name) => name.trim()) ?? null,
    format,
    out: text('out'),
    quiet: flag('quiet'),
    yes: flag('yes'),
    input: values.get('input') !== false,
    dryRun: flag('dryRun'),
    color,
    wide: flag('wide'),
    tz: text('tz'),
    verbose: flag('verbose'),
    debug: flag('debug'),
    readOnly: flag('readOnly'),
    reason: shown(text('reason')),
    idempotencyKey: text('idempotencyKey'),
  };
};

/** A reason of which everything is to be seen, as those who decide by it read it. Throws usage REASON_INVALID. */
function shown(reason: string | null): string | null {
  const fault = reason === null ? null : hiddenFault('--reason', reason);
  if (fault === null) return reason;
  throw usage('REASON_INVALID', `${fault}.`, { unchanged: 'Nothing was changed.' });
}

const notOffered = (format: string | null, known: string | undefined, color: string | null): Problem => {
  const [name, given, offered] =
    known === undefined ? (['format', format, FORMATS] as const) : (['color', color, COLOURS] as const);
  const hint = given === 'json' ? ' For JSON give --json.' : '';
  return usage('FLAG_INVALID', `--${name} ${quoted(given ?? '')} is none of ${offered.join(', ')}.${hint}`, {
    unchanged: 'Nothing was changed.',
  });
};

/** What a command line asked for as far as it can be told before it is understood. */
export const roughFlags = (argv: readonly string[]): GlobalFlags => {
  const end = argv.indexOf('--');
  const words = new Set(end < 0 ? argv : argv.slice(0, end));
  const color = words.has('--color=never') ? 'never' : words.has('--color=always') ? 'always' : 'auto';
  return {
    ...globalFlags(new Map()),
    json: words.has('--json'),
    debug: words.has('--debug'),
    quiet: words.has('-q') || words.has('--quiet'),
    dryRun: words.has('-n') || words.has('--dry-run'),
    color,
  };
};
