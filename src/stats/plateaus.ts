/**
 * Plateaus of a curve: runs of points at about one height, with steps or slopes between them. Latencies over working-set
 * sizes make such a curve: one plateau for each cache.
 *
 * The curve is cut into pieces of constant height so that squared distances plus a price for each piece are least
 * (optimal partitioning: Jackson et al., IEEE Signal Processing Letters 12(2), 2005), on logarithms, because
 * caches differ by factors. A slope is cut into pieces too; they rise and are no plateaus.
 */

/** Both above 0. */
export interface CurvePoint {
  readonly x: number;
  readonly y: number;
}

export interface Plateau {
  /** First and last point in it. */
  readonly fromX: number;
  readonly toX: number;
  /** Median of its points. */
  readonly y: number;
  readonly points: number;
}

/** Two heights closer than this factor are one plateau: caches of one machine differ by 2 and more, noise by a tenth. */
const SAME_HEIGHT_FACTOR = 1.35;
/** With it, three points beside three others are told apart from this factor on: 3 (ln f)^2 / 2. */
const PIECE_PRICE = (3 * Math.log(SAME_HEIGHT_FACTOR) ** 2) / 2;

/** A plateau rises by less than this power of x: by a fifth when x doubles. Between two caches time doubles with it. */
const MOST_STEEPNESS = Math.log2(1.2);
/** One point alone is an outlier. */
const LEAST_POINTS = 2;

/** @param points by ascending x */
export function findPlateaus(points: readonly CurvePoint[]): readonly Plateau[] {
  const heights = points.map(({ y }) => Math.log(y));
  const runs = cheapestPieces(heights)
    .map(([from, to]) => points.slice(from, to))
    .filter((run) => run.length >= LEAST_POINTS && steepnessOf(run) < MOST_STEEPNESS);
  const joined: CurvePoint[][] = [];
  for (const run of runs) {
    const last = joined.at(-1);
    if (last !== undefined && isSameHeight(heightOf(last), heightOf(run))) last.push(...run);
    else joined.push([...run]);
  }
  return joined.map((run) => ({
    fromX: run[0]?.x ?? 0,
    toX: run.at(-1)?.x ?? 0,
    y: heightOf(run),
    points: run.length,
  }));
}

/** The slope of the line of least squares through the logarithms. */
function steepnessOf(run: readonly CurvePoint[]): number {
  const [xs, ys] = [run.map(({ x }) => Math.log(x)), run.map(({ y }) => Math.log(y))];
  const mean = (values: readonly number[]) => values.reduce((sum, one) => sum + one, 0) / values.length;
  const [middleX, middleY] = [mean(xs), mean(ys)];
  const top = xs.reduce((sum, x, i) => sum + (x - middleX) * ((ys[i] ?? 0) - middleY), 0);
  return top / xs.reduce((sum, x) => sum + (x - middleX) ** 2, 0);
}

function isSameHeight(a: number, b: number): boolean {
  return Math.max(a, b) / Math.min(a, b) < SAME_HEIGHT_FACTOR;
}

function heightOf(run: readonly CurvePoint[]): number {
  const sorted = run.map(({ y }) => y).sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? 0;
}

/** The cut with the least price, as [from, to) indexes; curves have tens of points, so the square of them is nothing. */
function cheapestPieces(heights: readonly number[]): (readonly [from: number, to: number])[] {
  const sums = [0];
  const squares = [0];
  heights.forEach((height, i) => {
    sums.push((sums[i] ?? 0) + height);
    squares.push((squares[i] ?? 0) + height * height);
  });
  const between = (list: readonly number[], from: number, to: number) => (list[to] ?? 0) - (list[from] ?? 0);
  const price = (from: number, to: number) =>
    PIECE_PRICE + between(squares, from, to) - between(sums, from, to) ** 2 / (to - from);
  const best = [0];
  const cutAt = [0];
  for (let to = 1; to <= heights.length; to += 1) {
    best[to] = Number.POSITIVE_INFINITY;
    for (let from = 0; from < to; from += 1) {
      const total = (best[from] ?? 0) + price(from, to);
      if (total < (best[to] ?? 0)) [best[to], cutAt[to]] = [total, from];
    }
  }
  const pieces: [number, number][] = [];
  for (let to = heights.length; to > 0; to = cutAt[to] ?? 0) pieces.unshift([cutAt[to] ?? 0, to]);
  return pieces;
}
