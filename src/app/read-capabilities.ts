/** Reads and tries what this machine lets us do. Trials change nothing: what they open is closed at once. */
import { isMissing, type Maybe, mapMaybe, missing, orNull } from '../base/missing.ts';
import { kernelVersion } from '../host/facts.ts';
import type { Host } from '../host/host.ts';
import { nodesInState } from '../kernel/node/lists.ts';
import { lockdown } from '../kernel/proc/lockdown.ts';
import { cpuPressure } from '../kernel/proc/pressure.ts';
import { swapAreas } from '../kernel/proc/swaps.ts';
import { numaBalancing, perfParanoia, ptraceScope, unprivilegedBpf } from '../kernel/proc/sysctl.ts';
import { counterEvents, counterUnits, tracepointSystems, typeDescriptions } from '../kernel/proc/tracing.ts';
import { LOCKED_MEMORY, processLimits } from '../kernel/task/limits.ts';
import { cgroupMounts } from '../kernel/task/mountinfo.ts';
import { ownPidNamespace } from '../kernel/task/namespace.ts';
import { threadSched } from '../kernel/task/sched.ts';
import { threadSchedstat } from '../kernel/task/schedstat.ts';
import { processStatus } from '../kernel/task/status.ts';
import { type Capabilities, heldCapabilities, type Trials } from '../model/capabilities.ts';
import { readInterruptMobility } from './movable-interrupts.ts';

const LIVE_ONLY = missing('not-captured', 'trial', 'only a running machine can be tried');

/** Native code is loaded for the trials alone. */
export async function readCapabilities(host: Host): Promise<Capabilities> {
  const live = host.kind === 'live';
  const pid = live ? process.pid : 1;
  const own = { pid, tid: pid };
  const status = live ? host.read(processStatus, { pid }) : LIVE_ONLY;
  return {
    release: host.facts.release,
    arch: host.facts.arch,
    version: kernelVersion(host.facts),
    uid: mapMaybe(status, (one) => one.uid),
    held: mapMaybe(status, ({ capabilities }) =>
      capabilities === null ? missing('absent', 'CapEff') : heldCapabilities(capabilities),
    ),
    seccompMode: mapMaybe(status, (one) => one.seccompMode),
    isInitialNamespace: live ? mapMaybe(host.read(ownPidNamespace), (one) => one.isInitial) : LIVE_ONLY,
    lockdown: host.read(lockdown),
    perfParanoia: host.read(perfParanoia),
    unprivilegedBpf: host.read(unprivilegedBpf),
    ptraceScope: host.read(ptraceScope),
    btf: host.read(typeDescriptions),
    tracepoints: host.read(tracepointSystems),
    counterUnits: host.read(counterUnits),
    accessSampling: accessSampling(host),
    interruptMobility: live ? readInterruptMobility(host) : LIVE_ONLY,
    cgroups: cgroupLayout(host),
    nodes: mapMaybe(host.read(nodesInState, { state: 'online' }), (nodes) => nodes.size),
    numaBalancing: host.read(numaBalancing),
    swaps: host.read(swapAreas),
    lockedLimit: live ? lockedLimit(host, pid) : LIVE_ONLY,
    sched: host.read(threadSched, own),
    schedstat: mapMaybe(host.read(threadSchedstat, own), () => true as const),
    pressure: mapMaybe(host.read(cpuPressure), () => true as const),
    trials: live ? await tryOut(host) : NO_TRIALS,
  };
}

const NO_TRIALS: Trials = {
  perfOwn: LIVE_ONLY,
  perfMachine: LIVE_ONLY,
  perfHardware: LIVE_ONLY,
  bpf: LIVE_ONLY,
};

/** What perf c2c rests on: Intel's load and store events, AMD's IBS, Arm's SPE. */
function accessSampling(host: Host): Capabilities['accessSampling'] {
  return mapMaybe(host.read(counterUnits), (units) => {
    const sampler = units.find((unit) => /^(ibs_op|arm_spe_\d+)$/.test(unit));
    if (sampler !== undefined) return sampler;
    const cores = units.filter((unit) => /^cpu(_core)?$/.test(unit));
    return cores.find((unit) => orNull(host.read(counterEvents, { unit }))?.includes('mem-loads')) ?? null;
  });
}

function cgroupLayout(host: Host): Capabilities['cgroups'] {
  return mapMaybe(host.read(cgroupMounts, { pid: 'self' }), (mounts) => ({
    versions: [...new Set(mounts.map((mount) => mount.version))].sort(),
    controllers: mounts.flatMap((mount) => mount.controllers).filter((name) => !name.startsWith('name=')),
  }));
}

function lockedLimit(host: Host, pid: number): Capabilities['lockedLimit'] {
  return mapMaybe(host.read(processLimits, { pid }), (limits) => {
    const limit = limits.get(LOCKED_MEMORY);
    if (limit === undefined) return missing('absent', LOCKED_MEMORY);
    const bytes = (value: bigint | 'unlimited') => (value === 'unlimited' ? null : value);
    return { softBytes: bytes(limit.soft), hardBytes: bytes(limit.hard) };
  });
}

async function tryOut(host: Host): Promise<Trials> {
  const [{ KernelError }, { PerfEvent }, { encodeAttributes }, { openTaskSweeper }] = await Promise.all([
    import('../native/libc.ts'),
    import('../native/perf-event.ts'),
    import('../perf/attributes.ts'),
    import('./sweep-tasks.ts'),
  ]);
  const opens = (name: string, open: () => { close(): void }): Maybe<true> => {
    try {
      open().close();
      return true;
    } catch (error) {
      if (!(error instanceof KernelError)) return missing('absent', name, String((error as Error).message));
      return missing(/EACCES|EPERM/.test(error.errnoName) ? 'denied' : 'absent', name, error.errnoName);
    }
  };
  const switches = { kind: 'software', name: 'context-switches' } as const;
  const cycles = { kind: 'hardware', name: 'cpu-cycles' } as const;
  const user = { excludeKernel: true };
  const sweeper = openTaskSweeper(host, 'bpf');
  if (!isMissing(sweeper)) sweeper.close();
  return {
    perfOwn: opens(
      'perf_event_open',
      () => new PerfEvent(encodeAttributes({ source: switches, ...user }), { tid: 0 }),
    ),
    perfMachine: opens(
      'perf_event_open',
      () => new PerfEvent(encodeAttributes({ source: switches }), { cpu: 0 }),
    ),
    perfHardware: opens(
      'perf_event_open',
      () => new PerfEvent(encodeAttributes({ source: cycles, ...user }), { tid: 0 }),
    ),
    bpf: mapMaybe(sweeper, () => true as const),
  };
}
