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

interface BenchDocument {
  readonly rows: readonly Record<string, unknown>[];
  readonly conditions: { readonly takenPct: number };
}

function bench(...words: readonly string[]): BenchDocument {
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

/** Work for each second that it had the CPU, and the share of the time in which others had it. */
function stressCpu(on: string): { readonly operationsPerCpuSec: number; readonly takenPct: number } {
  const words = ['-c', on, 'stress-ng', '--cpu', '1', '--cpu-method', 'int64', '-t', '2s', '--metrics-brief'];
  const { stdout, stderr } = spawnSync('taskset', words, { encoding: 'utf8' });
  const found = /\] cpu +(\d+) +([\d.]+) +([\d.]+) +([\d.]+)/.exec(stdout + stderr) ?? [];
  const [operations = 0, real = 1, user = 0, system = 0] = found.slice(1).map(Number);
  return {
    operationsPerCpuSec: operations / (user + system),
    takenPct: 100 * (1 - (user + system) / real),
  };
}

function integerStep(on: string): { readonly ns: number; readonly takenPct: number } {
  const { rows, conditions } = bench('cpu', '--cpus', on, '--for', '1500ms');
  return { ns: Number(rows.find(({ work }) => work === 'integer')?.p25Ns), takenPct: conditions.takenPct };
}

it.skipIf(!has('stress-ng'))(
  'cpu: a hog takes time and not speed, to stress-ng as to keel (skips without it)',
  () => {
    const alone = { keel: integerStep(cpu), peer: stressCpu(cpu) };
    const hog = spawn('taskset', ['-c', cpu, process.execPath, '-e', 'for (;;);'], { stdio: 'ignore' });
    try {
      const beside = { keel: integerStep(cpu), peer: stressCpu(cpu) };
      const ours = alone.keel.ns / beside.keel.ns;
      const theirs = beside.peer.operationsPerCpuSec / alone.peer.operationsPerCpuSec;
      // The clock of a shared machine goes up and down meanwhile; a figure with the hog's time in it is off by two.
      expect(Math.max(ours / theirs, theirs / ours), `${ours} ${theirs}`).toBeLessThan(1.5);
      expect(Math.max(ours, 1 / ours)).toBeLessThan(1.5);
      // A hog of the same weight has half, others more.
      expect(beside.keel.takenPct).toBeGreaterThan(35);
      expect(beside.peer.takenPct).toBeGreaterThan(35);
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
