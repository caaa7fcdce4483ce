import { IdArray } from '../store/id-array.ts';

/** Where lines stand that were told one after another: those that were stored before have their ids here, the file's new ones a place in it. */
export class LinePlaces {
  readonly #old = new IdArray();
  readonly #new: Uint32Array;
  #newCount = 0;

  constructor(newLines: number) {
    this.#new = new Uint32Array(newLines);
  }

  /** Takes the next line that was stored before; all of them come before the new ones. */
  addOld(id: string): void {
    this.#old.set(this.#old.known, id);
  }

  /** Takes the next new line, by its index in the file. */
  addNew(index: number): void {
    this.#new[this.#newCount] = index;
    this.#newCount += 1;
  }

  /** The stored id of a line, counted from 0; `ofFile` has those of the file's lines. */
  idAt(line: number, ofFile: IdArray): string {
    const { known } = this.#old;
    return line < known ? this.#old.at(line) : ofFile.at(this.#new[line - known] ?? -1);
  }
}
