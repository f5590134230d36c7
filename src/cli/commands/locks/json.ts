/** `keel locks` as JSON. */
import { GapList, isMissing, type Maybe, mapMaybe, missing } from '../../../base/missing.ts';
import type { MachineMemory } from '../../../kernel/proc/meminfo.ts';
import type { Limit } from '../../../kernel/task/limits.ts';
import {
  type LockedMemory,
  type LockedProcess,
  lockedSharePct,
  lockWarnings,
} from '../../../model/locked-memory.ts';
import type { DocumentOutput } from '../../command.ts';

/** @param unixMs when it was read, for one of a series */
export function locksJson(locks: LockedMemory, unixMs: number | null): DocumentOutput['json'] {
  const gaps = new GapList();
  const { machine, processes } = locks;
  const bytes = (field: string, line: string, pick: (memory: MachineMemory) => number | null) => {
    const value: Maybe<number> = mapMaybe(
      machine,
      (memory): Maybe<number> => pick(memory) ?? missing('absent', `${line} of meminfo`),
    );
    return gaps.take(field, value);
  };
  return {
    schema: 'keel.locks/1',
    ...(unixMs === null ? {} : { time: new Date(unixMs).toISOString() }),
    mlockedBytes: bytes('mlockedBytes', 'Mlocked', (memory) => memory.mlockedBytes),
    unevictableBytes: bytes('unevictableBytes', 'Unevictable', (memory) => memory.unevictableBytes),
    memTotalBytes: bytes('memTotalBytes', 'MemTotal', (memory) => memory.totalBytes),
    lockedPct: lockedSharePct(machine),
    processes: processes.map((process) => processJson(process, gaps)),
    unreadableProcesses: locks.unreadable,
    warnings: lockWarnings(locks).map((warning) => ({ ...warning })),
    gaps: gaps.gaps.map((gap) => ({ ...gap })),
  };
}

function processJson(process: LockedProcess, gaps: GapList) {
  const at = `processes[${process.tgid}]`;
  const { pages, limit } = process;
  return {
    tgid: process.tgid,
    comm: process.comm,
    unit: process.unit,
    uid: gaps.take(`${at}.uid`, process.uid),
    lockedVirtualBytes: process.lockedVirtualBytes,
    lockedResidentBytes: gaps.take(
      `${at}.lockedResidentBytes`,
      mapMaybe(pages, (one) => one.residentBytes),
    ),
    lockedProportionalBytes: isMissing(pages) ? null : pages.proportionalBytes,
    inaccessibleBytes: isMissing(pages) ? null : pages.inaccessibleBytes,
    ...limitJson(limit, at, gaps),
    isExempt: gaps.take(`${at}.isExempt`, process.isExempt),
  };
}

/** Unlimited is "unlimited", so that null can mean unknown. */
function limitJson(limit: Maybe<Limit>, at: string, gaps: GapList) {
  const known = gaps.take(`${at}.limit`, limit);
  const amount = (value: Limit['soft'] | undefined) =>
    value === undefined ? null : value === 'unlimited' ? value : Number(value);
  return { limitSoftBytes: amount(known?.soft), limitHardBytes: amount(known?.hard) };
}
