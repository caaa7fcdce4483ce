import { whoConfirms, type Deciders } from '../../domain/change.ts';
import { changeDocument } from '../../documents/change.ts';
import { deliverLetters } from '../../operations/deliver-letters.ts';
import type { Proposed } from '../../operations/two-people.ts';
import type { Result } from '../command.ts';
import type { Context } from '../context.ts';
import { beforeAfterLines } from './before-after.ts';

/** The answer of a command whose act became a proposal; those concerned are told. */
export async function proposedResult(context: Context, { proposed, deciders }: Proposed): Promise<Result> {
  sendLetters(context);
  const data = changeDocument(proposed);
  return {
    document: 'change',
    data,
    ...warningsOf(deciders),
    human: {
      lines: [
        `${data.ref} proposed, nothing has changed yet: ${data.what} of ${data.subject}.`,
        ...beforeAfterLines(data, await context.zone(), { whole: true }).map((line) => `  ${line}`),
        `To be confirmed by: ${whoConfirms(deciders)}.`,
      ],
      next: [`treasury change confirm ${data.ref}`],
    },
  };
}

const warningsOf = (deciders: Deciders): Pick<Result, 'warnings'> =>
  deciders.people.length >= deciders.needed
    ? {}
    : {
        warnings: [
          `Nobody can confirm this as things are${deciders.needed === 1 ? ': it takes a CFO who did not propose it' : ''}.`,
        ],
      };

/** Delivers what the transaction wrote to people, once it is saved; a mail server that takes nothing is a warning, and the letters wait. */
export function sendLetters(context: Context): void {
  if (context.flags.dryRun) return;
  context.afterwards(async () => {
    const failure = await deliverLetters(await context.store(), () => context.mailer());
    if (failure !== null) context.warn(`Those concerned could not be told by mail yet; the letters wait. ${failure}`);
  });
}
