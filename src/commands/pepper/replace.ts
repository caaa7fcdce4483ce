import { fingerprintOf } from '../../domain/pepper.ts';
import { pepperDocument } from '../../documents/pepper.ts';
import {
  ensureNextPepper,
  lookAtPepper,
  nextPepperFile,
  rehearsedFingerprint,
  takeNextPepper,
} from '../../gateways/pepper-file.ts';
import { CARRY_LINE, endedLine, replacePepper, TAKEN_LINE } from '../../operations/replace-pepper.ts';
import { isProposed } from '../../operations/two-people.ts';
import { getOffice } from '../../store/office.ts';
import { proposedResult, sendLetters } from '../change/proposed.ts';
import type { Command, Result } from '../command.ts';
import type { Context } from '../context.ts';
import { inputsMissing } from '../missing-inputs.ts';

export const command: Command = {
  path: 'pepper replace',
  summary: 'Replace the secret that codes are made with, when it was seen or lost',
  details:
    'Makes a new one beside the old (the pepper file, then .next), never over another, and puts its fingerprint into force; once the office ' +
    'has paid that is a change that somebody else confirms. All live codes, enrolled apps and recovery codes end, and their owners are told ' +
    'by mail. Works when the old pepper is lost. On a shared database the new file has to be carried to every other machine.',
  examples: [
    { command: 'treasury pepper replace --reason "a copy was lost"', about: 'a new one, for another to confirm' },
  ],
  access: 'office.manage',
  writes: true,
  document: 'pepper',
  async run(context) {
    const { reason, dryRun } = context.flags;
    if (reason === null) throw inputsMissing('pepper replace', ['--reason']);
    const store = await context.store();
    const { pepperFile } = context.places;
    await takeIfReady(context);
    const next = dryRun ? { fingerprint: rehearsedFingerprint(), made: true } : await ensureNextPepper(pepperFile);
    const prepared = `${next.made ? 'A new pepper was made in' : 'The new pepper was there already, in'} ${nextPepperFile(pepperFile)}, fingerprint ${next.fingerprint}.`;
    const answer = await replacePepper(store, await context.actor(), { fingerprint: next.fingerprint, reason });
    if (isProposed(answer))
      return withLines(await proposedResult(context, answer), dryRun ? [] : [prepared, TAKEN_LINE, CARRY_LINE]);
    sendLetters(context);
    return {
      data: pepperDocument(await lookAtPepper(pepperFile, await store.read(getOffice))),
      human: {
        lines: [
          `Pepper: ${answer.before} > ${answer.after}.`,
          endedLine(answer.codesVoided, answer.unenrolled),
          ...(dryRun ? [] : [`The new pepper lies in ${nextPepperFile(pepperFile)}.`, TAKEN_LINE, CARRY_LINE]),
        ],
        next: ['treasury pepper show'],
      },
    };
  },
};

/** A pepper that is in force already is put into its place first: what lies in the new file must not be proposed twice. */
async function takeIfReady(context: Context): Promise<void> {
  const { pepperFile } = context.places;
  const found = await lookAtPepper(pepperFile, await (await context.store()).read(getOffice));
  if (context.flags.dryRun || fingerprintOf(found.nextContent) !== found.inForce) return;
  const failure = await takeNextPepper(pepperFile);
  if (failure !== null) context.warn(`${found.nextFile} could not be moved to ${pepperFile} (${failure}).`);
}

const withLines = (result: Result, lines: readonly string[]): Result => ({
  ...result,
  human: { ...result.human, lines: [...lines, ...(result.human.lines ?? [])] },
});
