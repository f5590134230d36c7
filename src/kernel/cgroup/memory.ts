/** How much memory a cgroup may use, and uses, and what happens at the limit: both versions. */
import { fileReader } from '../../host/reader.ts';
import { bigNumber, keyedCounters, wholeNumber } from '../lines.ts';
import { parsePressure } from '../proc/pressure.ts';

const v2 = 'Documentation/admin-guide/cgroup-v2.rst';
const v1 = 'Documentation/admin-guide/cgroup-v1/memory.rst';

/** v1 writes "no limit" as the largest multiple of a page below 2^63 (PAGE_COUNTER_MAX). */
const NO_LIMIT_BYTES = 1n << 62n;

const parseAmount = (text: string): bigint | null => (text.trim() === 'max' ? null : bigNumber(text));

/** v2; null: no limit. */
export const memoryMax = fileReader({
  path: '{folder}/memory.max',
  doc: v2,
  capture: 'task',
  parse: parseAmount,
});

export const memoryCurrent = fileReader({
  path: '{folder}/memory.current',
  doc: v2,
  capture: 'task',
  parse: (text): bigint => bigNumber(text),
});

/** v1; null: no limit. */
export const legacyMemoryLimit = fileReader({
  path: '{folder}/memory.limit_in_bytes',
  doc: v1,
  capture: 'task',
  parse(text): bigint | null {
    const bytes = bigNumber(text);
    return bytes >= NO_LIMIT_BYTES ? null : bytes;
  },
});

export const legacyMemoryUsage = fileReader({
  path: '{folder}/memory.usage_in_bytes',
  doc: v1,
  capture: 'task',
  parse: (text): bigint => bigNumber(text),
});

/** v1: swappiness of the group itself. Version 2 has only that of the machine. */
export const legacySwappiness = fileReader({
  path: '{folder}/memory.swappiness',
  doc: v1,
  capture: 'task',
  parse: (text) => wholeNumber(text),
});

/** v2; from here on the group is slowed down and has to give memory back. null: no limit. */
export const memoryHigh = fileReader({
  path: '{folder}/memory.high',
  doc: v2,
  capture: 'task',
  parse: parseAmount,
});

/** How often a limit of the group was met since it was made. */
export interface MemoryEvents {
  /** It went over memory.high. */
  readonly high: bigint;
  /** It was about to go over memory.max. */
  readonly max: bigint;
  /** Processes that were killed for it. */
  readonly oomKills: bigint;
}

function parseMemoryEvents(text: string): MemoryEvents {
  const counters = keyedCounters(text);
  const count = (name: string) => counters.get(name) ?? 0n;
  return { high: count('high'), max: count('max'), oomKills: count('oom_kill') };
}

/** v2, of the group and all below it. */
export const memoryEvents = fileReader({
  path: '{folder}/memory.events',
  doc: v2,
  capture: 'task',
  parse: parseMemoryEvents,
});

/** v2 since Linux 5.2, of the group alone. */
export const memoryEventsLocal = fileReader({
  path: '{folder}/memory.events.local',
  doc: v2,
  capture: 'task',
  parse: parseMemoryEvents,
});

/** v1: how often memory was refused because of the limit. */
export const legacyMemoryFailures = fileReader({
  path: '{folder}/memory.failcnt',
  doc: v1,
  capture: 'task',
  parse: (text): bigint => bigNumber(text),
});

export interface MemoryCounters {
  /** Pages that were taken from the group and came back; null before Linux 3.15 (v1: 5.9). */
  readonly refaults: bigint | null;
  readonly majorFaults: bigint | null;
}

/** Both versions, with all groups below: v1 writes these as total_*. */
export const memoryCounters = fileReader({
  path: '{folder}/memory.stat',
  doc: v2,
  capture: 'task',
  parse(text): MemoryCounters {
    const counters = keyedCounters(text);
    const count = (name: string) => counters.get(`total_${name}`) ?? counters.get(name) ?? null;
    const parts = [count('workingset_refault_anon'), count('workingset_refault_file')];
    const known = parts.filter((part) => part !== null);
    return {
      refaults: known.length > 0 ? known.reduce((sum, part) => sum + part, 0n) : count('workingset_refault'),
      majorFaults: count('pgmajfault'),
    };
  },
});

/** v2: share of time in which tasks of the group waited for memory. */
export const groupMemoryPressure = fileReader({
  path: '{folder}/memory.pressure',
  doc: 'Documentation/accounting/psi.rst',
  capture: 'task',
  parse: parsePressure,
});

/** v2: what is not taken from the group, as long as the groups above let it have so much; null: all it uses. */
export const memoryMin = fileReader({
  path: '{folder}/memory.min',
  doc: v2,
  capture: 'task',
  parse: parseAmount,
});

/** v2: what is taken from the group only where nobody else has any; null: all it uses. */
export const memoryLow = fileReader({
  path: '{folder}/memory.low',
  doc: v2,
  capture: 'task',
  parse: parseAmount,
});
