import type { Actor, Origin } from '../domain/access.ts';
import type { FoundSecrets } from '../gateways/daraja-secrets.ts';
import type { Mailer } from '../gateways/mail.ts';
import type { SmsSender } from '../gateways/sms.ts';
import type { Reply } from '../gateways/rail.ts';
import type { Sending } from '../operations/send-attempt.ts';
import type { Store } from '../store/store.ts';
import type { Row } from '../store/tables.ts';
import type { Paint } from '../terminal/colour.ts';
import type { CodeAnswer, CodeSource } from '../terminal/prompt.ts';

export interface GlobalFlags {
  readonly json: boolean;
  readonly fields: readonly string[] | null;
  readonly format: 'table' | 'csv' | 'jsonl' | 'md';
  readonly out: string | null;
  readonly quiet: boolean;
  readonly yes: boolean;
  readonly input: boolean;
  readonly dryRun: boolean;
  readonly color: 'auto' | 'always' | 'never';
  readonly wide: boolean;
  readonly tz: string | null;
  readonly verbose: boolean;
  readonly debug: boolean;
  readonly readOnly: boolean;
  readonly reason: string | null;
  readonly idempotencyKey: string | null;
}

/** Where everything of this person lies. */
export interface Places {
  readonly configFile: string;
  readonly dataDirectory: string;
  readonly stateDirectory: string;
  readonly sessionFile: string;
  /** Comes before the session; null when no token is to be used. */
  readonly tokenFile: string | null;
  readonly pepperFile: string;
  /** Heads of the audit chains, kept beside the pepper. */
  readonly headsDirectory: string;
  /** What rails keep on this machine: their secrets, and tokens that processes share. */
  readonly gatewaysDirectory: string;
  readonly databaseUrl: string;
}

export interface Setting {
  readonly key: string;
  readonly value: string | null;
  readonly origin: 'flag' | 'environment' | 'config file' | 'default';
}

/** What a command may reach. Everything expensive is opened at its first use. */
export interface Context {
  readonly flags: GlobalFlags;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly version: string;
  readonly places: Places;
  readonly origin: Origin;
  readonly now: () => Date;
  /** 0 <= result < below, from a cryptographically secure source. */
  readonly randomInt: (below: number) => number;
  readonly settings: readonly Setting[];
  /** The zone in which people see times and days are counted: flag, environment, config file, then the office's. */
  zone(): Promise<string>;
  store(): Promise<Store>;
  /** Who is logged in, or whose token acts. Throws Problem auth (exit 4) when nobody is, forbidden for what no token may do. */
  actor(): Promise<Actor>;
  /** The same as of now, for what goes on for long: whether the login or token still lives, and with which roles. */
  actorNow(): Promise<Actor>;
  /** Secret mixed into every code's hash. Throws Problem when the file is missing or another than the office's. */
  pepper(): Promise<Buffer>;
  mailer(): Promise<Mailer>;
  /** The way to send texts that this machine has. */
  sms(): Promise<SmsSender>;
  /** Waits. */
  pause(milliseconds: number): Promise<void>;
  /** What it takes to send orders to the rails that the office has set up, and to ask about them. */
  sending(): Sending;
  /** Tries whether a gateway takes our credentials; moves no money. */
  tryGateway(gateway: Row<'gateways'>): Promise<Reply>;
  /** What this machine has of Daraja's secrets. */
  lookAtSecrets(): Promise<FoundSecrets>;
  /** The secrets that this machine lacks or cannot use for a gateway of the office; none for what is paid by hand. */
  missingSecrets(gateway: Row<'gateways'> | null): Promise<readonly string[]>;
  readonly ask: Asking;
  /** Words for people on stderr; nothing with --quiet. */
  say(text: string): void;
  warn(text: string): void;
  /** Draws something for the person at the terminal, on stderr, even with --quiet: they need it to answer. Lines that are clean and fit. */
  draw(picture: (terminal: Canvas) => Promise<readonly string[]>): Promise<void>;
  /** Everything on standard input, at most 16 MiB. */
  readStdin(): Promise<string>;
  /** Standard input however long, up to so many bytes, as a handle to read from its beginning; whoever asks closes it. */
  spoolStdin(mostBytes: number): Promise<number>;
  /** The text of a file that somebody hands over, or of standard input for `-`; the same however often it is asked for. */
  readText(file: string, mostBytes: number): Promise<string>;
  /** The same as bytes, for what need not be text. */
  readBytes(file: string, mostBytes: number): Promise<Uint8Array>;
  /**
   * For work of many steps, each of which is safe to stop after: while it goes on, the first Ctrl-C or SIGTERM does not break it off.
   * It asks `stop` between its steps, which tells the exit code of what was stopped once somebody wants that.
   */
  gently<T>(work: (stop: () => 130 | 143 | null) => Promise<T>): Promise<T>;
  /** What is done once everything is saved, such as telling others of it: a warning still belongs to the answer. */
  afterwards(work: () => Promise<void>): void;
}

/** What a drawing must know of the terminal. */
export interface Canvas {
  readonly width: number;
  readonly paint: Paint;
  /** Whether colours are shown. */
  readonly coloured: boolean;
}

/** Questions. Each throws usage (exit 2) where nobody can answer. */
export interface Asking {
  /** Whether a person can be asked: stdin and stderr are terminals, neither --no-input nor CI. */
  readonly possible: boolean;
  /** Returns when the person says yes (or --yes was given); declining is Problem cancelled (130). */
  confirm(question: { message: string; amountMinor?: number; currency?: string } & Undone): Promise<void>;
  secret(message: string): Promise<string>;
  text(message: string): Promise<string>;
  code(question: { message: string; source: CodeSource; expiresAt: Date } & Undone): Promise<CodeAnswer>;
}

/** What has not happened when the person stops at a question; without it, nothing was changed at all. */
export interface Undone {
  readonly unchanged?: string;
}
