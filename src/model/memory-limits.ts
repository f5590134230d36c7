/** Cgroups with a memory limit, and what happened at it between two readings. */
import { type Maybe, mapMaybe } from '../base/missing.ts';
import { NS_PER_US } from '../base/units.ts';
import type { CgroupFolder } from './cgroup.ts';
import { both, difference } from './difference.ts';

/** A limited group at one moment; counters are since it was made. */
export interface GroupMemory {
  readonly at: CgroupFolder;
  /** `max` refuses memory (v1: limit_in_bytes), `high` slows the group down and takes memory back. */
  readonly limit: { readonly kind: 'max' | 'high'; readonly bytes: bigint };
  readonly usedBytes: Maybe<bigint>;
  /** How often the limit was met. */
  readonly hits: Maybe<bigint>;
  /** Pages that were taken from the group and came back. */
  readonly refaults: Maybe<bigint>;
  /** Time in which some task of the group waited for memory; v2 only. */
  readonly stalledUs: Maybe<bigint>;
  /** Processes the limit applies to, also those in groups below. */
  readonly tgids: readonly number[];
}

export interface MemoryLimitUse extends Pick<GroupMemory, 'at' | 'limit' | 'usedBytes' | 'tgids'> {
  readonly hits: Maybe<number>;
  readonly refaults: Maybe<number>;
  readonly stalledNs: Maybe<number>;
}

/** Of every group that has a limit at the end and had one at the start. */
export function memoryLimitsBetween(
  before: readonly GroupMemory[],
  after: readonly GroupMemory[],
): readonly MemoryLimitUse[] {
  const earlier = new Map(before.map((group) => [group.at.folder, group]));
  return after.flatMap((now) => {
    const then = earlier.get(now.at.folder);
    if (then === undefined) return [];
    const counter = (name: 'hits' | 'refaults' | 'stalledUs') =>
      both<bigint, number>(then[name], now[name], (a, b) => difference(a, b, name));
    return [
      {
        at: now.at,
        limit: now.limit,
        usedBytes: now.usedBytes,
        tgids: now.tgids,
        hits: counter('hits'),
        refaults: counter('refaults'),
        stalledNs: mapMaybe(counter('stalledUs'), (us) => us * NS_PER_US),
      },
    ];
  });
}

/** What of a process's memory rules look at; read once, at the end of a window, of those it may be told about. */
export interface ProcessMemory {
  readonly swapBytes: Maybe<number>;
  /** Address space that is locked. */
  readonly lockedBytes: Maybe<number>;
  readonly lockLimit: Maybe<{ readonly soft: bigint | 'unlimited'; readonly hard: bigint | 'unlimited' }>;
  /** CAP_IPC_LOCK: the limit does not hold for it. null where its capabilities are not told. */
  readonly mayLockBeyond: boolean | null;
}
