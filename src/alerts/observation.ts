/**
 * What alert rules look at: processes and the machine, as rates and states over one interval. The agent makes it; here
 * nobody asks the machine.
 */
import type { Maybe } from '../base/missing.ts';

/** A value that may be missing with a reason; null where it is not measured here, because nobody asked for it. */
export type Observed = Maybe<number> | null;

export interface ObservedProcess {
  /** The identity: the id together with the start time. */
  readonly key: string;
  readonly tgid: number;
  readonly comm: string;
  /** The base name of the program's file; the comm where that cannot be read. */
  readonly program: string;
  readonly unit: string | null;
  /** The configured target that it matches; the first of several. */
  readonly target: string;
  /** When it started, after boot: so that an observation of a process that does nothing stays the same. */
  readonly startNs: number;
  readonly minorPerSec: Observed;
  readonly majorPerSec: Observed;
  /** Shares of wall time, summed over threads; may pass 100. */
  readonly runDelayPct: Observed;
  readonly stallPct: Observed;
  /** Share of the ticks, or wake-ups, of its threads that were late. */
  readonly latePct: Observed;
  /** Of the periods in which its cgroup wanted to run, those stopped by the quota. */
  readonly throttledPct: Observed;
  readonly swapBytes: Observed;
  /** Threads that may run outside of the CPUs that the configuration gives the target. */
  readonly strayThreads: Observed;
}

export interface ObservedMachine {
  /** Since boot. */
  readonly upNs: number;
  readonly refaultsPerSec: Observed;
  readonly swapInPerSec: Observed;
  readonly cpuPressurePct: Observed;
  readonly memoryPressurePct: Observed;
  readonly ioPressurePct: Observed;
  /** Of all memory, what some mlock keeps. */
  readonly lockedPct: Observed;
}

export interface Observation {
  /** CLOCK_MONOTONIC: what durations are measured with. */
  readonly monotonicNs: bigint;
  /** The wall clock: to show, and for silences; never to measure with. */
  readonly unixMs: number;
  /** What the rates are over. */
  readonly elapsedNs: number;
  readonly processes: readonly ObservedProcess[];
  readonly machine: ObservedMachine;
}
