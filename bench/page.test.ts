import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { benchmarks } from './benchmarks/index.ts';
import { renderOutcome, withBlock } from './page.ts';

const PAGE = readFileSync(join(import.meta.dirname, '../docs/performance.md'), 'utf8');

it('has a block of the page for every benchmark, and each name once', () => {
  const names = benchmarks.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  const blocks = [...PAGE.matchAll(/<!-- bench: (\S+) -->/g)].map(([, name]) => name);
  expect(blocks.sort()).toEqual([...names].sort());
});

it('replaces a block, and nothing around it', () => {
  const page = 'a\n<!-- bench: x -->\nold\n<!-- end of bench: x -->\nb\n';
  const once = withBlock(page, 'x', 'new');
  expect(once).toBe('a\n<!-- bench: x -->\n\nnew\n\n<!-- end of bench: x -->\nb\n');
  expect(withBlock(once, 'x', 'new')).toBe(once);
  expect(() => withBlock(page, 'y', 'new')).toThrow(/no block for y/);
});

it('says which peers were absent and which goals were missed', () => {
  const text = renderOutcome({
    about: 'Three rounds.',
    header: ['what', 'ms'],
    rows: [['ours', '2']],
    absent: ['perf'],
    goals: [{ what: 'below 1 ms', measured: '2 ms', isReached: false }],
  });
  expect(text).toContain('did not run here: `perf`.');
  expect(text).toContain('| below 1 ms | 2 ms | **missed** |');
});
