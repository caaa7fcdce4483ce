import { GENESIS } from '../audit-hash.ts';
import type { ChainHead } from '../audit-records.ts';

/** Events of a chain that follow each other. */
interface Run {
  first: number;
  firstPrevious: string;
  last: number;
  hash: string;
}

/** More pieces than this are no chain whose events were merely stored a little out of order. */
const MOST_RUNS = 1_000;

/** The links of one chain, which may come in any order: each joins the run that it fits, until one run is left. */
export class LinkedRuns {
  private runs: Run[] = [];
  events = 0;

  /** Whether the link fits those beside it, as far as they are known. */
  add(link: { readonly seq: number; readonly previousHash: string; readonly hash: string }): boolean {
    this.events += 1;
    const before = this.runs.find((run) => run.last === link.seq - 1);
    const after = this.runs.find((run) => run.first === link.seq + 1);
    if (before !== undefined && before.hash !== link.previousHash) return false;
    if (after !== undefined && after.firstPrevious !== link.hash) return false;
    if (before !== undefined) {
      [before.last, before.hash] = [link.seq, link.hash];
      if (after !== undefined) this.join(before, after);
    } else if (after !== undefined) {
      [after.first, after.firstPrevious] = [link.seq, link.previousHash];
    } else {
      this.runs.push({ first: link.seq, firstPrevious: link.previousHash, last: link.seq, hash: link.hash });
    }
    return this.runs.length <= MOST_RUNS;
  }

  private join(before: Run, after: Run): void {
    [before.last, before.hash] = [after.last, after.hash];
    this.runs = this.runs.filter((run) => run !== after);
  }

  /** Whether they are one run from the genesis to the kept head, and no seq came twice. */
  reach({ headSeq, headHash }: ChainHead): boolean {
    const [run, ...others] = this.runs;
    if (run === undefined) return headSeq === 0 && headHash === GENESIS;
    return (
      others.length === 0 &&
      run.first === 1 &&
      run.firstPrevious === GENESIS &&
      run.last === headSeq &&
      run.hash === headHash &&
      this.events === headSeq
    );
  }
}
