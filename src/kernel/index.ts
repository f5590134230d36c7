/** The registry of readers. One line per reader; `kernel/index.test.ts` compares it with the folders. */
import type { Reader } from '../host/reader.ts';
import { cfsPeriod, cfsQuota, cpuMax, cpuStat } from './cgroup/cpu.ts';
import {
  cpusetAskedCpus,
  cpusetAskedNodes,
  cpusetCpus,
  cpusetNodes,
  cpusetPartition,
  legacyCpusetCpus,
  legacyCpusetNodes,
} from './cgroup/cpuset.ts';
import {
  groupMemoryPressure,
  legacyMemoryFailures,
  legacyMemoryLimit,
  legacyMemoryUsage,
  legacySwappiness,
  memoryCounters,
  memoryCurrent,
  memoryEvents,
  memoryEventsLocal,
  memoryHigh,
  memoryLow,
  memoryMax,
  memoryMin,
} from './cgroup/memory.ts';
import {
  cgroupChildControllers,
  cgroupControllers,
  cgroupNames,
  cgroupProcesses,
  cgroupType,
  legacyCgroupThreads,
} from './cgroup/tree.ts';
import { cpuIdle, cpuShares, cpuWeight } from './cgroup/weight.ts';
import {
  cacheIndexes,
  cacheNumber,
  cacheSharedList,
  cacheSharedMask,
  cacheSize,
  cacheType,
} from './cpu/cache.ts';
import { cpusOfCounterUnit } from './cpu/core-types.ts';
import { cpuCapacity, cpuFolder, cpuOnline, sparcCacheBytes } from './cpu/folder.ts';
import { cpuFrequency, cpuGovernor } from './cpu/frequency.ts';
import { cpuFolders, cpusInState } from './cpu/lists.ts';
import { siblingList, siblingMask, topologyFolder, topologyId } from './cpu/topology.ts';
import { workqueueCpus } from './cpu/workqueue.ts';
import { deviceTreeCells, deviceTreeCpu, deviceTreeCpus } from './device-tree/cpus.ts';
import { kernelBtf } from './image/btf.ts';
import { buildId } from './image/build-id.ts';
import { kernelFunctions } from './image/kallsyms.ts';
import { irqDefaultCpus, irqEffectiveCpus, irqFolders, irqRequestedCpus } from './irq/affinity.ts';
import { interrupts } from './irq/interrupts.ts';
import { networkDevices, receivePacketSteering, receiveQueues } from './net/queues.ts';
import { accessFigure, accessInitiators } from './node/access.ts';
import { memoryTierNodes, memoryTiers, nodeFolders, nodesInState } from './node/lists.ts';
import { memoryBlockBytes, nodeMemoryBlocks } from './node/memory-blocks.ts';
import { nodeCpuMask, nodeCpus, nodeDistances, nodeMemory } from './node/node.ts';
import { ownAllowed } from './proc/allowed.ts';
import { bootId } from './proc/boot-id.ts';
import { cpuInfo } from './proc/cpuinfo.ts';
import { transparentHugePages } from './proc/huge-pages.ts';
import { lockdown } from './proc/lockdown.ts';
import { machineMemory } from './proc/meminfo.ts';
import { cpuPressure, ioPressure, memoryPressure } from './proc/pressure.ts';
import { kernelArch, kernelRelease } from './proc/release.ts';
import { machineStat } from './proc/stat.ts';
import { swapAreas } from './proc/swaps.ts';
import {
  autogroupEnabled,
  migrationCost,
  numaBalancing,
  perfParanoia,
  ptraceScope,
  realtimePeriod,
  realtimeRuntime,
  swappiness,
  unprivilegedBpf,
} from './proc/sysctl.ts';
import { tracepointFormat } from './proc/tracepoint-format.ts';
import { counterEvents, counterUnits, tracepointSystems, typeDescriptions } from './proc/tracing.ts';
import { uptime } from './proc/uptime.ts';
import { vmstat } from './proc/vmstat.ts';
import { memoryZones } from './proc/zoneinfo.ts';
import { zswapEnabled } from './proc/zswap.ts';
import { taskAutogroup } from './task/autogroup.ts';
import { auxiliaryVector } from './task/auxv.ts';
import { processCgroup } from './task/cgroup.ts';
import { commandLine, executable } from './task/command.ts';
import { processIo } from './task/io.ts';
import { threadKernelStack, threadWaitChannel } from './task/kernel-stack.ts';
import { processLimits } from './task/limits.ts';
import { processList, threadList } from './task/lists.ts';
import { taskMaps } from './task/maps.ts';
import { cgroupMounts } from './task/mountinfo.ts';
import { ownPidNamespace } from './task/namespace.ts';
import { numaMaps } from './task/numa-maps.ts';
import { processRoot } from './task/root.ts';
import { threadSched } from './task/sched.ts';
import { threadSchedstat } from './task/schedstat.ts';
import { taskSmaps } from './task/smaps.ts';
import { processStat, threadStat } from './task/stat.ts';
import { processStatus, threadStatus } from './task/status.ts';
import { threadSyscall } from './task/syscall.ts';

