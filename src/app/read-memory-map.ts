/** Reads what of a process's memory is there, without touching a page of it. */
import { CpuSet } from '../base/cpu-set.ts';
import { isMissing, type Maybe, mapMaybe, missing, orNull } from '../base/missing.ts';
import { MIB } from '../base/units.ts';
import type { Host } from '../host/host.ts';
import { nodesInState } from '../kernel/node/lists.ts';
import { processLimits, STACK_SIZE } from '../kernel/task/limits.ts';
import { threadList } from '../kernel/task/lists.ts';
import { numaMaps, residentByNode } from '../kernel/task/numa-maps.ts';
import { type MappingPages, taskSmaps } from '../kernel/task/smaps.ts';
import { processStat } from '../kernel/task/stat.ts';
import { threadSyscall } from '../kernel/task/syscall.ts';
import { type MemoryMap, memoryMappings, type Stacks } from '../model/memory-map.ts';
import type { FoundTarget } from './find-targets.ts';

/** Missing where the process has ended, may not be looked at, or has no memory of its own. */
export function readMemoryMap(host: Host, { tgid: pid, comm, startTicks }: FoundTarget): Maybe<MemoryMap> {
  const smaps = host.read(taskSmaps, { pid });
  const stat = host.read(processStat, { pid });
  if (isMissing(stat) || stat.startTicks !== startTicks) return missing('gone', `process ${pid}`);
  if (isMissing(smaps)) return smaps;
  if (smaps.length === 0) return missing('absent', `memory of ${pid}`, 'it has ended, or is a kernel thread');
  const online = orNull(host.read(nodesInState, { state: 'online' })) ?? CpuSet.EMPTY;
  const onlyNode = online.size === 1 ? (online.first ?? null) : null;
  const numa = onlyNode === null ? host.read(numaMaps, { pid }) : null;
  const nodes = numa === null || isMissing(numa) ? null : numa;
  const { stacks, unknown } = readStacks(host, pid);
  return {
    tgid: pid,
    comm,
    mappings: memoryMappings(
      smaps,
      stacks,
      nodes && new Map(nodes.map(({ address, byNode }) => [address, byNode])),
    ),
    unknownStacks: unknown,
    byNode:
      numa === null ? new Map([[onlyNode as number, residentBytes(smaps)]]) : mapMaybe(numa, residentByNode),
  };
}

function residentBytes(mappings: readonly MappingPages[]): number {
  return mappings.reduce((bytes, mapping) => bytes + mapping.residentBytes, 0);
}

function readStacks(host: Host, pid: number): { stacks: Stacks; unknown: number } {
  const stackPointers = new Map<number, number>();
  const tids = orNull(host.read(threadList, { pid })) ?? [];
  for (const tid of tids) {
    const waiting = orNull(host.read(threadSyscall, { pid, tid }));
    if (waiting !== null && waiting.stackPointer !== null) stackPointers.set(tid, waiting.stackPointer);
  }
  const limit = orNull(host.read(processLimits, { pid }))?.get(STACK_SIZE)?.soft;
  const stackBytes = limit === undefined || limit === 'unlimited' ? USUAL_STACK_BYTES : Number(limit);
  return { stacks: { stackPointers, stackBytes }, unknown: tids.length - stackPointers.size };
}

/** The kernel's own default of RLIMIT_STACK (include/uapi/linux/resource.h, _STK_LIM). */
const USUAL_STACK_BYTES = 8 * MIB;
