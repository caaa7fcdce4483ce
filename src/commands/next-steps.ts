import { Problem } from '../domain/problem.ts';
import { whoMayAct, type Act, type Doers } from '../operations/who-may-act.ts';
import type { Context } from './context.ts';
import { findForHelp } from './program.ts';

/**
 * What comes next, for whoever reads it: the commands that they may type; of the others whom to ask, once for the same people.
 * Commands that need no role, and what is no command of the tool, stay as they are.
 */
export async function stepsFor(context: Context, next: readonly string[]): Promise<string[]> {
  const acts = await Promise.all(next.map(actOf));
  const known = acts.filter((act) => act !== null);
  if (known.length === 0) return [...next];
  const doers = await whoMayAct(await context.store(), await context.actor(), known);
  const doersOf = new Map(known.map((act, at) => [act, doers[at]]));
  const asked = new Set<string>();
  return next.flatMap((command, at) => {
    const act = acts[at] ?? null;
    const who = act === null ? undefined : doersOf.get(act);
    if (act === null || who === undefined || who.oneself) return [command];
    const whom = wordsFor(who);
    if (LEADS_UP.has(act.path) || asked.has(whom)) return [];
    asked.add(whom);
    return [`${whom}: ${command}`];
  });
}

/** A step of whoever does the one after it: nobody else is asked for it. */
const LEADS_UP: ReadonlySet<string> = new Set(['payment otp', 'batch otp']);

const MOST_NAMES = 4;

function wordsFor({ others }: Doers): string {
  if (others.length === 0) return 'ask an admin for somebody who may';
  const named = others.slice(0, others.length > MOST_NAMES ? MOST_NAMES - 1 : MOST_NAMES);
  const last = others.length > named.length ? `${others.length - named.length} others` : named.pop();
  return `ask ${named.length === 0 ? last : `${named.join(', ')} or ${last}`}`;
}

/** What a line asks to be done; null for what everybody may do, and for what is no command of the tool. */
async function actOf(line: string): Promise<Act | null> {
  const [tool, ...rest] = line.split(' ');
  if (tool !== 'treasury') return null;
  const firstFlag = rest.findIndex((word) => word.startsWith('-'));
  const words = firstFlag === -1 ? rest : rest.slice(0, firstFlag);
  const found = entryOf(words);
  if (found === null || 'verbs' in found) return null;
  const { path, access } = (await found.load()).command;
  if (access === 'open') return null;
  const flags = firstFlag === -1 ? [] : rest.slice(firstFlag);
  const named = path === 'payment create' ? flags[flags.indexOf('--requisition') + 1] : words[path.split(' ').length];
  return { path, named, ability: access === 'anyone' ? null : access };
}

function entryOf(words: readonly string[]): ReturnType<typeof findForHelp> | null {
  if (words.length === 0) return null;
  try {
    return findForHelp(words);
  } catch (error) {
    if (error instanceof Problem) return null;
    throw error;
  }
}
