/** Every function that readelf shows in real files is found under one of the names it has there. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { sourceOf } from './byte-source.ts';
import { buildIdOf, readElf } from './elf-file.ts';
import { hasFullSymbols, readSymbols } from './elf-symbols.ts';

const hasReadelf = spawnSync('readelf', ['--version']).status === 0;
const libc = ['/lib/x86_64-linux-gnu', '/lib/aarch64-linux-gnu', '/lib64', '/usr/lib']
  .map((folder) => `${folder}/libc.so.6`)
  .find((path) => existsSync(path));

function run(program: string, ...args: string[]): string {
  return spawnSync(program, args, { encoding: 'utf8', maxBuffer: 1 << 28 }).stdout;
}

describe.skipIf(!hasReadelf)('names as readelf shows them (skipped without binutils)', () => {
  const files = [process.execPath, libc].filter((path) => path !== undefined);
  it.each(files)('%s', (path) => {
    const elf = readElf(sourceOf(readFileSync(path)));
    const table = readSymbols(elf);
    const namesAt = new Map<number, string[]>();
    const list = run('readelf', '-sW', hasFullSymbols(elf) ? '-s' : '--dyn-syms', path);
    for (const line of list.split('\n')) {
      const match = /: ([0-9a-f]+) +\S+ I?FUNC +\S+ +\S+ +\d+ ([^@\n]+)/.exec(line);
      if (match === null) continue;
      const address = Number.parseInt(match[1] as string, 16);
      namesAt.set(address, [...(namesAt.get(address) ?? []), match[2] as string]);
    }
    expect(namesAt.size).toBeGreaterThan(1000);
    const wrong = [...namesAt].filter(([address, names]) => {
      const found = table.find(address);
      return found === null || found.offset !== 0 || !names.includes(found.name.replace(/@.*/, ''));
    });
    expect(wrong.slice(0, 5)).toEqual([]);
    expect(run('readelf', '-n', path)).toContain(`Build ID: ${buildIdOf(elf)}`);
  });
});
