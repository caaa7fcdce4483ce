import { createHash } from 'node:crypto';
import type { FileSpec, Command, Input } from '../commands/command.ts';
import type { Context } from '../commands/context.ts';
import { openStatementFile } from '../commands/statement-file.ts';
import { argumentName, camelCase, inputOf, longName, type Values } from '../commands/input.ts';
import { reachOf, requireReach, requireSameRequest, requireUsableKey } from '../domain/idempotency.ts';
import type { Actor, Reach } from '../domain/access.ts';
import { Problem, usage, type ProblemKind } from '../domain/problem.ts';
import { KeyTaken, type Claim, type KeyedStore } from '../operations/keyed-store.ts';
import { canonicalJson } from '../store/audit-hash.ts';
import { findKey } from '../store/idempotency-keys.ts';
import { sha256Hex } from '../store/sha256.ts';
import type { Row } from '../store/tables.ts';
import { freeze, thaw, type KeptAnswer } from './kept-answer.ts';

export interface KeyedRun {
  readonly command: Command;
  readonly values: Values;
  readonly key: string;
  readonly context: Context;
  readonly keyed: KeyedStore;
  /** What the context has warned of so far. */
  readonly warnings: readonly string[];
}

export interface KeyedAnswer extends KeptAnswer {
  readonly replayed: boolean;
}

/**
 * Runs a command once for a key: what it does, the key and the answer are kept in one transaction. Under a key that stands for the
 * same request already, the first answer is given again and nothing is done. The caller has judged login and role.
 * Throws usage IDEMPOTENCY_KEY_INVALID or IDEMPOTENCY_KEY_REFUSED, conflict IDEMPOTENCY_KEY_REUSED, forbidden REACH_LOST.
 */
export async function runUnderKey(run: KeyedRun): Promise<KeyedAnswer> {
  const { command, values, key, context, keyed } = run;
  requireUsableKey(key);
  const input = inputOf(values);
  const access = requireKeyed(command, input);
  const actor = await context.actor();
  const claim: Claim = {
    userId: actor.userId,
    key,
    command: command.path,
    requestHash: await requestHash(command, values, context),
    reach: JSON.stringify(reachOf(actor, access)),
  };
  const kept = await findKept(keyed, claim);
  if (kept !== undefined) return replay(kept, claim, { actor, access });
  keyed.begin(claim);
  try {
    return await runOnce(run, input);
  } catch (error) {
    await keyed.abandon();
    const taken = mayBeTaken(error) ? await findKept(keyed, claim) : undefined;
    if (taken !== undefined) return replay(taken, claim, { actor, access });
    throw error instanceof KeyTaken ? new Error(`the key ${key} was taken, and then it was not`) : error;
  }
}

/** Who does the same under the same key at the same moment may be refused what the other has just done, before the key is looked at. */
const mayBeTaken = (error: unknown): boolean =>
  error instanceof KeyTaken || (error instanceof Problem && REFUSALS.has(error.kind));
const REFUSALS: ReadonlySet<ProblemKind> = new Set(['refused', 'conflict', 'forbidden', 'pending']);

async function runOnce({ command, context, keyed, warnings }: KeyedRun, input: Input): Promise<KeyedAnswer> {
  const result = await command.run(context, input);
  const answer = { result, warnings: [...warnings, ...(result.warnings ?? [])] };
  await keyed.finish(freeze(answer));
  return { ...answer, replayed: false };
}

const findKept = ({ store }: KeyedStore, claim: Claim) => store.read((tx) => findKey(tx, claim));

function replay(
  kept: Row<'idempotencyKeys'>,
  claim: Claim,
  { actor, access }: { actor: Actor; access: Exclude<Command['access'], 'open'> },
): KeyedAnswer {
  requireSameRequest(claim.key, kept, claim);
  requireReach(actor, access, JSON.parse(kept.reach) as Reach[]);
  if (kept.answer === null) throw unanswered(claim.key);
  return { ...thaw(kept.answer), replayed: true };
}

function requireKeyed(command: Command, input: Input): Exclude<Command['access'], 'open'> {
  const { access } = command;
  const why = access === 'open' ? 'it needs no login, and keys are kept by person' : command.refusesKey?.(input);
  if (access !== 'open' && (why === undefined || why === null)) return access;
  throw usage('IDEMPOTENCY_KEY_REFUSED', `treasury ${command.path} takes no idempotency key like this: ${why ?? ''}.`, {
    unchanged: 'Nothing was changed.',
    fix: 'run it without --idempotency-key',
  });
}

/**
 * SHA-256 of what a command is asked: its name, arguments, own options and --reason; of files their content. How its answer is
 * shown, or whether anything is asked, is no part of it.
 */
async function requestHash(command: Command, values: Values, context: Context): Promise<string> {
  const inputs: Record<string, unknown> = { reason: values.get('reason') };
  const given: readonly (readonly [name: string, file: FileSpec | undefined])[] = [
    ...(command.options ?? []).map(
      ({ flags, file }) => [camelCase(longName(flags).replace(/^no-/, '')), file] as const,
    ),
    ...(command.arguments ?? []).map((argument) => [argumentName(argument), argument.file] as const),
  ];
  for (const [name, file] of given) {
    const value = values.get(name);
    inputs[name] =
      file === undefined || typeof value !== 'string' ? value : { content: await contentDigest(context, value, file) };
  }
  return sha256Hex(`treasury-request-1\n${command.path}\n${canonicalJson(inputs)}`);
}

/** SHA-256 in hex of a file's content, as text where the command reads it as text. */
async function contentDigest(context: Context, path: string, spec: FileSpec): Promise<string> {
  const { mostBytes, binary, whole } = spec;
  if (whole === true)
    return createHash('sha256')
      .update(await context.readBytes(path, mostBytes))
      .digest('hex');
  if (binary !== true) return sha256Hex(await context.readText(path, mostBytes));
  const file = await openStatementFile(context, path);
  try {
    const hash = createHash('sha256');
    for (const piece of file.pieces()) hash.update(piece);
    return hash.digest('hex');
  } finally {
    file.close();
  }
}

/** The tool keeps a key and its answer together, so somebody else has been there. */
const unanswered = (key: string): Problem =>
  new Problem('integrity', 'IDEMPOTENCY_KEY_UNANSWERED', `The key ${key} is kept without its answer.`, {
    unchanged: 'Nothing was changed.',
    fix: 'treasury audit verify; find out who has access to the database',
  });
