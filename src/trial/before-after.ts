/**
 * Whether something helped that can be done only once: blocks before it and blocks after it, of the same length. Nothing
 * is drawn at random here, so what else changed at that moment cannot be told from it; the words say so.
 */
import type { Sentence } from '../base/sentence.ts';
import { median } from '../stats/order.ts';
import type { Verdict } from './candidate.ts';
import { changePct, costLog, type Objective } from './objective.ts';

export interface BeforeAfter {
  readonly verdict: Extract<Verdict, 'helps' | 'hurts' | 'no-difference'>;
  readonly because: Sentence;
  /** Medians of the blocks, in the unit of the objective. */
  readonly baseline: number;
  readonly value: number;
  /** Below zero is a fall of the value. */
  readonly effectPct: number;
}

/** Of all ways to deal the blocks out, as few may look as good: 1 % on each side. */
const ALLOWED = 0.01;
/** A smaller change is not worth keeping. */
const LEAST_PCT = 20;

/** @param before, after at least 5 values each, and at most 12 */
export function judgeBeforeAfter(
  objective: Objective,
  before: readonly number[],
  after: readonly number[],
): BeforeAfter {
  const [was, is] = [before, after].map((values) => values.map((value) => costLog(objective, value)));
  const effectPct = changePct(objective, median(is as number[]) - median(was as number[]));
  const { asLow, asHigh } = rankShares(was as number[], is as number[]);
  const isLarge = Math.abs(effectPct) >= LEAST_PCT;
  const better = effectPct < 0 === (objective.better === 'lower');
  const verdict =
    isLarge && better && asLow <= ALLOWED
      ? 'helps'
      : isLarge && !better && asHigh <= ALLOWED
        ? 'hurts'
        : 'no-difference';
  return { verdict, because: REASONS[verdict], baseline: median(before), value: median(after), effectPct };
}

const REASONS: Readonly<Record<BeforeAfter['verdict'], Sentence>> = {
  helps: {
    en: 'lower than before, by more than chance would have it; it can be done only once, so what else changed just then counts too',
    ko: '우연으로 보기 어려울 만큼 전보다 낮아졌습니다. 한 번만 할 수 있는 일이라, 같은 때에 바뀐 다른 것도 함께 반영됩니다',
  },
  hurts: {
    en: 'higher than before, by more than chance would have it',
    ko: '우연으로 보기 어려울 만큼 전보다 높아졌습니다',
  },
  'no-difference': {
    en: 'as before, as far as chance lets one see',
    ko: '우연을 넘는 차이가 보이지 않습니다',
  },
};

/**
 * Of all ways to deal the values out to two groups of these sizes, the shares in which the second one has a rank sum as
 * low, and as high, as it has (the exact test of Wilcoxon's rank sum; equal values share their ranks).
 */
export function rankShares(
  first: readonly number[],
  second: readonly number[],
): { readonly asLow: number; readonly asHigh: number } {
  const doubled = doubledRanks([...first, ...second]);
  const found = doubled.slice(first.length).reduce((sum, rank) => sum + rank, 0);
  // How many choices of so many values have which sum, value by value.
  const ways: Map<number, number>[] = Array.from({ length: second.length + 1 }, () => new Map());
  ways[0]?.set(0, 1);
  for (const rank of doubled) {
    for (let size = second.length; size > 0; size -= 1) {
      for (const [sum, count] of ways[size - 1] ?? []) {
        ways[size]?.set(sum + rank, (ways[size]?.get(sum + rank) ?? 0) + count);
      }
    }
  }
  const sums = [...(ways[second.length] ?? [])];
  const all = sums.reduce((total, [, count]) => total + count, 0);
  const share = (holds: (sum: number) => boolean) =>
    sums.reduce((total, [sum, count]) => total + (holds(sum) ? count : 0), 0) / all;
  return { asLow: share((sum) => sum <= found), asHigh: share((sum) => sum >= found) };
}

/** Twice the rank, so that shared ranks are whole numbers. */
function doubledRanks(values: readonly number[]): readonly number[] {
  return values.map((value) => {
    const below = values.filter((other) => other < value).length;
    const same = values.filter((other) => other === value).length;
    return 2 * below + same + 1;
  });
}
