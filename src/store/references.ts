import { inArray, sql } from 'drizzle-orm';
import { V7Generator } from 'uuidv7';
import { nextUint32 } from './random.ts';
import { bound, preparedRows, type Tx } from './transaction.ts';

export const PREFIXES = {
  users: 'usr',
  funds: 'fnd',
  requisitions: 'req',
  payments: 'pay',
  paymentAttempts: 'att',
  paymentExecutions: 'exe',
  ledgerEntries: 'led',
  replenishmentRequests: 'rep',
  changes: 'chg',
  tokens: 'tok',
  statements: 'sta',
  statementLines: 'stl',
  reconciliations: 'rec',
  matches: 'mat',
  feeRules: 'fee',
  varianceAdjustments: 'var',
  gatewayMessages: 'msg',
  suspenseItems: 'sus',
  batches: 'bat',
  bankFiles: 'bnk',
  schedules: 'sch',
  webhooks: 'whk',
  alerts: 'alr',
} as const;
export type Referable = keyof typeof PREFIXES;

/** Crockford's base 32: no i, l, o, u. */
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';
const SHORT = 6;
const LONG = 12;
const LOOKED_UP_AT_ONCE = 500;

export interface Identity {
  readonly id: string;
  readonly ref: string;
}

const LINE_DIGITS = 4;

/**
 * The short reference of a statement's line: the statement's own part and the line's number in base 32, so that a million lines
 * need no look-up and sort as they stand. Unique because the statement's is, and because no statement's part is so long.
 */
export function lineReference(statement: { readonly ref: string }, seq: number): string {
  let digits = '';
  for (let rest = seq; rest > 0; rest = Math.floor(rest / 32)) digits = (ALPHABET[rest % 32] ?? '') + digits;
  return `${PREFIXES.statementLines}${statement.ref.slice(PREFIXES.statements.length)}${digits.padStart(LINE_DIGITS, '0')}`;
}

/** A new UUIDv7, sortable by time of creation. */
export const newId = (): string => ids.generate().toString();
const ids = new V7Generator({ nextUint32 });

/** The last 60 random bits of a UUIDv7 in base 32: the text of which short references are beginnings. */
export function randomPart(id: string): string {
  const digits = id.replaceAll('-', '');
  let text = '';
  // Five hexadecimal digits are four letters.
  for (let end = digits.length; text.length < LONG; end -= 5) {
    const bits = Number.parseInt(digits.slice(end - 5, end), 16);
    for (let shift = 0; shift < 20; shift += 5) text += ALPHABET[(bits >>> shift) & 31];
  }
  return text;
}

/**
 * A new id with its short reference: six characters, twelve when six are taken. Two transactions that choose the same
 * six at once meet at the unique index; the later one is run again (Postgres) or cannot happen (SQLite).
 */
export async function newIdentity(tx: Tx, table: Referable): Promise<Identity> {
  const id = newId();
  const [short, long] = candidates(id, table);
  const same = await takenReference[table]?.(tx, { short });
  return { id, ref: same === undefined || same.length > 0 ? long : short };
}

const takenReference = Object.fromEntries(
  Object.keys(PREFIXES).map((table) => [table, preparedRows(`taken_${table}`, (tx) => taken(tx, table as Referable))]),
);

const taken = (tx: Tx, table: Referable) =>
  tx.db
    .select({ one: sql<number>`1` })
    .from(tx.t[table])
    .where(sql`${tx.t[table].ref} = ${bound(tx.t[table].ref, 'short')}`)
    .limit(1);

/** Many new ids with their short references, as `newIdentity` makes one; one look-up for each few hundred. */
export async function newIdentities(tx: Tx, table: Referable, count: number): Promise<Identity[]> {
  const ids = Array.from({ length: count }, newId);
  const taken = new Set<string>();
  for (let start = 0; start < count; start += LOOKED_UP_AT_ONCE) {
    const shorts = ids.slice(start, start + LOOKED_UP_AT_ONCE).map((id) => candidates(id, table)[0]);
    const rows = await tx.db.select({ ref: tx.t[table].ref }).from(tx.t[table]).where(inArray(tx.t[table].ref, shorts));
    for (const row of rows) taken.add(row.ref);
  }
  return ids.map((id) => {
    const [short, long] = candidates(id, table);
    const ref = taken.has(short) ? long : short;
    taken.add(ref);
    return { id, ref };
  });
}

/** The short and the long reference that an id may get. */
export function candidates(id: string, table: Referable): [short: string, long: string] {
  const text = randomPart(id);
  const prefix = PREFIXES[table];
  return [`${prefix}_${text.slice(0, SHORT)}`, `${prefix}_${text}`];
}

/** Fewest letters of a number at the end of a reference. */
const NUMBER_LETTERS = 4;

/**
 * The reference of one of many things that are made together: the random letters of what they belong to, then their number in
 * base 32, so that a million of them need no look-up, are unique, and sort as they were made.
 */
export function numberedReference(table: Referable, owner: string, number: number): string {
  let text = '';
  for (let rest = number; rest > 0 || text.length < NUMBER_LETTERS; rest = Math.floor(rest / ALPHABET.length)) {
    text = (ALPHABET[rest % ALPHABET.length] ?? '') + text;
  }
  return `${PREFIXES[table]}_${owner.slice(owner.indexOf('_') + 1)}${text}`;
}
