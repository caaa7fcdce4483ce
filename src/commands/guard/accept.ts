import { usage } from '../../domain/problem.ts';
import { quoted } from '../../domain/quoted.ts';
import { guardDocument } from '../../documents/guard.ts';
import { acceptClock, acceptedLine } from '../../operations/accept-clock.ts';
import { acceptCopy } from '../../operations/accept-copy.ts';
import { lookAtGuards } from '../../operations/show-guards.ts';
import { isProposed } from '../../operations/two-people.ts';
import { proposedResult } from '../change/proposed.ts';
import type { Command, Result } from '../command.ts';
import type { Context } from '../context.ts';
import { inputsMissing } from '../missing-inputs.ts';
import { helps } from './card.ts';

export const command: Command = {
  path: 'guard accept',
  summary: 'Go on from this clock, or with this old copy of the database',
  details: [
    'Needs --reason. clock: an admin, when the clock is right and the newest event is not; all codes are void and everybody logs in again.',
    'copy: a CFO, when newer databases are lost and everything was reconciled with the bank and M-Pesa.',
    'Once the office has paid, both are changes that somebody else confirms. Nothing to accept: exit 0, nothing is changed.',
  ].join(' '),
  arguments: [{ name: 'what', about: 'clock or copy' }],
  examples: [
    { command: 'treasury guard accept clock --reason "the office was closed for two weeks"', about: 'an admin' },
    { command: 'treasury guard accept copy --reason "disk lost; reconciled up to today"', about: 'a CFO' },
  ],
  access: 'anyone',
  writes: true,
  document: 'guard',
  async run(context, input) {
    const what = input.text('what');
    if (what !== 'clock' && what !== 'copy') {
      throw usage('CHOICE_UNKNOWN', `${quoted(what)} is neither clock nor copy.`, {
        unchanged: 'Nothing was changed.',
        fix: 'treasury guard accept --help',
      });
    }
    const store = await context.store();
    const actor = await context.actor();
    const { reason } = context.flags;
    if (reason === null || reason.trim() === '') throw inputsMissing('guard accept', ['--reason']);
    if (what === 'clock') {
      const accepted = await acceptClock(store, actor, { reason });
      if (isProposed(accepted)) return proposedResult(context, accepted);
      const done = [`The office goes on from ${accepted.clock.toISOString()}.`, acceptedLine(accepted)];
      return seen(context, accepted.verdict === 'right' ? ['The clock is right: there is nothing to accept.'] : done);
    }
    const accepted = await acceptCopy(store, actor, { reason });
    if (isProposed(accepted)) return proposedResult(context, accepted);
    const chains = accepted.missing.map(({ chain, seq, presentSeq }) => `${chain}: event ${seq} > event ${presentSeq}`);
    return seen(context, chains.length === 0 ? ['This is the newest database: there is nothing to accept.'] : chains);
  },
};

/** What was done, with what the guards see now. */
async function seen(context: Context, lines: readonly string[]): Promise<Result> {
  const data = guardDocument(await lookAtGuards(await context.store()), context.places.headsDirectory);
  return { data, human: { lines, next: ['treasury guard show', ...helps(data)] } };
}
