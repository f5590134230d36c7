/**
 * What of a process's memory is locked. `at` is the process; for values see model/memory-lock.ts. A process maps and unmaps
 * memory all the time, so values are compared by what the step did: the ranges it added, as far as they are still mapped.
 */
import { common, without } from '../../model/address-ranges.ts';
import {
  isMemoryLock,
  lockedRanges,
  type MemoryLock,
  memoryLockText,
  parseMemoryLock,
} from '../../model/memory-lock.ts';
import type { ProcessId } from '../controls.ts';
import type { LockableMapping, MemoryControls } from '../memory-controls.ts';
import { isProcessPlace, processOf } from './membership.ts';
import type { MachineSetting, MachineStep } from './setting.ts';

export const memoryLock: MachineSetting = {
  name: 'memoryLock',
  label: { en: 'locked memory of process', ko: '잠긴 메모리, 프로세스' },
  isPlace: isProcessPlace,
  isValue: isMemoryLock,
  read({ memory }, step) {
    const [before, set] = valuesOf(step);
    const process = processOf(step.at);
    const mappings = memory.mappings(process);
    const added = without(lockedRanges(set), lockedRanges(before));
    const isThere = common(added, lockedOf(mappings)).length > 0;
    const now = added.length > 0 ? (isThere ? set : before) : set;
    return memoryLockText({ ...now, future: set.future === 'any' ? 'any' : memory.futureLock(process) });
  },
  write({ memory }, at, value) {
    const process = processOf(at);
    const { future, ranges, onFault } = parseMemoryLock(value);
    if (future === 'full' || future === 'onfault') memory.lockFuture(process, future);
    const locked = lockedOf(memory.mappings(process));
    memory.lock(process, without(ranges, locked), false);
    memory.lock(process, without(onFault, locked), true);
  },
  restore({ memory }, step) {
    const [before, set] = valuesOf(step);
    const process = processOf(step.at);
    if (set.future === 'any') unlockAdded(memory, process, before, set);
    else unlockFuture(memory, process, before);
  },
  same: (a, b) => a === b,
};

function valuesOf({ before, set }: MachineStep): readonly [MemoryLock, MemoryLock] {
  return [parseMemoryLock(before), parseMemoryLock(set)];
}

function lockedOf(mappings: readonly LockableMapping[]): readonly LockableMapping[] {
  return mappings.filter((mapping) => mapping.isLocked);
}

/** A stack that was locked grows as one mapping, and what grew is locked too. */
function unlockAdded(memory: MemoryControls, process: ProcessId, before: MemoryLock, set: MemoryLock): void {
  const added = without(lockedRanges(set), lockedRanges(before));
  const ours = lockedOf(memory.mappings(process)).filter((mapping) => common([mapping], added).length > 0);
  memory.unlock(process, without(ours, lockedRanges(before)));
}

/**
 * What later mappings get can only be taken back together with every lock; what was locked before is locked again at
 * once. A mapping that was not there as a whole was locked page by page.
 */
function unlockFuture(memory: MemoryControls, process: ProcessId, before: MemoryLock): void {
  const locked = lockedOf(memory.mappings(process));
  const kept = common(lockedRanges(before), locked);
  const partial = locked.filter((mapping) => mapping.residentBytes < mapping.bytes);
  memory.unlockAll(process);
  if (before.future === 'full' || before.future === 'onfault') memory.lockFuture(process, before.future);
  memory.lock(process, without(kept, partial), false);
  memory.lock(process, common(kept, partial), true);
}
