/**
 * How a flame graph is laid out: sums of a tree of stacks, and bars as wide as them. The dashboard imports these
 * functions, and the page that is exported carries their text (`toString`): so each stands on its own, calls nothing of
 * this file and gives no name to a function inside of it, for some compilers wrap those.
 */

/** The node of all stacks; a child's number is above its parent's. */
export const FLAME_ROOT = 0;

/** [node, cause, faults, stall in ns]: of the node itself, without what it called. */
export type FlameWeight = readonly [node: number, cause: number, faults: number, stallNs: number];

/** The columns of a weight that can be drawn. */
export const FLAME_COLUMN = { faults: 2, stall: 3 } as const;
export type FlameMetric = keyof typeof FLAME_COLUMN;

export interface FlameTree {
  /** Of each node; that of the root is the root. */
  readonly parents: readonly number[];
  readonly weights: readonly FlameWeight[];
  /** How many causes there are. */
  readonly causes: number;
}

/** With all that is called. */
export interface FlameSums {
  readonly totals: Float64Array;
  /** At `node * causes + cause`. */
  readonly byCause: Float64Array;
}

export function sumFlame({ parents, weights, causes }: FlameTree, column: 2 | 3): FlameSums {
  const totals = new Float64Array(parents.length);
  const byCause = new Float64Array(parents.length * causes);
  for (const weight of weights) {
    const at = weight[0] * causes + weight[1];
    byCause[at] = (byCause[at] as number) + weight[column];
  }
  for (let node = parents.length - 1; node >= 0; node -= 1) {
    const parent = parents[node] as number;
    for (let cause = 0; cause < causes; cause += 1) {
      const sum = byCause[node * causes + cause] as number;
      totals[node] = (totals[node] as number) + sum;
      if (node > 0) byCause[parent * causes + cause] = (byCause[parent * causes + cause] as number) + sum;
    }
  }
  return { totals, byCause };
}

/** The nodes inside of each node. */
export function flameChildren(parents: readonly number[]): readonly (readonly number[])[] {
  const children: number[][] = Array.from({ length: parents.length }, () => []);
  for (let node = 1; node < parents.length; node += 1) children[parents[node] as number]?.push(node);
  return children;
}

export interface FlameBar {
  readonly node: number;
  readonly left: number;
  readonly wide: number;
  readonly depth: number;
  /** It holds what is zoomed to, and more. */
  readonly outside: boolean;
}

export interface FlameView {
  readonly parents: readonly number[];
  readonly children: readonly (readonly number[])[];
  readonly totals: Float64Array;
  /** The node that is as wide as everything. */
  readonly zoom: number;
  /** In any unit; those of the bars are the same. */
  readonly width: number;
  /** Narrower bars are left out, with what is in them. */
  readonly leastWide: number;
}

/** Row by row, the widest first among siblings. */
export function layOutFlame(view: FlameView): readonly FlameBar[] {
  const { parents, children, totals, zoom, width, leastWide } = view;
  const path: number[] = [];
  for (let at = zoom; at > 0; at = parents[at] as number) path.unshift(parents[at] as number);
  const bars: FlameBar[] = path.map((node, depth) => ({ node, left: 0, wide: width, depth, outside: true }));
  // A list instead of calls: stacks may be deep.
  const open = [{ node: zoom, left: 0, wide: width, depth: path.length }];
  for (let bar = open.pop(); bar !== undefined; bar = open.pop()) {
    if (bar.wide < leastWide) continue;
    bars.push({ ...bar, outside: false });
    const total = totals[bar.node] as number;
    let left = bar.left;
    for (const node of [...(children[bar.node] ?? [])].sort(
      (a, b) => (totals[b] as number) - (totals[a] as number),
    )) {
      const wide = total === 0 ? 0 : (bar.wide * (totals[node] as number)) / total;
      open.push({ node, left, wide, depth: bar.depth + 1 });
      left += wide;
    }
  }
  return bars.sort((a, b) => a.depth - b.depth || a.left - b.left);
}

/** What the stacks with a node that was found sum to: each stack once, though two of its nodes may be found. */
export function sumFound(
  parents: readonly number[],
  totals: Float64Array,
  isFound: (node: number) => boolean,
): number {
  let sum = 0;
  const inside = new Uint8Array(parents.length);
  for (let node = 1; node < parents.length; node += 1) {
    const parent = parents[node] as number;
    const found = isFound(node);
    if (found && inside[parent] === 0) sum += totals[node] as number;
    inside[node] = found || inside[parent] === 1 ? 1 : 0;
  }
  return sum;
}

/** A CSS background with a stripe for each cause, as wide as its share. @param colours of the causes */
export function flameStripes(
  node: number,
  { totals, byCause }: FlameSums,
  colours: readonly string[],
  nothing: string,
): string {
  const stops: string[] = [];
  let at = 0;
  for (let cause = 0; cause < colours.length; cause += 1) {
    const share =
      (100 * (byCause[node * colours.length + cause] as number)) / ((totals[node] as number) || 1);
    if (share === 0) continue;
    stops.push(`${colours[cause]} ${at}% ${at + share}%`);
    at += share;
  }
  return stops.length === 0 ? nothing : `linear-gradient(90deg, ${stops.join(', ')})`;
}

/** What the arrow keys lead to; undefined where there is nothing. Nodes without weight are not drawn, so not led to. */
export function flameNeighbour(
  key: string,
  current: number,
  { parents, children, totals }: Pick<FlameView, 'parents' | 'children' | 'totals'>,
): number | undefined {
  const inside = children[current] ?? [];
  const beside = current === 0 ? [0] : [...(children[parents[current] as number] ?? [])];
  if (key === 'ArrowUp') return current === 0 ? undefined : parents[current];
  const list = (key === 'ArrowDown' ? [...inside] : beside)
    .filter((node) => (totals[node] as number) > 0)
    .sort((a, b) => (totals[b] as number) - (totals[a] as number));
  if (key === 'ArrowDown') return list[0];
  const step = key === 'ArrowRight' ? 1 : key === 'ArrowLeft' ? -1 : 0;
  return step === 0 ? undefined : list[list.indexOf(current) + step];
}
