import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';

/** Node's own is ten times as fast at each text, but takes as long to load as this many take here: more than a payment needs. */
const FEW = 64;

let made = 0;
let native: ((algorithm: 'sha256', text: string) => string) | undefined;

/** The SHA-256 of a text's UTF-8 in hex. */
export function sha256Hex(text: string): string {
  if (native !== undefined) return native('sha256', text);
  made += 1;
  if (made > FEW) native = process.getBuiltinModule('node:crypto').hash;
  return bytesToHex(sha256(utf8ToBytes(text)));
}
