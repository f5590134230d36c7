import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as layout from './flame-layout.ts';
import { type FlameWeight, flameChildren, layOutFlame, sumFlame, sumFound } from './flame-layout.ts';

const CAUSES = 3;

/** A tree whose children are numbered above their parents, with weights anywhere in it. */
const trees = fc
  .array(fc.tuple(fc.nat(1000), fc.nat(CAUSES - 1), fc.nat(50), fc.nat(1000)), {
    minLength: 1,
    maxLength: 40,
  })
  .map((rows) => ({
    parents: [0, ...rows.map(([any], i) => any % (i + 1))],
    weights: rows.map(([, cause, faults, stallNs], i): FlameWeight => [i + 1, cause, faults, stallNs]),
    causes: CAUSES,
  }));

/** all: 100 = a 60 (b 50, c 10) + d 40 (b 40) */
const PARENTS = [0, 0, 1, 1, 0, 4];
const WEIGHTS: FlameWeight[] = [
  [2, 0, 1, 50],
  [3, 1, 9, 10],
  [5, 0, 0, 30],
  [5, 2, 5, 10],
];

describe('sums of a flame graph', () => {
  it('are what the stacks weigh, at every height', () => {
    fc.assert(
      fc.property(trees, (tree) => {
        const { totals, byCause } = sumFlame(tree, 3);
        const children = flameChildren(tree.parents);
        tree.parents.forEach((_, node) => {
          const own = tree.weights.filter(([at]) => at === node).reduce((sum, one) => sum + one[3], 0);
          const inside = (children[node] ?? []).reduce((sum, child) => sum + (totals[child] ?? 0), 0);
          const causes = byCause.slice(node * CAUSES, (node + 1) * CAUSES).reduce((a, b) => a + b, 0);
          expect(totals[node]).toBe(own + inside);
          expect(causes).toBe(totals[node]);
        });
      }),
    );
  });

  it('count a stack once where two of its nodes are found', () => {
    const { totals } = sumFlame({ parents: PARENTS, weights: WEIGHTS, causes: CAUSES }, 3);
    expect(sumFound(PARENTS, totals, (node) => node === 1 || node === 2)).toBe(60);
    expect(sumFound(PARENTS, totals, (node) => node === 2 || node === 5)).toBe(90);
  });
});

describe('bars of a flame graph', () => {
  const view = (zoom: number, column: 2 | 3 = 3) => ({
    parents: PARENTS,
    children: flameChildren(PARENTS),
    totals: sumFlame({ parents: PARENTS, weights: WEIGHTS, causes: CAUSES }, column).totals,
    zoom,
    width: 100,
    leastWide: 1,
  });

  it('are as wide as their share, the widest first', () => {
    expect(layOutFlame(view(0)).map(({ node, left, wide, depth }) => [node, left, wide, depth])).toEqual([
      [0, 0, 100, 0],
      [1, 0, 60, 1],
      [4, 60, 40, 1],
      [2, 0, 50, 2],
      [3, 50, 10, 2],
      [5, 60, 40, 2],
    ]);
    expect(layOutFlame(view(0, 2)).map(({ node }) => node)).toEqual([0, 1, 4, 3, 2, 5]);
  });

  it('of what holds the one that is zoomed to stay, as wide as everything', () => {
    const bars = layOutFlame(view(1)).map(({ node, wide, outside }) => [node, wide, outside]);
    expect(bars.slice(0, 2)).toEqual([
      [0, 100, true],
      [1, 100, false],
    ]);
    expect(bars.map(([node]) => node)).not.toContain(4);
  });

  it('lie within the bar around them, and not on one another', () => {
    fc.assert(
      fc.property(trees, (tree) => {
        const { totals } = sumFlame(tree, 3);
        const children = flameChildren(tree.parents);
        const bars = layOutFlame({ ...tree, children, totals, zoom: 0, width: 100, leastWide: 0.1 });
        const placed = new Map(bars.map((bar) => [bar.node, bar]));
        for (const { node, left, wide, depth } of bars) {
          const around = placed.get(tree.parents[node] ?? 0);
          if (node === 0 || around === undefined) continue;
          expect(depth).toBe(around.depth + 1);
          expect(left).toBeGreaterThanOrEqual(around.left - 1e-9);
          expect(left + wide).toBeLessThanOrEqual(around.left + around.wide + 1e-9);
        }
        for (let i = 1; i < bars.length; i += 1) {
          const [before, bar] = [bars[i - 1], bars[i]];
          if (before?.depth === bar?.depth)
            expect(bar?.left).toBeGreaterThanOrEqual((before?.left ?? 0) + (before?.wide ?? 0) - 1e-9);
        }
      }),
    );
  });
});

describe('the functions of the layout', () => {
  it('stand on their own, as the exported page needs them', () => {
    const functions = Object.values(layout).filter((one) => typeof one === 'function');
    expect(functions).toHaveLength(6);
    const names = functions.map(({ name }) => name);
    for (const one of functions) {
      const text = String(one);
      expect(names.filter((name) => name !== one.name && text.includes(name))).toEqual([]);
      expect(text).not.toMatch(/__name|FLAME_/);
    }
  });
});
