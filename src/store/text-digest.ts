import { createHash } from 'node:crypto';

/** So many characters are hashed at once: to hash a short text costs as much as to make the call. */
const AT_ONCE = 16_384;

/** The SHA-256 of a long text that comes in many short pieces. */
export class TextDigest {
  readonly #hash = createHash('sha256');
  #waiting = '';

  add(piece: string): void {
    this.#waiting += piece;
    if (this.#waiting.length >= AT_ONCE) this.#take();
  }

  /** In hex; nothing can be added after it. */
  hex(): string {
    this.#take();
    return this.#hash.digest('hex');
  }

  #take(): void {
    this.#hash.update(this.#waiting);
    this.#waiting = '';
  }
}
