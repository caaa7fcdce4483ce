import { usage } from '../domain/problem.ts';

const MOST_BYTES = 16 * 1024 * 1024;

/** Everything on standard input. Throws usage STDIN_TOO_LONG above 16 MiB. */
export async function readStdin(): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let length = 0;
  for await (const piece of process.stdin) {
    // Without an encoding set, standard input gives buffers.
    const bytes = piece as Buffer;
    length += bytes.length;
    if (length > MOST_BYTES) throw refuse('STDIN_TOO_LONG', 'Standard input holds more than 16 MiB.');
    pieces.push(bytes);
  }
  return Buffer.concat(pieces);
}

/** What standard input held as text. Throws usage STDIN_NOT_TEXT for what is not UTF-8. */
export function textOfStdin(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw refuse('STDIN_NOT_TEXT', 'Standard input is not UTF-8 text.');
  }
}

/** The texts of files, and of standard input for `-`: each is read once, so that whoever asks again gets the same. */
export function textsOf(stdin: () => Promise<string>): (file: string, mostBytes: number) => Promise<string> {
  const texts = new Map<string, Promise<string>>();
  const read = async (file: string, mostBytes: number): Promise<string> =>
    file === '-' ? stdin() : (await import('../commands/list-file.ts')).readListFile(file, mostBytes);
  return (file, mostBytes) => {
    const text = texts.get(file) ?? read(file, mostBytes);
    texts.set(file, text);
    return text;
  };
}

/** The same as bytes. */
export function bytesOf(stdin: () => Promise<Buffer>): (file: string, mostBytes: number) => Promise<Uint8Array> {
  const contents = new Map<string, Promise<Uint8Array>>();
  const read = async (file: string, mostBytes: number): Promise<Uint8Array> =>
    file === '-' ? stdin() : (await import('../commands/list-file.ts')).readFileBytes(file, mostBytes);
  return (file, mostBytes) => {
    const content = contents.get(file) ?? read(file, mostBytes);
    contents.set(file, content);
    return content;
  };
}

const refuse = (code: string, message: string) => usage(code, message, { unchanged: 'Nothing was changed.' });
