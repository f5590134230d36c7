/** Reads who holds locked memory. */
import { isMissing, type Maybe, mapMaybe, missing, orNull } from '../base/missing.ts';
import type { Host } from '../host/host.ts';
import { machineMemory } from '../kernel/proc/meminfo.ts';
import { processCgroup } from '../kernel/task/cgroup.ts';
import { LOCKED_MEMORY, processLimits } from '../kernel/task/limits.ts';
import { processList } from '../kernel/task/lists.ts';
import { taskSmaps } from '../kernel/task/smaps.ts';
import { processStat } from '../kernel/task/stat.ts';
import { processStatus, type TaskStatus } from '../kernel/task/status.ts';
import { heldCapabilities } from '../model/capabilities.ts';
import {
  type LockedMemory,
  type LockedPages,
  type LockedProcess,
  lockedPages,
} from '../model/locked-memory.ts';
import { unitOf } from '../model/target.ts';

export interface LocksRequest {
  /** Only these, also where they lock nothing; null for every process that locks. */
  readonly tgids: readonly number[] | null;
  /** Leaves out processes that lock less address space. */
  readonly leastBytes: number;
}

/** Only the page tables of processes that lock something are looked at. */
export function readLocks(host: Host, { tgids, leastBytes }: LocksRequest): LockedMemory {
  let unreadable = 0;
  const processes: LockedProcess[] = [];
  for (const pid of tgids ?? orNull(host.read(processList)) ?? []) {
    const status = host.read(processStatus, { pid });
    if (isMissing(status)) {
      if (status.missing !== 'gone') unreadable += 1;
      continue;
    }
    // A kernel thread has no memory of its own, and no line VmLck.
    const lockedBytes = status.lockedBytes ?? 0;
    if (tgids === null && (lockedBytes === 0 || lockedBytes < leastBytes)) continue;
    const process = readProcess(host, pid, status, lockedBytes);
    if (process !== null) processes.push(process);
  }
  processes.sort((a, b) => b.lockedVirtualBytes - a.lockedVirtualBytes || a.tgid - b.tgid);
  return { machine: host.read(machineMemory), processes, unreadable };
}

/** null where it has ended. */
function readProcess(
  host: Host,
  pid: number,
  status: TaskStatus,
  lockedVirtualBytes: number,
): LockedProcess | null {
  const stat = host.read(processStat, { pid });
  if (isMissing(stat)) return null;
  return {
    tgid: pid,
    comm: stat.comm,
    startTicks: stat.startTicks,
    unit: orNull(mapMaybe(host.read(processCgroup, { pid }), (memberships) => unitOf(memberships))),
    uid: status.uid,
    lockedVirtualBytes,
    pages: lockedVirtualBytes === 0 ? NOTHING : readPages(host, pid),
    limit: mapMaybe(
      host.read(processLimits, { pid }),
      (limits) => limits.get(LOCKED_MEMORY) ?? missing('absent', LOCKED_MEMORY),
    ),
    isExempt:
      status.capabilities === null
        ? missing('absent', 'CapEff')
        : heldCapabilities(status.capabilities).has('CAP_IPC_LOCK'),
  };
}

const NOTHING: LockedPages = { residentBytes: 0, proportionalBytes: 0, inaccessibleBytes: 0, mappings: 0 };

function readPages(host: Host, pid: number): Maybe<LockedPages> {
  return mapMaybe(
    host.read(taskSmaps, { pid }),
    (mappings) => lockedPages(mappings) ?? missing('absent', `VmFlags of ${pid}`),
  );
}
