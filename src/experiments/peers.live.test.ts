/** The experiments against other tools that measure the same: oslat of rt-tests, stress-ng. Interleaved; wide bounds. */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { PROGRAM } from '../../test/trials/planted.ts';
import { getAffinity } from '../native/affinity.ts';

const cpu = `${getAffinity(0).last}`;
const folder = mkdtempSync(join(tmpdir(), 'keel-peers-'));
afterAll(() => rmSync(folder, { recursive: true }));

const has = (program: string) => spawnSync(program, ['--version']).error === undefined;

function bench(...words: readonly string[]): { readonly rows: readonly Record<string, unknown>[] } {
  const { stdout } = spawnSync(process.execPath, [PROGRAM, 'bench', ...words, '--json'], {
    encoding: 'utf8',
  });
  return JSON.parse(stdout);
}

const isRoot = process.geteuid?.() === 0;

it.skipIf(!has('oslat') || !isRoot)(
  'noise: beside a hog, the longest gap is that of oslat (skips without rt-tests, or root)',
  () => {
    const hog = spawn('taskset', ['-c', cpu, process.execPath, '-e', 'for (;;);'], { stdio: 'ignore' });
    try {
      const [row] = bench('noise', '--cpus', cpu, '--for', '2s').rows;
      const file = join(folder, 'oslat.json');
      spawnSync('oslat', ['-c', cpu, '-D', '2', `--json=${file}`]);
      const oslat = JSON.parse(readFileSync(file, 'utf8')) as { thread: Record<string, { max: number }> };
      const theirUs = oslat.thread['0']?.max ?? 0;
      const ourUs = Number(row?.longestNs) / 1e3;
      // A slice of the scheduler; without the hog both are shorter by far.
      expect(ourUs).toBeGreaterThan(1000);
      expect(Math.max(ourUs / theirUs, theirUs / ourUs)).toBeLessThan(20);
      expect(Number(row?.gonePct)).toBeGreaterThan(25);
    } finally {
      hog.kill('SIGKILL');
    }
  },
);

it.skipIf(!has('stress-ng'))('memory: reads and writes as fast as stress-ng does (skips without it)', () => {
  const { rows } = bench('memory', '--cpus', cpu);
  const words = [
    '-c',
    cpu,
    'stress-ng',
    '--memrate',
    '1',
    '--memrate-bytes',
    '256m',
    '-t',
    '5s',
    '--metrics-brief',
  ];
  const { stdout, stderr } = spawnSync('taskset', words, { encoding: 'utf8' });
  const said = stdout + stderr;
  const [real = 1, user = 1, system = 0] = (/memrate +\d+ +([\d.]+) +([\d.]+) +([\d.]+)/.exec(said) ?? [])
    .slice(1)
    .map(Number);
  // It tells a mean over the wall clock, what others had of the CPU included.
  const shareRatio = Math.min(1, (user + system) / real);
  const theirs = (name: string) =>
    (Number(new RegExp(`([\\d.]+) ${name} MB`).exec(said)?.[1]) * 1e6) / shareRatio;
  for (const [operation, name] of [
    ['read', 'read256'],
    ['write', 'write256'],
  ] as const) {
    const ours = Number(rows.find((row) => row.operation === operation)?.bytesPerSec);
    const apart = Math.max(ours / theirs(name), theirs(name) / ours);
    expect(apart, `${operation} ${ours} ${theirs(name)}`).toBeLessThan(4);
  }
});
