/** Reads what cgroups with a memory limit use, and how they fare at it; and the memory of single processes. */
import { isMissing, type Maybe, mapMaybe, missing, present } from '../base/missing.ts';
import type { Host } from '../host/host.ts';
import {
  groupMemoryPressure,
  legacyMemoryFailures,
  legacyMemoryLimit,
  legacyMemoryUsage,
  memoryCounters,
  memoryCurrent,
  memoryEvents,
  memoryEventsLocal,
  memoryHigh,
  memoryMax,
} from '../kernel/cgroup/memory.ts';
import { LOCKED_MEMORY, processLimits } from '../kernel/task/limits.ts';
import { processStatus } from '../kernel/task/status.ts';
import type { CgroupFolder, CgroupReading } from '../model/cgroup.ts';
import type { GroupMemory, ProcessMemory } from '../model/memory-limits.ts';

/** Each group once, with its processes; those without a limit are left out, so their counters are not read. */
export function readMemoryLimits(
  host: Host,
  cgroups: ReadonlyMap<number, Pick<CgroupReading, 'memoryFolders'>>,
): readonly GroupMemory[] {
  const groups = new Map<string, { at: CgroupFolder; tgids: number[] }>();
  for (const [tgid, { memoryFolders }] of cgroups) {
    if (isMissing(memoryFolders)) continue;
    for (const at of memoryFolders) {
      const known = groups.get(at.folder);
      if (known === undefined) groups.set(at.folder, { at, tgids: [tgid] });
      else known.tgids.push(tgid);
    }
  }
  return [...groups.values()].flatMap(({ at, tgids }) => {
    const limit = readLimit(host, at);
    return limit === null ? [] : [{ at, limit, tgids, ...readUse(host, at, limit.kind) }];
  });
}

/** The one that is met first; null for none, as for groups without the files: the root of v2. */
function readLimit(host: Host, { version, folder }: CgroupFolder): GroupMemory['limit'] | null {
  const max = host.read(version === 2 ? memoryMax : legacyMemoryLimit, { folder });
  const high = version === 2 ? host.read(memoryHigh, { folder }) : null;
  const maxBytes = present(max) ? max : null;
  const highBytes = present(high) ? high : null;
  if (highBytes !== null && (maxBytes === null || highBytes < maxBytes)) {
    return { kind: 'high', bytes: highBytes };
  }
  return maxBytes === null ? null : { kind: 'max', bytes: maxBytes };
}

function readUse(host: Host, { version, folder }: CgroupFolder, kind: GroupMemory['limit']['kind']) {
  const counters = host.read(memoryCounters, { folder });
  const refaults = mapMaybe(counters, (all) => all.refaults ?? missing('absent', `${folder} refaults`));
  if (version === 1) {
    return {
      usedBytes: host.read(legacyMemoryUsage, { folder }),
      hits: host.read(legacyMemoryFailures, { folder }),
      refaults,
      stalledUs: missing('absent', `${folder} pressure`),
    };
  }
  const local = host.read(memoryEventsLocal, { folder });
  const events = isMissing(local) ? host.read(memoryEvents, { folder }) : local;
  const pressure = host.read(groupMemoryPressure, { folder });
  return {
    usedBytes: host.read(memoryCurrent, { folder }),
    hits: mapMaybe(events, (all) => all[kind]),
    refaults,
    stalledUs: mapMaybe(
      pressure,
      ({ some }): Maybe<bigint> => some?.totalUs ?? missing('absent', `${folder} pressure`),
    ),
  };
}

/** CAP_IPC_LOCK of include/uapi/linux/capability.h. */
const CAP_IPC_LOCK = 14n;

/** Processes that ended meanwhile are left out. */
export function readProcessMemory(host: Host, tgids: Iterable<number>): ReadonlyMap<number, ProcessMemory> {
  const found = new Map<number, ProcessMemory>();
  for (const pid of tgids) {
    const status = host.read(processStatus, { pid });
    if (isMissing(status)) continue;
    const { swapBytes, lockedBytes, capabilities } = status;
    const absent = (name: string) => missing('absent', `${name} of ${pid}`);
    // Of the many that lock nothing the limit says nothing.
    const limits =
      lockedBytes === null || lockedBytes === 0
        ? absent('a limit in use')
        : mapMaybe(
            host.read(processLimits, { pid }),
            (all) => all.get(LOCKED_MEMORY) ?? absent(LOCKED_MEMORY),
          );
    found.set(pid, {
      swapBytes: swapBytes ?? absent('VmSwap'),
      lockedBytes: lockedBytes ?? absent('VmLck'),
      lockLimit: limits,
      mayLockBeyond: capabilities === null ? null : (capabilities & (1n << CAP_IPC_LOCK)) !== 0n,
    });
  }
  return found;
}
