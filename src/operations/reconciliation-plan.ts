import { createHash } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import { Problem, usage } from '../domain/problem.ts';
import type { MatchedItems } from './match-open-items.ts';
import type { StatementPieces } from './read-statement.ts';

const SCHEMA = 'treasury.reconciliation_plan/1';
/** Bytes of a statement that a plan can carry. */
const MOST_PLANNED_BYTES = 32 * 1024 * 1024;
/** Characters of a plan file: the statement, compressed at worst not at all, in base 64, with what people read of it. */
export const MOST_PLAN_BYTES = 96 * 1024 * 1024;

/** What a plan was made of; all of it must be the same when it is applied. */
export interface PlanBasis {
  /** Head of the fund's audit chain: it moves with every payment, match, variance and import. */
  readonly head: string;
  /** SHA-256 over everything that was found. */
  readonly found: string;
}

/** A plan as it was read. */
export interface Plan {
  readonly fund: string;
  readonly source: Omit<StatementPieces, 'profile'>;
  /** The column profile that the statement is read by, which never changes. */
  readonly map: string | null;
  readonly basis: PlanBasis;
}

/** The text of a plan: the statement itself, what it was matched with, and what was found, for people to read. Throws usage PLAN_TOO_LARGE. */
export function planText(wish: {
  readonly fund: string;
  readonly source: StatementPieces;
  readonly basis: PlanBasis;
  readonly madeBy: string;
  readonly madeAt: Date;
  readonly document: unknown;
}): string {
  const { source } = wish;
  const bytes = wholeOf(source);
  return `${JSON.stringify(
    {
      schema: SCHEMA,
      fund: wish.fund,
      made_by: wish.madeBy,
      made_at: wish.madeAt.toISOString(),
      type: source.type,
      map: source.profile?.name ?? null,
      file: { name: source.name, sha256: sha256(bytes), gzip_base64: gzipSync(bytes).toString('base64') },
      basis: wish.basis,
      reconciliation: wish.document,
    },
    null,
    1,
  )}\n`;
}

function wholeOf(source: StatementPieces): Buffer {
  const kept: Uint8Array[] = [];
  let length = 0;
  for (const piece of source.pieces()) {
    length += piece.length;
    if (length > MOST_PLANNED_BYTES) {
      throw usage('PLAN_TOO_LARGE', `The statement has more than ${MOST_PLANNED_BYTES} bytes, which no plan carries.`, {
        unchanged: 'Nothing was saved.',
        fix: 'treasury reconcile FILE --fund CODE --auto',
      });
    }
    kept.push(piece);
  }
  return Buffer.concat(kept);
}

/** Reads a plan. Throws usage PLAN_INVALID for what is none, or was altered. */
export function readPlan(text: string): Plan {
  const plan = recordOf(parsed(text));
  const [file, basis] = [recordOf(plan['file']), recordOf(plan['basis'])];
  if (plan['schema'] !== SCHEMA) throw invalid('it is no plan that treasury reconcile --out made');
  const bytes = unpacked(textOf(file['gzip_base64']));
  if (sha256(bytes) !== file['sha256']) throw invalid('the statement in it was altered');
  const source = {
    name: textOf(file['name']),
    type: plan['type'] === null ? null : textOf(plan['type']),
    pieces: () => [bytes],
  };
  const map = plan['map'] === null ? null : textOf(plan['map']);
  return {
    ...{ fund: textOf(plan['fund']), source, map },
    basis: { head: textOf(basis['head']), found: textOf(basis['found']) },
  };
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) throw invalid('it is no plan that treasury reconcile --out made');
  return Object.fromEntries(Object.entries(value));
}

function textOf(value: unknown): string {
  if (typeof value !== 'string') throw invalid('a text is missing in it');
  return value;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw invalid('it is no JSON');
  }
}

function unpacked(base64: string): Buffer {
  try {
    return gunzipSync(Buffer.from(base64, 'base64'), { maxOutputLength: MOST_PLANNED_BYTES });
  } catch {
    throw invalid('the statement in it cannot be unpacked');
  }
}

const invalid = (why: string): Problem =>
  usage('PLAN_INVALID', `This file cannot be applied: ${why}.`, {
    unchanged: 'Nothing was saved.',
    fix: 'treasury reconcile FILE --fund CODE --out plan.json',
  });

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** SHA-256 over everything that was found, in an order that does not depend on where the lines come from. */
export async function digestOfFound(items: MatchedItems): Promise<string> {
  const found = [...items.found()];
  await items.load(found.flatMap(({ entries }) => entries));
  const line = (index: number): string => {
    const { bookedOn, amountMinor, externalId, description } = items.line(index);
    return JSON.stringify([bookedOn, amountMinor, externalId, description]);
  };
  const entry = (index: number): string => items.entry(index).ref;
  const told = [
    ...found.map(({ lines, entries, pass }) => [pass, ...lines.map(line), ...entries.map(entry)].join(' ')),
    ...items.rest.differs.map((one) => `differs ${line(one.line.index)} ${entry(one.entry.index)}`),
  ];
  return sha256(Buffer.from(told.toSorted().join('\n')));
}

/** Throws conflict PLAN_OUTDATED unless book, statement lines and what they make are as they were. */
export function requireUnmoved(planned: PlanBasis, now: PlanBasis): void {
  if (planned.head === now.head && planned.found === now.found) return;
  throw new Problem('conflict', 'PLAN_OUTDATED', 'The fund has moved since this plan was made.', {
    unchanged: 'Nothing was saved.',
    fix: 'treasury reconcile FILE --fund CODE --out plan.json',
  });
}
