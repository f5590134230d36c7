/** Whether every page fault that the kernel counted is in the recording, at a moderate rate and flat out. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { code } from '../../scripts/generate/markdown.ts';
import type { Benchmark, Goal } from '../benchmark.ts';
import { FAULT_OBSERVERS, type FaultObserver, isPerfInstalled } from '../fault-observers.ts';
import { noRunner } from '../measured-program.ts';
import { Toucher } from '../toucher.ts';
import { type Touches, touchWatched, type WatchedTouches } from '../watched-touches.ts';

interface Pace extends Touches {
  readonly name: string;
}

const PACES: readonly Pace[] = [
  { name: '20 k/s', mebibytes: 160, perSec: 20_000 },
  { name: 'flat out', mebibytes: 1024, perSec: 0 },
];

const { stat, record, recordStacks, perfRecord, perfRecordStacks } = FAULT_OBSERVERS;

export const faultsExact: Benchmark = {
  name: 'faults-exact',
  rounds: 3,
  obstacle: noRunner,
  async run(rounds) {
    const ours: readonly FaultObserver[] = [stat, record, recordStacks];
    const peers: readonly FaultObserver[] = [perfRecord, perfRecordStacks];
    const able = isPerfInstalled() ? [...ours, ...peers] : ours;
    const results = await measure(able, rounds);
    return {
      about: [
        `First touches of one thread, ${rounds} rounds; rate and counts are those of the worst round. The kernel's count is the`,
        'difference of minflt and majflt in /proc/PID/stat, read while the program sits still. By BPF a fault is one record, by perf rings two: its entry and its end.',
      ].join('\n'),
      header: ['pace', 'watched by', 'faults/s', 'by the kernel', 'seen', 'lost records', 'unpaired'],
      rows: results.map(row),
      absent: isPerfInstalled() ? [] : peers.map(({ name }) => name),
      goals: results.filter(({ observer }) => ours.includes(observer)).flatMap(goalsOf),
    };
  },
};

interface Result {
  readonly pace: Pace;
  readonly observer: FaultObserver;
  readonly worst: WatchedTouches;
}

async function measure(able: readonly FaultObserver[], rounds: number): Promise<readonly Result[]> {
  const folder = mkdtempSync(join(tmpdir(), 'keel-bench-'));
  const toucher = await Toucher.start();
  try {
    const results: Result[] = [];
    for (const pace of PACES) {
      for (const observer of able) {
        const watched: WatchedTouches[] = [];
        for (let i = 0; i < rounds; i += 1)
          watched.push(await touchWatched(toucher, observer, pace, { folder }));
        results.push({ pace, observer, worst: worstOf(watched) });
      }
    }
    return results;
  } finally {
    toucher.end();
    rmSync(folder, { recursive: true, force: true });
  }
}

function worstOf(watched: readonly WatchedTouches[]): WatchedTouches {
  return watched.reduce((worst, one) => (unseen(one) > unseen(worst) ? one : worst));
}

/** How far from the kernel's count, in either direction. */
function unseen({ kernelFaults, seen }: WatchedTouches): number {
  return Math.abs(kernelFaults - seen.faults);
}

function row({ pace, observer, worst }: Result): string[] {
  const { touched, kernelFaults, seen } = worst;
  const perSec = touched.faults / (touched.wallNs / 1e9);
  const orDash = (value: number | null) => (value === null ? '—' : count(value));
  return [
    pace.name,
    code(observer.name),
    count(Math.round(perSec / 1000) * 1000),
    count(kernelFaults),
    count(seen.faults),
    orDash(seen.lostRecords),
    orDash(seen.unpaired),
  ];
}

function goalsOf({ pace, observer, worst }: Result): Goal[] {
  const { kernelFaults, seen } = worst;
  const lost = seen.lostRecords ?? 0;
  const unpaired = seen.unpaired ?? 0;
  const known = seen.recordsPerFault * seen.faults + lost + unpaired;
  const made = seen.recordsPerFault * kernelFaults;
  const who = `${code(observer.name)}, ${pace.name}`;
  return [
    {
      what: `${who}: seen and lost together are the kernel's count`,
      measured: `${count(known)} of ${count(made)} records`,
      isReached: known === made,
    },
    {
      what: `${who}: nothing lost, nothing unpaired`,
      measured: `${count(lost)} lost, ${count(unpaired)} unpaired`,
      isReached: lost === 0 && unpaired === 0,
    },
  ];
}

function count(value: number): string {
  return value.toLocaleString('en');
}
