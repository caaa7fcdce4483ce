import { spawn } from 'node:child_process';
import { Writable } from 'node:stream';
import { expect, test } from 'vitest';
import { installEpipeGuard, isClosed, terminalWidth, writeAll } from '../../src/terminal/output.ts';

const failing = (code: string) =>
  new Writable({ write: (_chunk, _encoding, done) => done(Object.assign(new Error(code), { code })) });

test('a text is written whole, however slow its reader', async () => {
  const received: string[] = [];
  const slow = new Writable({
    highWaterMark: 1,
    write: (chunk, _encoding, done) => setTimeout(() => done(received.push(String(chunk)) > 0 ? null : null), 5),
  });
  await writeAll(slow, 'one');
  await writeAll(slow, 'two');
  expect(received).toEqual(['one', 'two']);
});

test('a reader that has gone is no error, and nothing more is written to it', async () => {
  const stream = failing('EPIPE');
  await writeAll(stream, 'x');
  expect(isClosed(stream)).toBe(true);
  await writeAll(stream, 'y');
  await writeAll(stream, '');
});

test('a full disk is an error, for the one who writes', async () => {
  const stream = failing('ENOSPC');
  await expect(writeAll(stream, 'x')).rejects.toThrow('ENOSPC');
  await new Promise(setImmediate);
  expect(isClosed(stream)).toBe(false);
});

test('the guard keeps a broken pipe from ending the process', async () => {
  const [out, talk] = [failing('EPIPE'), failing('EPIPE')];
  installEpipeGuard(out, talk);
  out.write('x');
  await new Promise(setImmediate);
  expect([isClosed(out), isClosed(talk)]).toEqual([true, false]);
});

test('a full disk under standard error ends nothing: only talk is lost', async () => {
  const [out, talk] = [failing('ENOSPC'), failing('ENOSPC')];
  installEpipeGuard(out, talk);
  await writeAll(talk, 'x');
  expect(isClosed(talk)).toBe(true);
  await expect(writeAll(out, 'x')).rejects.toThrow('ENOSPC');
});

test.each([1_000_000, 60_000])('%i bytes arrive whole in a pipe and in a file, and head ends quietly', async (size) => {
  const script = new URL('fixtures/write-much.ts', import.meta.url).pathname;
  const run = (command: string) =>
    new Promise<string>((resolve) => {
      const child = spawn('/bin/sh', ['-c', command], {
        env: { ...process.env, NODE: process.execPath, SCRIPT: script, SIZE: String(size) },
      });
      let seen = '';
      child.stdout.on('data', (chunk: Buffer) => (seen += chunk.toString()));
      child.stderr.on('data', (chunk: Buffer) => (seen += chunk.toString()));
      child.on('close', () => resolve(seen.trim()));
    });
  expect(await run('"$NODE" "$SCRIPT" "$SIZE" | wc -c')).toBe(`${size}`);
  expect(await run('file=$(mktemp); "$NODE" "$SCRIPT" "$SIZE" > "$file"; wc -c < "$file"; rm "$file"')).toBe(`${size}`);
  expect(await run('{ "$NODE" "$SCRIPT" "$SIZE"; echo "exit $?" >&2; } | head -c 1 > /dev/null')).toBe('exit 0');
  expect(await run('{ sleep 0.3; "$NODE" "$SCRIPT" "$SIZE"; echo "exit $?" >&2; } | true')).toBe('exit 0');
});

test('the width is COLUMNS, else the terminal, else without end', () => {
  expect(terminalWidth({ isTTY: true, columns: 44 }, {})).toBe(44);
  expect(terminalWidth({ isTTY: true, columns: 44 }, { COLUMNS: '120' })).toBe(120);
  expect(terminalWidth({}, { COLUMNS: '30' })).toBe(30);
  expect(terminalWidth({ isTTY: false }, {})).toBe(Infinity);
  expect(terminalWidth({ isTTY: true }, {})).toBe(80);
  expect(terminalWidth({ isTTY: true, columns: 0 }, {})).toBe(80);
});

test.each(['', '0', '-5', '1e3', 'x', '9'.repeat(30)])('COLUMNS=%s is ignored', (columns) => {
  expect(terminalWidth({ isTTY: true, columns: 44 }, { COLUMNS: columns })).toBe(44);
});
