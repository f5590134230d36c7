/** BTF excerpts of kernels, made with scripts/cut-btf.ts. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Btf } from '../btf.ts';

export const FIXTURES = join(import.meta.dirname, '../../../fixtures/btf');

export function fixtureBtf(name: string): Btf {
  return new Btf(readFileSync(join(FIXTURES, `${name}.btf`)));
}
