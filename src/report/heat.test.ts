import { expect, it } from 'vitest';
import { momentsSvg } from './heat.ts';

const texts = { title: 'late <moments>', length: (ns: number) => `${ns / 1e6} ms` };
const cellsOf = (svg: string | null) => svg?.match(/width="10" height="15"/g)?.length ?? 0;

it('has a cell for each time and length that occurred, and a row for each power of two', () => {
  const moments = [
    { fromNs: 0, lateNs: 1e6 },
    { fromNs: 1, lateNs: 1.9e6 },
    { fromNs: 5e9, lateNs: 9e6 },
    { fromNs: 10e9, lateNs: 1e6 },
  ];
  const svg = momentsSvg(moments, 10e9, 1e6, texts);
  expect(cellsOf(svg)).toBe(3);
  for (const row of ['≥ 1 ms', '≥ 2 ms', '≥ 4 ms', '≥ 8 ms']) expect(svg).toContain(row);
  expect(svg).not.toContain('≥ 16 ms');
  expect(svg).not.toMatch(/NaN|undefined|<moments>/);
});

it('is darkest where there were most, also where there was one of each', () => {
  expect(momentsSvg([{ fromNs: 0, lateNs: 1e6 }], 1e9, 1e6, texts)).toContain('class="shade4"');
});

it('is nothing where there was nothing', () => {
  expect(momentsSvg([], 1e9, 1e6, texts)).toBeNull();
});

it('keeps a moment that began before the watch, or after it, inside', () => {
  const svg = momentsSvg(
    [
      { fromNs: -5, lateNs: 0.5e6 },
      { fromNs: 2e9, lateNs: 1e6 },
    ],
    1e9,
    1e6,
    texts,
  );
  expect(cellsOf(svg)).toBe(2);
  expect(svg).not.toMatch(/x="-|y="-/);
});
