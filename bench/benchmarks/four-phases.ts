/** A program whose most page faults are not its most stall, ranked both ways. */
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import {
  type FourPhases,
  noFourPhases,
  PHASES,
  type Phase,
  type PhaseFaults,
  ranking,
  recordFourPhases,
} from '../../test/live/four-phases.ts';
import type { Benchmark, Goal, Outcome } from '../benchmark.ts';
import { quantile } from '../pairs.ts';

const WHAT: Readonly<Record<Phase, string>> = {
  many: 'many first touches of 4 KiB',
  huge: 'a few huge pages',
  sequential: 'a cold file, sequentially',
  random: 'a cold file, at random',
};

export const fourPhases: Benchmark = {
  name: 'four-phases',
  rounds: 5,
  obstacle: noFourPhases,
  async run(rounds) {
    // Beside the program and not among temporary files, which may be kept in memory.
    const folder = mkdtempSync(join(import.meta.dirname, '.phases-'));
    try {
      const results: FourPhases[] = [];
      for (let i = 0; i < rounds; i += 1) results.push(await recordFourPhases(folder));
      return outcome(results);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

function outcome(results: readonly FourPhases[]): Outcome {
  const middle = { phases: PHASES.map((phase) => medians(phase, results)) };
  const [byCount, byStall] = [ranking(middle, 'faults'), ranking(middle, 'stallNs')];
  const rank = (order: readonly Phase[], phase: Phase) => `${order.indexOf(phase) + 1}`;
  const lost = results.reduce((total, one) => total + one.lost, 0);
  return {
    about: `${results.length} recordings of one program with four phases, medians; ${lost} records lost.`,
    header: ['phase', 'faults', 'rank', 'major', 'stall', 'rank', 'stall booked as minor'],
    rows: middle.phases.map((one) => [
      WHAT[one.phase],
      one.faults.toLocaleString('en'),
      rank(byCount, one.phase),
      one.majorFaults.toLocaleString('en'),
      `${(one.stallNs / 1e6).toFixed(1)} ms`,
      rank(byStall, one.phase),
      `${(minorShare(one) * 100).toFixed(0)} %`,
    ]),
    absent: [],
    goals: goalsOf(middle.phases, byCount, byStall),
  };
}

function medians(phase: Phase, results: readonly FourPhases[]): PhaseFaults {
  const all = results.flatMap(({ phases }) => phases.filter((one) => one.phase === phase));
  const median = (pick: (one: PhaseFaults) => number) => quantile(all.map(pick), 0.5);
  return {
    phase,
    faults: median(({ faults }) => faults),
    majorFaults: median(({ majorFaults }) => majorFaults),
    stallNs: median(({ stallNs }) => stallNs),
    majorStallNs: median(({ majorStallNs }) => majorStallNs),
  };
}

function minorShare({ stallNs, majorStallNs }: PhaseFaults): number {
  return 1 - majorStallNs / stallNs;
}

function goalsOf(
  phases: readonly PhaseFaults[],
  byCount: readonly Phase[],
  byStall: readonly Phase[],
): Goal[] {
  const sequential = phases.find(({ phase }) => phase === 'sequential');
  return [
    {
      what: 'the rankings differ',
      measured: `by number ${byCount.join(', ')}; by stall ${byStall.join(', ')}`,
      isReached: byCount.join() !== byStall.join(),
    },
    {
      what: 'the stall of the sequential file is found, most of it booked as minor faults',
      measured: sequential === undefined ? 'nothing' : `${(minorShare(sequential) * 100).toFixed(0)} %`,
      isReached: sequential !== undefined && minorShare(sequential) > 0.5,
    },
  ];
}
