/** What a process did over time: one strip below the other, with the same axis of time. */
import { svgDocument, svgText } from './svg.ts';

export interface Strip {
  readonly name: string;
  /** One for each interval, in order; null where it is not known. */
  readonly values: readonly (number | null)[];
  /** What reaches the top, and how that is written. */
  readonly full: number;
  readonly top: string;
}

const LEFT_PX = 150;
const WIDTH_PX = 590;
const STRIP_PX = 40;
const GAP_PX = 10;
const BELOW_PX = 20;
const TOP_PX = 6;

/** @param took the length of the whole, as text. @returns null where nothing is known */
export function stripsSvg(strips: readonly Strip[], took: string): string | null {
  const known = strips.filter(({ values }) => values.some((value) => value !== null));
  if (known.length === 0) return null;
  const height = TOP_PX + known.length * (STRIP_PX + GAP_PX) + BELOW_PX;
  const parts = known.flatMap((strip, i) => drawn(strip, TOP_PX + i * (STRIP_PX + GAP_PX)));
  const axis = [
    svgText(LEFT_PX, height - 8, '0', 'start'),
    svgText(LEFT_PX + WIDTH_PX, height - 8, took, 'end'),
  ];
  return svgDocument({ width: LEFT_PX + WIDTH_PX + 20, height }, [...parts, ...axis]);
}

function drawn({ name, values, full, top }: Strip, y: number): string[] {
  const step = WIDTH_PX / Math.max(1, values.length);
  const bars = values.flatMap((value, i) => {
    if (value === null || value <= 0) return [];
    const tall = Math.max(1, Math.min(1, value / full) * STRIP_PX);
    const [x, wide] = [LEFT_PX + i * step, Math.max(0.5, step - (step > 4 ? 1 : 0))];
    return [
      `<rect class="shade3" x="${px(x)}" y="${px(y + STRIP_PX - tall)}" width="${px(wide)}" height="${px(tall)}"/>`,
    ];
  });
  return [
    `<rect class="field" x="${LEFT_PX}" y="${y}" width="${WIDTH_PX}" height="${STRIP_PX}"/>`,
    ...bars,
    svgText(LEFT_PX - 8, y + 14, name, 'end'),
    svgText(LEFT_PX - 8, y + 30, top, 'end'),
  ];
}

function px(value: number): string {
  return String(Math.round(value * 10) / 10);
}
