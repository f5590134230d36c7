import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { GENERATED } from './index.ts';

const root = join(import.meta.dirname, '../..');

describe.each(GENERATED.map((one) => [one.path, one] as const))('%s', (path, { text }) => {
  it('is as the registries say; if not: npm run generate', async () => {
    const full = join(root, path);
    expect(existsSync(full) ? readFileSync(full, 'utf8') : null).toBe(await text());
  });
});

const mandoc = spawnSync('mandoc', ['-Tlint', '/dev/null']).error === undefined;

describe.skipIf(!mandoc)('man pages (skipped where mandoc is not installed)', () => {
  // A line of Korean has more bytes than columns, so its pages are not held to the style of 80 bytes.
  it.each(GENERATED.filter((one) => one.path.startsWith('man/')))('$path has nothing to lint', ({ path }) => {
    const level = path === 'man/keel.1' ? 'style' : 'warning';
    const { stdout, status } = spawnSync('mandoc', ['-Tlint', `-W${level}`, join(root, path)], {
      encoding: 'utf8',
    });
    expect([status, stdout]).toEqual([0, '']);
  });
});
