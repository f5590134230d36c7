/**
 * What the processes of one target and one program did and have, added up: numbers only, because it is done for each
 * process once a second; the series are made of it when somebody asks for them. null: never known, so no series.
 */
import type { Observed, ObservedProcess } from '../alerts/observation.ts';
import type { ProcessCounts } from './observe/process-counts.ts';

export class GroupTotals {
  processes = 0;
  threads = 0;
  /** Since the start of the agent. */
  minorFaults: number | null = null;
  majorFaults: number | null = null;
  runTimeNs: number | null = null;
  runDelayNs: number | null = null;
  migrations: number | null = null;
  stallNs: number | null = null;
  /** As of the last observation. */
  swapBytes: number | null = null;
  strayThreads: number | null = null;
  /** Of the worst process. */
  latePct: number | null = null;
  throttledPct: number | null = null;

  /** Before an observation: what is not seen again is no more. */
  begin(): void {
    this.processes = 0;
    this.threads = 0;
    this.swapBytes = null;
    this.strayThreads = null;
    this.latePct = null;
    this.throttledPct = null;
  }

  add(process: ObservedProcess, counts: ProcessCounts, elapsedNs: number): void {
    this.processes += 1;
    this.threads += counts.threads.length;
    this.minorFaults = plus(this.minorFaults, counts.minorFaults, 1);
    this.majorFaults = plus(this.majorFaults, counts.majorFaults, 1);
    this.runTimeNs = plus(this.runTimeNs, counts.runTimeNs, 1);
    this.runDelayNs = plus(this.runDelayNs, counts.runDelayNs, 1);
    this.migrations = plus(this.migrations, counts.migrations, 1);
    this.stallNs = plus(this.stallNs, process.stallPct, elapsedNs / 100);
    this.swapBytes = plus(this.swapBytes, process.swapBytes, 1);
    this.strayThreads = plus(this.strayThreads, process.strayThreads, 1);
    this.latePct = worst(this.latePct, process.latePct);
    this.throttledPct = worst(this.throttledPct, process.throttledPct);
  }
}

/** A value that is missing adds nothing: it is not 0. */
function plus(total: number | null, value: Observed, times: number): number | null {
  return typeof value === 'number' ? (total ?? 0) + value * times : total;
}

function worst(most: number | null, value: Observed): number | null {
  return typeof value === 'number' ? Math.max(most ?? value, value) : most;
}
