/** How wide one column of a table is by itself, and how far it may shrink. */
export interface Measure {
  readonly natural: number;
  readonly shrinks: boolean;
  readonly priority: number;
  /** Of priority 1, but shortened before the table is given up: it tells who, not which row. */
  readonly yields?: boolean | undefined;
}

/** The columns that stay, by index in their order, each with its width. */
export type Fitting = readonly { readonly index: number; readonly width: number }[];

/** Columns are this far apart. */
export const GAP = 2;

/** Text this long tells rows apart in the columns that stay longest: a number such as PV-NBI-2026-00412. */
const LEAST_OF_FIRST = 18;

/** Below this a text column says too little, and is better left out. */
const LEAST_OF_OTHERS = 12;

/** So much of what yields tells still who is meant, where nothing is left to be left out. */
const LEAST_OF_YIELDING = 8;

/**
 * Which columns fit a width, and how wide each is: those with the highest priority number go first, then text shrinks.
 * Undefined when not even the columns of priority 1 fit.
 */
export const fitColumns = (measures: readonly Measure[], width: number): Fitting | undefined => {
  let kept = measures.map((measure, index) => ({ ...measure, index }));
  let isTight = false;
  const least = () => kept.reduce((sum, measure) => sum + leastOf(measure, isTight), 0) + GAP * (kept.length - 1);
  while (least() > width) {
    const highest = Math.max(...kept.map((measure) => measure.priority));
    if (highest <= 1 && isTight) return undefined;
    if (highest <= 1) {
      isTight = true;
      continue;
    }
    const last = kept.findLastIndex((measure) => measure.priority === highest);
    kept = kept.toSpliced(last, 1);
    if (kept.length === 0) return undefined;
  }
  return shrunk(kept, { room: width - GAP * (kept.length - 1), isTight });
};

function leastOf({ natural, shrinks, priority, yields = false }: Measure, isTight: boolean): number {
  if (!shrinks) return natural;
  if (yields) return Math.min(natural, isTight ? LEAST_OF_YIELDING : LEAST_OF_OTHERS);
  return Math.min(natural, priority <= 1 ? LEAST_OF_FIRST : LEAST_OF_OTHERS);
}

interface Room {
  readonly room: number;
  readonly isTight: boolean;
}

/** Takes what is missing from the text columns: from those of later priority first, and there from the widest. */
const shrunk = (kept: readonly (Measure & { index: number })[], { room, isTight }: Room): Fitting => {
  const leasts = kept.map((measure) => leastOf(measure, isTight));
  const widths = kept.map((measure) => measure.natural);
  let missing = widths.reduce((sum, width) => sum + width, 0) - room;
  for (const isFirst of [false, true]) {
    const group = kept.flatMap((measure, at) => (measure.priority <= 1 === isFirst ? [at] : []));
    while (missing > 0) {
      const widest = widestAbove(group, widths, leasts);
      if (widest === undefined) break;
      widths[widest] = (widths[widest] ?? 0) - 1;
      missing -= 1;
    }
  }
  return kept.map((measure, at) => ({ index: measure.index, width: widths[at] ?? 0 }));
};

const widestAbove = (group: readonly number[], widths: readonly number[], leasts: readonly number[]) => {
  let widest: number | undefined;
  for (const at of group) {
    const width = widths[at] ?? 0;
    if (width <= (leasts[at] ?? 0)) continue;
    if (widest === undefined || width > (widths[widest] ?? 0)) widest = at;
  }
  return widest;
};
