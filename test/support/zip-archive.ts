import { deflateRawSync } from 'node:zlib';

/** An archive made byte by byte, which may say anything of itself. */
export function archive(
  files: readonly { name: string; bytes: Uint8Array; says?: number; flags?: number; method?: number }[],
) {
  const parts: number[][] = [];
  const directory: number[][] = [];
  let offset = 0;
  const two = (value: number) => [value & 255, (value >> 8) & 255];
  const four = (value: number) => [...two(value), ...two(value >>> 16)];
  for (const { name, bytes, says = bytes.length, flags = 0, method = 8 } of files) {
    const packed = [...(method === 8 ? deflateRawSync(bytes) : bytes)];
    const letters = [...new TextEncoder().encode(name)];
    const sizes = [...four(0), ...four(packed.length), ...four(says), ...two(letters.length), ...two(0)];
    const local = [
      ...four(0x04034b50),
      ...two(20),
      ...two(flags),
      ...two(method),
      ...four(0),
      ...sizes,
      ...letters,
      ...packed,
    ];
    directory.push([
      ...four(0x02014b50),
      ...two(20),
      ...two(20),
      ...two(flags),
      ...two(method),
      ...four(0),
      ...sizes,
      ...two(0),
      ...two(0),
      ...two(0),
      ...four(0),
      ...four(offset),
      ...letters,
    ]);
    parts.push(local);
    offset += local.length;
  }
  const central = directory.flat();
  const end = [
    ...four(0x06054b50),
    ...four(0),
    ...two(files.length),
    ...two(files.length),
    ...four(central.length),
    ...four(offset),
    ...two(0),
  ];
  return Uint8Array.from([...parts.flat(), ...central, ...end]);
}

/** A file for an archive, with this text in it. */
export const textFile = (name: string, content: string) => ({ name, bytes: new TextEncoder().encode(content) });

/** The file that makes an archive a workbook. */
export const WORKBOOK_FILE = textFile('xl/workbook.xml', '<workbook/>');
