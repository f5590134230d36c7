/** CPU and memory of the process over time. */
import { orNull } from '../../../base/missing.ts';
import { formatBytes } from '../../../cli/output/format.ts';
import type { Look } from '../../../cli/output/look.ts';
import { cpuPctOf } from '../../../model/watch/compute-frame.ts';
import { areaRows, roundUp, valuesOf } from '../../drawing/area.ts';
import { boxed, type Size, titleLine } from '../../drawing/lines.ts';
import { history } from '../state.ts';
import { LABEL_WIDTH, labelled, orDash, type Panel } from './panel.ts';

export const cpuPanel: Panel = (_, shown, size, look) => {
  const values = history(shown, (target, { frame }) => orNull(cpuPctOf(target, frame)));
  const seen = values.slice(-valuesOf(size.width - LABEL_WIDTH, look)).filter((value) => value !== null);
  const mean = seen.length === 0 ? null : seen.reduce((sum, value) => sum + value, 0) / seen.length;
  const full = Math.max(100, roundUp(Math.max(0, ...seen)));
  const pct = (value: number) => value.toFixed(0);
  const now = orDash(cpuPctOf(shown.target, shown.entry.frame), look, pct);
  const title = look.say({
    en: `CPU ${now} % of one, mean ${orDash(mean, look, pct)}`,
    ko: `CPU ${now} % (하나 기준), 평균 ${orDash(mean, look, pct)}`,
  });
  return drawn(values, full, { title, top: `${full}%`, bottom: '0%' }, size, look);
};

export const memoryPanel: Panel = (_, shown, size, look) => {
  const values = history(shown, ({ activity }) => activity.rssBytes);
  const full = sizeAbove(Math.max(1, ...values.map((value) => value ?? 0)));
  const { activity, swapBytes, lockedBytes } = shown.target;
  const bytes = (value: typeof swapBytes) =>
    orDash(value, look, (known) => (known === 0 ? '0' : formatBytes(known)));
  const [rss, swap, locked] = [
    orDash(activity.rssBytes, look, formatBytes),
    bytes(swapBytes),
    bytes(lockedBytes),
  ];
  const title = look.say({
    en: `memory ${rss}, swap ${swap}, lock ${locked}`,
    ko: `메모리 ${rss}, 스왑 ${swap}, 잠금 ${locked}`,
  });
  return drawn(
    values,
    full,
    { title, top: formatBytes(full).replace(' ', '').replace('iB', ''), bottom: '0' },
    size,
    look,
  );
};

/** A power of two, or one and a half of it. */
function sizeAbove(bytes: number): number {
  const power = 2 ** Math.ceil(Math.log2(bytes));
  return bytes <= power * 0.75 ? power * 0.75 : power;
}

interface Words {
  readonly title: string;
  readonly top: string;
  readonly bottom: string;
}

/** An area with its title, and beside it what its top and its bottom mean. */
export function drawn(
  values: readonly (number | null)[],
  full: number,
  { title, top, bottom }: Words,
  { width, height }: Size,
  look: Look,
): string[] {
  const rows = areaRows(values, { width: width - LABEL_WIDTH, height: height - 1 }, full, look);
  return boxed(
    [titleLine(title, width, look), ...labelled(rows.map(look.colors.blue), top, bottom, LABEL_WIDTH)],
    { width, height },
  );
}
