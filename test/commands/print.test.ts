import { expect, test } from 'vitest';
import type { Command, Result } from '../../src/commands/command.ts';
import { globalFlags } from '../../src/commands/global-flags.ts';
import { printResult, type Face } from '../../src/commands/print.ts';
import { Problem, usage } from '../../src/domain/problem.ts';
import { NO_PAINT } from '../../src/terminal/colour.ts';

const command: Command = {
  path: 'payment execute',
  summary: '',
  examples: [],
  access: 'anyone',
  writes: true,
  document: 'execution',
  run: () => Promise.reject(new Error('is not run here')),
};
const result: Result = {
  data: { ref: 'pay_7f3k2m' },
  human: { lines: ['Paid pay_7f3k2m.'], next: ['treasury status'] },
};
const meta = { actor: 'carol', at: '2026-10-18T06:06:03.950Z', dry_run: false, replayed: false, version: '1.0.0' };

/** A stream that keeps what it is given. */
function aFace(): { face: Face; text: () => string } {
  const texts: string[] = [];
  const write = (text: string | Uint8Array, done: () => void): void => {
    texts.push(String(text));
    done();
  };
  return {
    face: { stream: { write, on: () => undefined }, width: Infinity, paint: NO_PAINT, ascii: false },
    text: () => texts.join(''),
  };
}

/** Prints an answer whose file of --out has become impossible to write. */
async function printed(wrote: boolean, json: boolean): Promise<{ out: string; err: string }> {
  const [out, err] = [aFace(), aFace()];
  const flags = { ...globalFlags(new Map()), json, out: 'paid.json' };
  const saveData = () => Promise.reject(usage('OUT_NOT_WRITABLE', 'paid.json cannot be written: the disk is full.'));
  await printResult(
    { command, result, flags, warnings: ['Never pay it again.'], meta, wrote },
    { out: out.face, err: err.face, saveData },
  );
  return { out: out.text(), err: err.text() };
}

test('the answer about what was done is not lost with its file: it goes to stdout, with a warning', async () => {
  expect(JSON.parse((await printed(true, true)).out)).toMatchObject({
    ok: true,
    data: { ref: 'pay_7f3k2m' },
    warnings: ['Never pay it again.', 'paid.json cannot be written: the disk is full.'],
  });
  const { out, err } = await printed(true, false);
  expect(out).toBe('Paid pay_7f3k2m.\n');
  expect(err).toContain('Warning: Never pay it again.\nWarning: paid.json cannot be written: the disk is full.\n');
});

test('what only read is refused when its file cannot be written', async () => {
  await expect(printed(false, true)).rejects.toThrow(Problem);
});
