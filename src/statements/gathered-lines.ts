const NO_LINES: readonly string[] = [];

/** More lines than this are no bank's; they are not kept. */
const MOST_LINES = 1_000;

/** Lines that come in one field, as nearly always, or in several; however many there are, in linear time. */
export class GatheredLines {
  #lines: readonly string[] = NO_LINES;
  /** The same where they came in several fields: copied once, at the second. */
  #own: string[] | null = null;

  get lines(): readonly string[] {
    return this.#lines;
  }

  add(lines: readonly string[]): void {
    if (this.#lines.length === 0) this.#lines = lines;
    else if (this.#lines.length < MOST_LINES) {
      this.#own ??= [...this.#lines];
      for (const line of lines) this.#own.push(line);
      this.#lines = this.#own;
    }
  }

  clear(): void {
    this.#lines = NO_LINES;
    this.#own = null;
  }
}
