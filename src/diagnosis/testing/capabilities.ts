/** A machine on which every ability is ready, for tests to take something away from. */
import { missing } from '../../base/missing.ts';
import {
  CAPABILITY_BITS,
  type Capabilities,
  type CapabilityName,
  type Trials,
} from '../../model/capabilities.ts';

export const EVERY_CAPABILITY: ReadonlySet<CapabilityName> = new Set(
  Object.keys(CAPABILITY_BITS) as CapabilityName[],
);

export const DENIED = missing('denied', 'perf_event_open', 'EACCES');
export const ABSENT = missing('absent', '/the/file');
export const UNTRIED = missing('not-captured', 'trial', 'only a running machine can be tried');

const ALL_TRIALS: Trials = { perfOwn: true, perfMachine: true, perfHardware: true, bpf: true };

type Parts = Partial<Omit<Capabilities, 'trials'>> & { readonly trials?: Partial<Trials> };

export function machineThat(parts: Parts = {}): Capabilities {
  const { trials, ...rest } = parts;
  return {
    release: '6.12.1',
    arch: 'x86_64',
    version: [6, 12],
    uid: 0,
    held: EVERY_CAPABILITY,
    seccompMode: 0,
    isInitialNamespace: true,
    lockdown: 'none',
    perfParanoia: 2,
    unprivilegedBpf: 2,
    ptraceScope: 1,
    btf: ['vmlinux', 'kvm'],
    tracepoints: ['sched', 'irq'],
    counterUnits: ['cpu', 'software'],
    accessSampling: 'cpu',
    interruptMobility: { interrupts: 18, fixed: [] },
    cgroups: { versions: [2], controllers: [] },
    nodes: 2,
    numaBalancing: 0,
    swaps: [],
    lockedLimit: { softBytes: 8n << 20n, hardBytes: 8n << 20n },
    sched: { migrations: 3n, sliceNs: 2_800_000n },
    schedstat: true,
    pressure: true,
    ...rest,
    trials: { ...ALL_TRIALS, ...trials },
  };
}
