/** Axes of a chart: from values to pixels, and the values worth a tick. */

export interface Scale {
  readonly isLog: boolean;
  readonly from: number;
  readonly to: number;
  /** Of `from` and of `to`. */
  readonly pixels: readonly [number, number];
}

export function pixelAt({ isLog, from, to, pixels: [start, end] }: Scale, value: number): number {
  const ratio = isLog ? Math.log(value / from) / Math.log(to / from) : (value - from) / (to - from);
  return start + (Number.isFinite(ratio) ? ratio : 0) * (end - start);
}

/** As many ticks at most. */
const MOST_TICKS = 12;

/** Powers of two for bytes, 1-2-5 otherwise; every one, every second and so on, until they are few enough. */
export function ticksOf({ isLog, from, to }: Scale, isBytes: boolean): readonly number[] {
  const all = isLog ? logTicks(from, to, isBytes) : linearTicks(from, to);
  const step = Math.ceil(all.length / MOST_TICKS);
  return all.filter((_, i) => i % step === 0);
}

function logTicks(from: number, to: number, isBytes: boolean): number[] {
  const ticks: number[] = [];
  if (isBytes) {
    for (let at = 2 ** Math.ceil(Math.log2(from)); at <= to; at *= 2) ticks.push(at);
    return ticks;
  }
  for (let decade = 10 ** Math.floor(Math.log10(from)); decade <= to; decade *= 10)
    ticks.push(...[1, 2, 5].map((digit) => digit * decade).filter((value) => value >= from && value <= to));
  return ticks;
}

function linearTicks(from: number, to: number): number[] {
  const rough = (to - from) / 5 || 1;
  const decade = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 5, 10].find((digit) => digit * decade >= rough) ?? 10) * decade;
  const ticks: number[] = [];
  for (let i = Math.ceil(from / step); i * step <= to * 1.0001; i += 1) ticks.push(i * step);
  return ticks;
}
