/** Sums by the day. Entries stand in the order in which they were booked, so that most are of the day of the one before. */
export class DaySums {
  readonly #sums = new Map<string, number>();
  #day = '';
  #sum = 0;

  /** Adds to the sum of a day. */
  add(day: string, minor: number): void {
    if (day !== this.#day) {
      this.#sums.set(this.#day, this.#sum);
      this.#day = day;
      this.#sum = this.#sums.get(day) ?? 0;
    }
    this.#sum += minor;
  }

  /** What was added up to and with a day. */
  upTo(day: string): number {
    this.#sums.set(this.#day, this.#sum);
    return [...this.#sums].reduce((sum, [of, minor]) => (of <= day ? sum + minor : sum), 0);
  }
}
