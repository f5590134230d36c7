/** Processes and machines for tests of checks: an ordinary one, of which a test changes what matters. */
import { CpuSet } from '../../base/cpu-set.ts';
import type { CgroupReading } from '../../model/cgroup.ts';
import type { CheckedMachine, ProcessCheck, ThreadCheck } from '../../model/process-check.ts';

export const cpus = (list: string): CpuSet => CpuSet.parseList(list);

/** Eight CPUs, two nodes of four, siblings 0-1, 2-3, ... */
export function machine(changes: Partial<CheckedMachine> = {}): CheckedMachine {
  return {
    online: cpus('0-7'),
    possible: cpus('0-7'),
    isolated: CpuSet.EMPTY,
    nohzFull: CpuSet.EMPTY,
    nodes: new Map([
      [0, cpus('0-3')],
      [1, cpus('4-7')],
    ]),
    coreOf: new Map([0, 1, 2, 3, 4, 5, 6, 7].map((cpu) => [cpu, CpuSet.of(cpu & ~1, cpu | 1)])),
    numaBalancing: 0,
    realtimeRuntimeUs: 950_000,
    realtimePeriodUs: 1_000_000,
    ...changes,
  };
}

/** Idle, unpinned, of policy other. `affinity` sets `allowed` too. */
export function thread(tid: number, changes: Partial<ThreadCheck> = {}): ThreadCheck {
  return {
    tid,
    comm: `t${tid}`,
    state: 'S',
    startNs: 0n,
    lastCpu: 0,
    policy: 'other',
    nice: 0,
    realtimePriority: 0,
    affinity: cpus('0-7'),
    allowed: changes.affinity ?? cpus('0-7'),
    migrations: 0n,
    voluntarySwitches: 0n,
    involuntarySwitches: 0n,
    runTimeNs: 0n,
    runDelayNs: 0n,
    minorFaults: 0n,
    majorFaults: 0n,
    sliceNs: 2_800_000n,
    ...changes,
  };
}

export function cgroup(changes: Partial<CgroupReading> = {}): CgroupReading {
  return {
    path: '/',
    unit: null,
    cpuset: null,
    quotas: [],
    memoryLimit: null,
    memoryFolders: [],
    ...changes,
  };
}

/** Process 100, 10 s old, with its main thread only. */
export function processOf(changes: Partial<ProcessCheck> = {}): ProcessCheck {
  return {
    tgid: 100,
    comm: 'arena',
    state: 'S',
    parent: 1,
    uid: 0,
    executable: '/srv/arena',
    startNs: 0n,
    ageNs: 10e9,
    cgroup: cgroup(),
    usable: cpus('0-7'),
    threads: [thread(100)],
    childMinorFaults: 0n,
    childMajorFaults: 0n,
    memory: { rssBytes: 4096, swapBytes: 0, lockedBytes: 0, byNode: new Map([[0, 4096]]) },
    lockedMemoryLimit: { soft: 8_388_608n, hard: 8_388_608n },
    ...changes,
  };
}