export const READERS: readonly Reader<unknown>[] = [
  cpuFolders,
  cpusInState,
  cpuFolder,
  cpuOnline,
  cpuCapacity,
  sparcCacheBytes,
  topologyFolder,
  topologyId,
  siblingList,
  siblingMask,
  cacheIndexes,
  cacheNumber,
  cacheType,
  cacheSize,
  cacheSharedList,
  cacheSharedMask,
  cpuFrequency,
  cpuGovernor,
  cpusOfCounterUnit,
  deviceTreeCpus,
  deviceTreeCpu,
  deviceTreeCells,
  nodeFolders,
  nodesInState,
  memoryTiers,
  memoryTierNodes,
  nodeCpus,
  nodeCpuMask,
  nodeDistances,
  nodeMemory,
  nodeMemoryBlocks,
  memoryBlockBytes,
  memoryZones,
  accessInitiators,
  accessFigure,
  irqFolders,
  irqEffectiveCpus,
  irqRequestedCpus,
  irqDefaultCpus,
  workqueueCpus,
  networkDevices,
  receiveQueues,
  receivePacketSteering,
  interrupts,
  cpuInfo,
  machineMemory,
  ownAllowed,
  machineStat,
  bootId,
  kernelRelease,
  kernelArch,
  uptime,
  numaBalancing,
  autogroupEnabled,
  migrationCost,
  realtimeRuntime,
  swappiness,
  realtimePeriod,
  perfParanoia,
  unprivilegedBpf,
  ptraceScope,
  lockdown,
  swapAreas,
  tracepointSystems,
  counterUnits,
  counterEvents,
  tracepointFormat,
  typeDescriptions,
  vmstat,
  cpuPressure,
  memoryPressure,
  ioPressure,
  processList,
  threadList,
  processStat,
  threadStat,
  threadSchedstat,
  threadSched,
  processStatus,
  threadStatus,
  threadSyscall,
  zswapEnabled,
  transparentHugePages,
  threadKernelStack,
  threadWaitChannel,
  processCgroup,
  taskAutogroup,
  processIo,
  executable,
  commandLine,
  processLimits,
  numaMaps,
  cgroupMounts,
  taskMaps,
  taskSmaps,
  auxiliaryVector,
  cpuMax,
  cfsQuota,
  cfsPeriod,
  cpuStat,
  cpuWeight,
  cpuShares,
  cpuIdle,
  cpusetCpus,
  cpusetNodes,
  cpusetPartition,
  cpusetAskedCpus,
  cpusetAskedNodes,
  legacyCpusetCpus,
  legacyCpusetNodes,
  cgroupControllers,
  cgroupChildControllers,
  cgroupType,
  cgroupProcesses,
  legacyCgroupThreads,
  cgroupNames,
  memoryLow,
  memoryMax,
  memoryMin,
  memoryCurrent,
  legacyMemoryLimit,
  legacyMemoryUsage,
  legacySwappiness,
  memoryHigh,
  memoryEvents,
  memoryEventsLocal,
  legacyMemoryFailures,
  memoryCounters,
  groupMemoryPressure,
  ownPidNamespace,
  kernelBtf,
  buildId,
  kernelFunctions,
  processRoot,
];
