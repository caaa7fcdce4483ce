import { isDeepStrictEqual } from 'node:util';
import type { Act } from './acts.ts';
import { SET_UP_AT } from './random-office.ts';
import type { Databases } from './real/databases.ts';
import { faultsOfOffice } from './real/faults.ts';
import { linesOfDatabase, linesOfWorld } from './real/state.ts';
import { openTool, type Answer, type Tool } from './real/tool.ts';
import { judge } from './rules.ts';
import { officeOf } from './sequence.ts';
import type { Verdict } from './verdict.ts';
import type { World } from './world.ts';

/** How often each command ended with each exit code: `payment execute 5`. */
export type Coverage = Record<string, number>;

export interface Played {
  /** What the model and the tool do not agree on; null when they agree on everything. */
  readonly disagreement: string | null;
  /** Each command with both outcomes, up to the disagreement. */
  readonly story: readonly string[];
  readonly coverage: Coverage;
}

/** Plays a sequence of commands by the model and by the tool, and lays both side by side: every answer, and the office it leaves. */
export async function play(databases: Databases, seed: number, acts: readonly Act[]): Promise<Played> {
  const url = await databases.fresh();
  try {
    const world = officeOf(seed);
    const tool = await openTool(databases, url, world);
    return await playOn(databases, url, { world, tool, acts });
  } finally {
    await databases.giveBack(url);
  }
}

async function playOn(
  databases: Databases,
  url: string,
  { world, tool, acts }: { world: World; tool: Tool; acts: readonly Act[] },
): Promise<Played> {
  const story: string[] = [];
  const coverage: Coverage = {};
  for (const act of acts) {
    world.now = SET_UP_AT + act.at;
    const verdict = judge(world, act);
    const answer = await tool.answer(act, world);
    verdict.effect?.();
    story.push(`${lineOf(act)}\n    model: ${expectation(verdict)}\n    tool:  ${outcomeOf(answer)}`);
    const key = `${act.deed.what} ${answer.exit}`;
    coverage[key] = (coverage[key] ?? 0) + 1;
    const disagreement = compare(act, world, verdict, answer);
    if (disagreement !== null) return { disagreement, story, coverage };
  }
  const disagreement = difference(linesOfWorld(world), await linesOfDatabase(tool.store, tool.refs));
  if (disagreement !== null) return { disagreement, story, coverage };
  databases.settle(url);
  const [fault] = await faultsOfOffice(tool.store);
  return { disagreement: fault ?? null, story, coverage };
}

function compare(act: Act, world: World, verdict: Verdict, answer: Answer): string | null {
  const { document, exit } = answer;
  if (exit !== verdict.exit)
    return `the model expects exit ${verdict.exit} (${verdict.why}), the tool ends with ${exit}`;
  const proposed = document.schema === 'treasury.change/1' && !act.deed.what.startsWith('change');
  if (exit === 0 && proposed !== (verdict.proposed === true))
    return `the model says ${verdict.why}, the tool ${proposed ? 'only proposed it' : 'did it'}`;
  const codes = (document.error?.checks ?? []).flatMap(({ ok, code }) => (ok === false && code !== null ? [code] : []));
  if (act.deed.what === 'payment execute' || act.deed.what === 'payment explain') {
    const expected = verdict.codes ?? [];
    if (!isDeepStrictEqual(codes.toSorted(), expected.toSorted()))
      return `the model expects the failing checks ${expected.join(', ')}, the tool names ${codes.join(', ')}`;
  }
  return act.deed.what === 'payment otp --send' ? wrongMailbox(act, world, answer) : null;
}

/** A code goes to who asked for it, and to nobody else. */
function wrongMailbox({ by }: Act, world: World, { mails }: Answer): string | null {
  const email = world.people.get(by)?.email;
  const wrong = mails.find(({ to }) => to !== email);
  return wrong === undefined ? null : `the code of ${by} was mailed to ${wrong.to}`;
}

const expectation = ({ exit, why }: Verdict): string => `${exit} ${why}`;

const outcomeOf = ({ exit, document }: Answer): string => {
  const { error, data } = document;
  if (error !== undefined) return `${exit} ${error.code}: ${error.message}`;
  return `${exit} ${document.schema} ${typeof data?.['ref'] === 'string' ? data['ref'] : ''}`;
};

/** `+1:02:03.004 carol$ payment execute {...}`. */
export function lineOf({ id, by, at, dryRun, token, deed }: Act): string {
  const { what, ...rest } = deed;
  return `${id}. +${at} ms ${by}${token ? ' (token)' : ''}$ ${what}${dryRun ? ' --dry-run' : ''} ${JSON.stringify(rest)}`;
}

/** What only one of two offices has; null when they are the same. */
function difference(model: readonly string[], tool: readonly string[]): string | null {
  if (isDeepStrictEqual(model, tool)) return null;
  const [onlyModel, onlyTool] = [
    model.filter((line) => !tool.includes(line)),
    tool.filter((line) => !model.includes(line)),
  ];
  const shown = [...onlyModel.map((line) => `  model: ${line}`), ...onlyTool.map((line) => `  tool:  ${line}`)];
  return `the offices differ in the end:\n${shown.join('\n')}`;
}
