/** What the machine was like while a trial ran: the explanation of an interval that is wide, never a reason to drop data. */
import { median, spread } from '../stats/order.ts';
import { SeededRandom } from '../stats/random.ts';
import { hodgesLehmann } from '../stats/signed-rank.ts';
import { changePct, costLog, intervalPct, type Objective } from './objective.ts';

/** Read after each round; null where it could not be. */
export interface MachineNoise {
  /** Share of the round in which some task waited for a CPU, 0 to 100 (PSI). */
  readonly pressurePct: number | null;
  /** Taken by the hypervisor, summed over CPUs. */
  readonly stealNs: number | null;
}

export interface NoiseSummary {
  readonly pressureLowPct: number | null;
  readonly pressureHighPct: number | null;
  readonly stealNs: number | null;
  /** Median of the baseline in the second half of the rounds against the first. */
  readonly driftPct: number | null;
  /** Standard deviation of the log of the baseline's blocks, from their median deviation. */
  readonly spreadLog: number | null;
  /** "Leave alone" compared with itself, two rounds at a time: 0 lies in it nine times of ten. */
  readonly selfIntervalPct: readonly [number, number] | null;
}

const LEAST_BLOCKS = 8;

/** @param baseline the values of the baseline's blocks in their order */
export function summariseNoise(
  objective: Objective,
  baseline: readonly number[],
  machine: readonly MachineNoise[],
  seed: number,
): NoiseSummary {
  const pressures = machine.flatMap(({ pressurePct }) => (pressurePct === null ? [] : [pressurePct]));
  const steals = machine.flatMap(({ stealNs }) => (stealNs === null ? [] : [stealNs]));
  const logs = baseline.map((value) => costLog(objective, value));
  const isLong = logs.length >= LEAST_BLOCKS;
  const half = logs.length >> 1;
  return {
    pressureLowPct: pressures.length === 0 ? null : Math.min(...pressures),
    pressureHighPct: pressures.length === 0 ? null : Math.max(...pressures),
    stealNs: steals.length === 0 ? null : steals.reduce((sum, ns) => sum + ns, 0),
    driftPct: isLong ? changePct(objective, median(logs.slice(half)) - median(logs.slice(0, half))) : null,
    spreadLog: isLong ? spread(logs) : null,
    selfIntervalPct: isLong ? selfInterval(objective, logs, seed) : null,
  };
}

/** Neighbours in time, which is the first of the two drawn by lot. */
function selfInterval(objective: Objective, logs: readonly number[], seed: number) {
  const random = new SeededRandom(seed);
  const differences: number[] = [];
  for (let i = 0; i + 1 < logs.length; i += 2) {
    const difference = (logs[i + 1] as number) - (logs[i] as number);
    differences.push(random.below(2) === 0 ? difference : -difference);
  }
  const { low, high } = hodgesLehmann(differences);
  return intervalPct(objective, low, high);
}
