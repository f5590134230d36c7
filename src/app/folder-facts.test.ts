import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { processStat } from '../kernel/task/stat.ts';
import { openHost } from './open-host.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

function folderOf(files: Readonly<Record<string, string | Uint8Array>>): string {
  const root = mkdtempSync(join(tmpdir(), 'keel-folder-'));
  folders.push(root);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

/** AT_PAGESZ 65536 and AT_CLKTCK 1024, as 64-bit words of the byte order. */
function vector(littleEndian: boolean): Uint8Array {
  const view = new DataView(new ArrayBuffer(48));
  [6, 65_536, 17, 1024, 0, 0].forEach((word, i) => {
    view.setBigUint64(i * 8, BigInt(word), littleEndian);
  });
  return new Uint8Array(view.buffer);
}

const STAT = `7 (a b) S 1 7 7 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 500 0 3 ${'0 '.repeat(14)}2 0 0\n`;

it.each([true, false])(
  'takes page size, ticks and byte order from an auxiliary vector (%j)',
  (littleEndian) => {
    const { host } = openHost(
      folderOf({ 'proc/7/auxv': vector(littleEndian), 'proc/sys/kernel/osrelease': '4.19.0-alpha\n' }),
    );
    expect(host.facts).toMatchObject({
      pageBytes: 65_536,
      ticksPerSec: 1024,
      release: '4.19.0-alpha',
      littleEndian,
    });
  },
);

it('refuses a folder without a machine: what is not there would read as a machine of no CPUs', () => {
  const refusal = (path: string) => () => openHost(path);
  expect(refusal(folderOf({}))).toThrow(/E_FORMAT: .* holds no machine/);
  expect(refusal(folderOf({ 'copy/proc/cpuinfo': '' }))).toThrow(/E_FORMAT/);
  expect(refusal(join(folderOf({ file: '' }), 'file', 'x'))).toThrow(/E_IO: .* not a folder \(ENOTDIR\)/);
  expect(openHost(folderOf({ 'proc/cpuinfo': '' })).host.kind).toBe('captured');
  expect(openHost(folderOf({ 'sys/devices/system/cpu/online': '0\n' })).host.kind).toBe('captured');
});

it('reads tasks also where no vector was copied; only the page size is not known', () => {
  const { host } = openHost(folderOf({ 'proc/7/stat': STAT }));
  expect(host.facts).toMatchObject({ pageBytes: null, ticksPerSec: 100, arch: null, bootId: null });
  expect(host.read(processStat, { pid: 7 })).toMatchObject({
    comm: 'a b',
    startNs: 5_000_000_000n,
    rssBytes: null,
  });
});
