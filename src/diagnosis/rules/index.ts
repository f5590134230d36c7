/** The registry of rules. One line per rule; `index.test.ts` compares it with the folder. */
import type { Rule } from '../finding.ts';
import { coldFiles } from './cold-files.ts';
import { coldStart } from './cold-start.ts';
import { compaction } from './compaction.ts';
import { cpuPressure } from './cpu-pressure.ts';
import { directReclaim } from './direct-reclaim.ts';
import { faultStalls } from './fault-stalls.ts';
import { forkCopies } from './fork-copies.ts';
import { forks } from './forks.ts';
import { groupReclaim } from './group-reclaim.ts';
import { heldByTasks } from './held-by-tasks.ts';
import { hugePages } from './huge-pages.ts';
import { interrupted } from './interrupted.ts';
import { interrupts } from './interrupts.ts';
import { ioPressure } from './io-pressure.ts';
import { lockLimit } from './lock-limit.ts';
import { majorFaults } from './major-faults.ts';
import { mapLock } from './map-lock.ts';
import { memoryLimit } from './memory-limit.ts';
import { memoryPressure } from './memory-pressure.ts';
import { migrates } from './migrates.ts';
import { minorFaults } from './minor-faults.ts';
import { newMemory } from './new-memory.ts';
import { numaHinting } from './numa-hinting.ts';
import { refaults } from './refaults.ts';
import { steal } from './steal.ts';
import { swappedOut } from './swapped-out.ts';
import { swaps } from './swaps.ts';
import { throttled } from './throttled.ts';
import { userfaultfd } from './userfaultfd.ts';
import { waitsForCpu } from './waits-for-cpu.ts';
import { waitsForLocks } from './waits-for-locks.ts';
import { wakesLate } from './wakes-late.ts';

/** In the order in which what was ruled out is listed. */
export const RULES: readonly Rule[] = [
  heldByTasks,
  waitsForLocks,
  wakesLate,
  interrupted,
  waitsForCpu,
  throttled,
  migrates,
  faultStalls,
  majorFaults,
  minorFaults,
  swaps,
  memoryLimit,
  swappedOut,
  memoryPressure,
  ioPressure,
  cpuPressure,
  steal,
  interrupts,
  forks,
  coldFiles,
  hugePages,
  forkCopies,
  refaults,
  lockLimit,
  coldStart,
  newMemory,
  userfaultfd,
  mapLock,
  directReclaim,
  groupReclaim,
  compaction,
  numaHinting,
];
