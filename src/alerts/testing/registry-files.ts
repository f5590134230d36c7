/** For tests of registries: the names of the files that a folder extends by. */
import { readdirSync } from 'node:fs';

/** @param besides files that are none of the registry's, without `.ts` */
export function registryFiles(folder: string, besides: readonly string[] = []): string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
    .map((name) => name.replace(/\.ts$/, ''))
    .filter((name) => name !== 'index' && !besides.includes(name))
    .sort();
}
