import type { Reason } from './facts.ts';

/** A line and an entry that may belong together, and how much speaks for it. */
export interface Edge {
  readonly line: number;
  readonly entry: number;
  readonly score: number;
  readonly reasons: readonly Reason[];
}

export interface Assignment {
  readonly chosen: readonly Edge[];
  /** What nothing decides: edges of lines that have no best entry, or whose best entry has another line as good. */
  readonly tied: readonly Edge[];
}

/** One to one by score: an edge is chosen when nothing else at its line and nothing else at its entry scores as much. */
export function assign(edges: readonly Edge[]): Assignment {
  const byLine = bestOf(edges, (edge) => edge.line);
  const byEntry = bestOf(edges, (edge) => edge.entry);
  const chosen: Edge[] = [];
  for (const { best, rivals } of byLine.values()) {
    const entry = byEntry.get(best.entry);
    if (rivals === 0 && entry?.best === best && entry.rivals === 0) chosen.push(best);
  }
  const lines = new Set(chosen.map((edge) => edge.line));
  const entries = new Set(chosen.map((edge) => edge.entry));
  return { chosen, tied: edges.filter((edge) => !lines.has(edge.line) && !entries.has(edge.entry)) };
}

interface Best {
  best: Edge;
  /** Other edges with the same score. */
  rivals: number;
}

function bestOf(edges: readonly Edge[], sideOf: (edge: Edge) => number): Map<number, Best> {
  const found = new Map<number, Best>();
  for (const edge of edges) {
    const side = found.get(sideOf(edge));
    if (side === undefined || edge.score > side.best.score) found.set(sideOf(edge), { best: edge, rivals: 0 });
    else if (edge.score === side.best.score) side.rivals += 1;
  }
  return found;
}

/** Edges that hang together, each set with its lines and entries in their order. */
export function components(edges: readonly Edge[]): { edges: Edge[]; lines: number[]; entries: number[] }[] {
  const roots = new Map<string, string>();
  const rootOf = (node: string): string => {
    let root = node;
    for (let parent = roots.get(root) ?? root; parent !== root; parent = roots.get(root) ?? root) root = parent;
    roots.set(node, root);
    return root;
  };
  for (const { line, entry } of edges) roots.set(rootOf(`line ${line}`), rootOf(`entry ${entry}`));
  const sets = new Map<string, Edge[]>();
  for (const edge of edges) {
    const root = rootOf(`line ${edge.line}`);
    const set = sets.get(root);
    if (set === undefined) sets.set(root, [edge]);
    else set.push(edge);
  }
  return [...sets.values()].map((set) => ({
    edges: set,
    lines: inOrder(set.map((edge) => edge.line)),
    entries: inOrder(set.map((edge) => edge.entry)),
  }));
}

const inOrder = (places: readonly number[]): number[] => [...new Set(places)].toSorted((a, b) => a - b);
