/** The table of layers inside docs/architecture.md, from the rules that the check enforces. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LAYERS } from '../house/layers.ts';
import type { Generated } from './generated.ts';
import { code, table } from './markdown.ts';

const path = 'docs/architecture.md';

export const layersTable: Generated = { path, text: render };

function render(): string {
  const page = readFileSync(join(import.meta.dirname, '../..', path), 'utf8');
  const rows = LAYERS.map(({ folder, may, mayTypes = [] }) => [
    code(folder),
    may.length === 0 ? 'nothing' : may.map(code).join(' '),
    mayTypes.map(code).join(' '),
  ]);
  const made = table(['folder', 'may import', 'types only, of'], rows);
  const block = /(<!-- layers -->\n).*(<!-- end of layers -->)/s;
  if (!block.test(page)) throw new Error(`${path} has no block of layers`);
  return page.replace(block, (_, before, after) => `${before}\n${made}\n\n${after}`);
}
