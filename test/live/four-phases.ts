/** Records fixtures/programs/four_phases.py and shares its faults out to the phases, by their addresses. */
import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { systemClock } from '../../src/app/clock.ts';
import type { TracedFault } from '../../src/app/explain-faults.ts';
import { openFaultEvents } from '../../src/app/fault-events.ts';
import { FaultRecorder } from '../../src/app/fault-recorder.ts';
import { openLiveHost } from '../../src/app/open-host.ts';
import { FaultCollector } from '../../src/model/faults/collector.ts';

const PROGRAM = join(import.meta.dirname, '../../fixtures/programs/four_phases.py');
const HUGE_PAGES = '/sys/kernel/mm/transparent_hugepage/enabled';

export const PHASES = ['many', 'huge', 'sequential', 'random'] as const;
export type Phase = (typeof PHASES)[number];

export interface PhaseFaults {
  readonly phase: Phase;
  readonly faults: number;
  readonly majorFaults: number;
  readonly stallNs: number;
  /** Of the stall, what was booked as major faults. */
  readonly majorStallNs: number;
}

export interface FourPhases {
  readonly phases: readonly PhaseFaults[];
  readonly lost: number;
}

/** Why it cannot be recorded here; null where it can, unless the kernel refuses. */
export function noFourPhases(): string | null {
  if (spawnSync('python3', ['-c', '']).status !== 0) return 'it needs python3';
  return hasHugePages() ? null : `it needs huge pages, which ${HUGE_PAGES} turns off`;
}

function hasHugePages(): boolean {
  try {
    return !readFileSync(HUGE_PAGES, 'latin1').includes('[never]');
  } catch {
    return false;
  }
}

/**
 * @param folder on a disk, not in memory
 * @throws KeelError as openFaultEvents does
 */
export async function recordFourPhases(folder: string): Promise<FourPhases> {
  const child = spawn('python3', [PROGRAM, folder], { stdio: ['pipe', 'pipe', 'inherit'] });
  try {
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const regions = await readRegions(lines);
    const source = openFaultEvents(openLiveHost(), {
      tgids: [child.pid as number],
      callchains: false,
      enableOnExec: false,
    });
    const faults: TracedFault[] = [];
    const recorder = new FaultRecorder(
      openLiveHost(),
      source,
      systemClock,
      new FaultCollector().tables,
      (fault) => faults.push(fault),
    );
    const stop = new AbortController();
    const start = () => source.rings.enable();
    const done = recorder.run({ durationNs: 60e9, signal: stop.signal, isLiving: () => true, start });
    child.stdin.write('go\n');
    await lines.next();
    stop.abort();
    const { lost } = await done;
    return { lost, phases: regions.map((region) => faultsOf(region, faults)) };
  } finally {
    child.kill('SIGKILL');
  }
}

/** Where the memory of a phase lies. */
export interface Region {
  readonly phase: Phase;
  readonly start: number;
  readonly bytes: number;
}

async function readRegions(lines: AsyncIterator<string>): Promise<readonly Region[]> {
  const regions: Region[] = [];
  for (let { value } = await lines.next(); value !== 'ready'; { value } = await lines.next()) {
    const [phase, start, bytes] = String(value).split(' ');
    regions.push({ phase: phase as Phase, start: Number(start), bytes: Number(bytes) });
  }
  return regions;
}

/** What of a fault is shared out. */
export type PhaseFault = Pick<TracedFault, 'address' | 'kind' | 'latencyNs'>;

export function faultsOf({ phase, start, bytes }: Region, faults: readonly PhaseFault[]): PhaseFaults {
  const own = faults.filter(({ address }) => address >= start && address < start + bytes);
  const major = own.filter(({ kind }) => kind === 'major');
  return {
    phase,
    faults: own.length,
    majorFaults: major.length,
    stallNs: sum(own),
    majorStallNs: sum(major),
  };
}

function sum(faults: readonly PhaseFault[]): number {
  return faults.reduce((total, { latencyNs }) => total + latencyNs, 0);
}

/** The phases, most first. */
export function ranking({ phases }: Pick<FourPhases, 'phases'>, by: 'faults' | 'stallNs'): readonly Phase[] {
  return [...phases].sort((a, b) => b[by] - a[by]).map(({ phase }) => phase);
}
