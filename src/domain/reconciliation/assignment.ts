import type { Reason } from './facts.ts';

/** A line and an entry that may belong together, and how much speaks for it. */
export interface Edge {
  readonly line: number;
  readonly entry: number;
  readonly score: number;
  readonly reasons: readonly Reason[];
}

export interface Assignment<Kind extends Edge = Edge> {
  readonly chosen: readonly Kind[];
  /** What nothing decides: edges of lines that have no best entry, or whose best entry has another line as good. */
  readonly tied: readonly Kind[];
}

/** One to one by score: an edge is chosen when nothing else at its line and nothing else at its entry scores as much. */
export function assign<Kind extends Edge>(edges: readonly Kind[]): Assignment<Kind> {
  const byLine = bestOf(edges, (edge) => edge.line);
  const byEntry = bestOf(edges, (edge) => edge.entry);
  const chosen: Kind[] = [];
  for (const { best, alone } of byLine.values()) {
    const entry = byEntry.get(best.entry) as Best<Kind>;
    if (alone && entry.alone && entry.best === best) chosen.push(best);
  }
  const lines = new Set(chosen.map((edge) => edge.line));
  const entries = new Set(chosen.map((edge) => edge.entry));
  return { chosen, tied: edges.filter((edge) => !lines.has(edge.line) && !entries.has(edge.entry)) };
}

interface Best<Kind> {
  best: Kind;
  /** Whether no other edge has the same score. */
  alone: boolean;
}

function bestOf<Kind extends Edge>(edges: readonly Kind[], sideOf: (edge: Kind) => number): Map<number, Best<Kind>> {
  const found = new Map<number, Best<Kind>>();
  for (const edge of edges) {
    const side = found.get(sideOf(edge));
    if (side === undefined || edge.score > side.best.score) found.set(sideOf(edge), { best: edge, alone: true });
    else if (edge.score === side.best.score) side.alone = false;
  }
  return found;
}

/** Edges that hang together, with their lines and entries, ascending. */
export interface Component<Kind extends Edge = Edge> {
  readonly edges: readonly Kind[];
  readonly lines: readonly number[];
  readonly entries: readonly number[];
}

/** Edges that hang together, each set in the order of its first edge. */
export function components<Kind extends Edge>(edges: readonly Kind[]): Component<Kind>[] {
  const roots = new Map<number, number>();
  const rootOf = (node: number): number => {
    let root = node;
    for (let parent = roots.get(root); parent !== undefined; parent = roots.get(root)) root = parent;
    if (root !== node) roots.set(node, root);
    return root;
  };
  // Lines have the even numbers, entries the odd ones.
  for (const { line, entry } of edges) {
    const [one, other] = [rootOf(line * 2), rootOf(entry * 2 + 1)];
    if (one !== other) roots.set(one, other);
  }
  const sets = new Map<number, Kind[]>();
  for (const edge of edges) {
    const root = rootOf(edge.line * 2);
    const set = sets.get(root);
    if (set === undefined) sets.set(root, [edge]);
    else set.push(edge);
  }
  return Array.from(sets.values(), (set) => ({
    edges: set,
    lines: inOrder(set.map((edge) => edge.line)),
    entries: inOrder(set.map((edge) => edge.entry)),
  }));
}

const inOrder = (places: readonly number[]): number[] => [...new Set(places)].toSorted((a, b) => a - b);
