/** Writes every generated file that is behind its registry. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { GENERATED } from './generate/index.ts';

const root = join(import.meta.dirname, '..');

function current(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}

for (const { path, text } of GENERATED) {
  const full = join(root, path);
  const wanted = await text();
  if (current(full) === wanted) continue;
  mkdirSync(dirname(full), { recursive: true });
  writeFileSync(full, wanted);
  console.log(path);
}
