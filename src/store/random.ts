import { closeSync, openSync, readSync } from 'node:fs';

const BLOCK = 256;

let block = new Uint32Array(0);
let used = 0;

/** A random number from 0 to 2^32 - 1, for the ids of records. */
export function nextUint32(): number {
  if (used >= block.length) {
    block = kernelRandom() ?? crypto.getRandomValues(new Uint32Array(BLOCK));
    used = 0;
  }
  used += 1;
  return block[used - 1] ?? 0;
}

/** 128 random bits as 32 hexadecimal digits: nobody can guess it. */
export const secretToken = (): string =>
  Array.from({ length: 4 }, () => nextUint32().toString(16).padStart(8, '0')).join('');

/** From the kernel itself, where it offers that as a file: Node's `crypto` asks it too, and takes 3 ms to load. */
function kernelRandom(): Uint32Array<ArrayBuffer> | undefined {
  const numbers = new Uint32Array(BLOCK);
  try {
    const source = openSync('/dev/urandom', 'r');
    const bytes = readSync(source, numbers);
    closeSync(source);
    return bytes === numbers.byteLength ? numbers : undefined;
  } catch {
    // Windows has no such file.
    return undefined;
  }
}
