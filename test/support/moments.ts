/** A point in the life of a process: in a transaction that is known by the statements that have run in it, or at a file. */
export type Moment =
  | {
      /** Before its COMMIT is asked for; after it has been answered; or right after the last of `has`, with its COMMIT still to come. */
      readonly at: 'before_commit' | 'after_commit' | 'inside';
      /** Parts of statements that have run in the transaction. */
      readonly has: readonly string[];
      /** Parts of none of its statements. */
      readonly hasNot?: readonly string[];
    }
  /** A file is written and synced beside its place, and not put there yet. */
  | { readonly at: 'linked' };

type At = Moment['at'];

const found = (statements: readonly string[], part: string): boolean => statements.some((sql) => sql.includes(part));

/** Whether a transaction in which these statements have run is at the point. */
export function isReached(moment: Moment, statements: readonly string[], at: At): boolean {
  if (moment.at === 'linked' || moment.at !== at) return false;
  const { has, hasNot = [] } = moment;
  return has.every((part) => found(statements, part)) && !hasNot.some((part) => found(statements, part));
}

const INSERTED = {
  attempt: 'insert into "payment_attempts"',
  message: 'insert into "gateway_messages"',
  execution: 'insert into "payment_executions"',
  suspense: 'insert into "suspense_items"',
} as const;
const MOVED = 'update "payment_attempts"';

/** The transactions of the money protocol (SAFETY section 2), each by what only it does. */
export const TRANSACTIONS = {
  /** Checks, code, reservation and attempt. */
  T1: { has: [INSERTED.attempt] },
  /** The attempt counts as sent from here on. */
  MARKED: { has: [MOVED], hasNot: [INSERTED.message, INSERTED.execution, INSERTED.suspense] },
  /** What the gateway answered. */
  T2: { has: [INSERTED.message, MOVED] },
  /** What was reported is kept. */
  INBOX: { has: [INSERTED.message], hasNot: [MOVED, INSERTED.execution] },
  /** What was reported is posted. */
  T3: { has: [INSERTED.execution] },
  /** What nobody was debited for is held. */
  SUSPENSE: { has: [INSERTED.suspense] },
} as const satisfies Readonly<Record<string, Pick<Extract<Moment, { has: unknown }>, 'has' | 'hasNot'>>>;
