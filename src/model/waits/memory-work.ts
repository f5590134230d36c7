/** Work on memory that threads had to do themselves or wait for, beside their page faults: reclaim, compaction, locks. */
export const WORK_KINDS = ['reclaim', 'groupReclaim', 'compaction', 'mapLock'] as const;
export type WorkKind = (typeof WORK_KINDS)[number];

/** Of the threads of one process, summed; null where this kernel does not tell. */
export type ProcessWork = Readonly<
  Record<WorkKind, { readonly totalNs: number; readonly times: number; readonly mostOfOneNs: number } | null>
>;

/** By process. */
export type MemoryWork = ReadonlyMap<number, ProcessWork>;
