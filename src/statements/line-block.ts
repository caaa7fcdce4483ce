import type { StatementLine } from './statement.ts';

/** So many lines a block has at most. */
const MOST_LINES = 4096;

/**
 * Lines that stand one below the other in a file, in columns: no object and no text is made of a line before somebody asks for
 * it. All have a day of the calendar, an amount in the statement's currency and an identifier in ASCII. A block lasts until
 * the next one is asked for; a line that was made of it stays.
 */
export class LineBlock {
  readonly #lineAt: (block: LineBlock, index: number) => StatementLine;
  count = 0;
  /** Where the first line stands in the file, counted in lines from 1. */
  position = 1;
  /** The bytes in which the places are. */
  bytes: Uint8Array = new Uint8Array();
  readonly bookedOn: string[] = Array.from({ length: MOST_LINES }, () => '');
  /** Second of the day; -1 where no time is told. */
  readonly seconds = new Int32Array(MOST_LINES);
  readonly amounts = new Float64Array(MOST_LINES);
  /** NaN where none is told. */
  readonly balances = new Float64Array(MOST_LINES);
  readonly isCharge = new Uint8Array(MOST_LINES);
  /** Whether a line may carry other references than its identifier. */
  readonly mayRefer = new Uint8Array(MOST_LINES);
  /** Where its row begins in the bytes, and where its identifier begins and ends. */
  readonly rows = new Uint32Array(MOST_LINES);
  readonly identifiers = new Uint32Array(MOST_LINES);
  readonly identifierEnds = new Uint32Array(MOST_LINES);

  /** `lineAt` makes a line of what stands in a block. */
  constructor(lineAt: (block: LineBlock, index: number) => StatementLine) {
    this.#lineAt = lineAt;
  }

  get isFull(): boolean {
    return this.count === MOST_LINES;
  }

  /** Begins anew with other bytes. */
  begin(bytes: Uint8Array, position: number): void {
    this.bytes = bytes;
    this.position = position;
    this.count = 0;
  }

  /** The line, as it would be told alone. */
  line(index: number): StatementLine {
    return this.#lineAt(this, index);
  }

  /** Whether two lines are told to be of one moment. */
  isSameMoment(one: number, other: number): boolean {
    return (
      this.seconds[one] === this.seconds[other] &&
      this.seconds[one] !== -1 &&
      this.bookedOn[one] === this.bookedOn[other]
    );
  }

  /** The moment of a line, as lines tell it. */
  bookedAt(index: number): string | null {
    const second = this.seconds[index] as number;
    if (second === -1) return null;
    const two = (value: number): string => (value < 10 ? `0${value}` : `${value}`);
    const [hours, minutes] = [Math.floor(second / 3600), Math.floor(second / 60) % 60];
    return `${this.bookedOn[index] as string}T${two(hours)}:${two(minutes)}:${two(second % 60)}`;
  }
}
