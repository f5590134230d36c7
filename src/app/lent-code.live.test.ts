/** Names in [vdso], against those that readelf shows of a copy of its memory. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { FrameTable } from '../model/stacks/frames.ts';
import { readProcessMemory } from '../native/process-memory.ts';
import { LENT_CODE } from './lent-code.ts';
import { openLiveHost } from './open-host.ts';
import { resolveSymbols } from './resolve-symbols.ts';

const host = openLiveHost();
const [, from = '', to = ''] =
  /^([0-9a-f]+)-([0-9a-f]+) r-xp .*\[vdso\]$/m.exec(readFileSync('/proc/self/maps', 'latin1')) ?? [];
const hasReadelf = spawnSync('readelf', ['--version']).status === 0;

/** By the address in the file. */
function namesByReadelf(): Map<number, string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'keel-vdso-'));
  try {
    const path = join(folder, 'vdso');
    const [start, end] = [BigInt(`0x${from}`), BigInt(`0x${to}`)];
    writeFileSync(path, readProcessMemory(process.pid, start, Number(end - start)));
    const text = spawnSync('readelf', ['-W', '--dyn-syms', path], { encoding: 'utf8' }).stdout;
    const names = new Map<number, string[]>();
    for (const [, value = '', name = ''] of text.matchAll(/: ([0-9a-f]+) +\d+ FUNC .* (\w+)@/g)) {
      const address = Number.parseInt(value, 16);
      names.set(address, [...(names.get(address) ?? []), name]);
    }
    return names;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** What the places are called in the [vdso] of a process. */
function namesOf(tgid: number, places: readonly number[], program: string | null) {
  const frames = new FrameTable();
  if (program !== null) frames.image({ path: program, file: null, tgid });
  const image = frames.image({ path: LENT_CODE, file: null, tgid }) ?? 0;
  const numbers = places.map((place) => frames.inImage(image, place));
  const { names, unread } = resolveSymbols(host, frames);
  return { names: numbers.map((number) => names[number]?.function ?? null), unread };
}

it.skipIf(!hasReadelf || from === '')('are those of readelf (skipped without binutils or vdso)', async () => {
  const expected = namesByReadelf();
  expect(expected.size).toBeGreaterThan(1);
  const places = [...expected.keys()];
  const child = spawn('sleep', ['60']);
  const tgid = child.pid as number;
  const living = namesOf(tgid, places, null);
  child.kill();
  await once(child, 'exit');
  const ended = namesOf(tgid, places, process.execPath);
  for (const { names } of [living, ended])
    names.forEach((name, i) => {
      expect(expected.get(places[i] as number)).toContain(name);
    });
  // Of another machine type, or of none that is known, nothing is named.
  for (const program of [null, '/etc/hostname']) {
    const unknown = namesOf(tgid, places, program);
    expect(new Set(unknown.names)).toEqual(new Set([null]));
    expect(unknown.unread).toContainEqual(expect.objectContaining({ missing: 'gone', path: LENT_CODE }));
  }
});
