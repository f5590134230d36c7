import { expect, it } from 'vitest';
import { stripsSvg } from './strips.ts';

const strip = (values: readonly (number | null)[], name = 'CPU <x>') => ({
  name,
  values,
  full: 10,
  top: 'most 10',
});
const barsOf = (svg: string | null) => [...(svg ?? '').matchAll(/class="shade3"[^>]*height="([\d.]+)"/g)];

it('has a bar for each value above nothing, as high as it is', () => {
  const svg = stripsSvg([strip([0, 5, null, 10, 20])], '5 s');
  expect(barsOf(svg).map(([, height]) => Number(height))).toEqual([20, 40, 40]);
  expect(svg).toContain('CPU &lt;x>');
  expect(svg).not.toMatch(/NaN|undefined|<x>/);
});

it('leaves out what is not known at all, and is nothing where nothing is', () => {
  expect(stripsSvg([strip([null, null], 'faults'), strip([1])], '1 s')).not.toContain('faults');
  expect(stripsSvg([strip([null])], '1 s')).toBeNull();
});
