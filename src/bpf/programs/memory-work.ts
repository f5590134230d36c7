/**
 * How long threads were held by work on memory that no page fault tells of: reclaiming pages for an allocation of their
 * own, doing so for their cgroup, compacting memory, and waiting for the lock of the memory map. Each begins and ends
 * with a tracepoint in the thread that is held, so that time is counted on and off the CPU alike.
 */
import { Assembler, type Assembly } from '../assembler.ts';
import { R0, R1, R6, R8, R9 } from '../instruction.ts';
import { KernelLacks, type KernelTypes } from '../kernel-types.ts';
import { type FieldsOf, Layout } from '../layout.ts';
import { OwnCounters, type TableMap } from '../maps.ts';
import type { BuiltProgram, Program, ProgramPart } from '../program.ts';
import {
  emitCurrentThread,
  emitFind,
  emitFindOrMake,
  emitLost,
  type THREAD,
  type ThreadFields,
  threadFields,
  threadTable,
} from '../thread-table.ts';

export interface MemoryWorkOptions {
  /** Only the threads of this process; null for all. */
  readonly tgid: number | null;
  /** As many threads can be told apart. */
  readonly threads: number;
}

const SPENT = new Layout({
  /** CLOCK_MONOTONIC when it began; 0 while it does not go on. */
  sinceNs: 'u64',
  totalNs: 'u64',
  times: 'u64',
});

const WORK = new Layout({ reclaim: SPENT, groupReclaim: SPENT, compaction: SPENT, mapLock: SPENT });
export type WorkKind = keyof FieldsOf<typeof WORK>;

const LOST = new Layout({
  /** Beginnings of threads that found no room in the table. */
  full: 'u64',
});

/** Tracepoints at the beginning and the end: include/trace/events/{vmscan,compaction,mmap_lock}.h. */
const TRACEPOINTS: Readonly<Record<WorkKind, readonly [begin: string, end: string]>> = {
  reclaim: ['mm_vmscan_direct_reclaim_begin', 'mm_vmscan_direct_reclaim_end'],
  groupReclaim: ['mm_vmscan_memcg_reclaim_begin', 'mm_vmscan_memcg_reclaim_end'],
  compaction: ['mm_compaction_begin', 'mm_compaction_end'],
  // The end is also told of attempts that never wait; those have no beginning, and count for nothing.
  mapLock: ['mmap_lock_start_locking', 'mmap_lock_acquire_returned'],
};

export interface BuiltMemoryWork extends BuiltProgram {
  /** What this kernel has tracepoints for. */
  readonly kinds: readonly WorkKind[];
  /** Entries of threads that ended remain. */
  readonly work: TableMap<FieldsOf<typeof THREAD>, FieldsOf<typeof WORK>>;
  readonly lost: OwnCounters<FieldsOf<typeof LOST>>;
}

const KEY_AT = -16;
/** Taking a lock that is free takes some 0.3 µs from one tracepoint to the other; that is no waiting. */
const LEAST_WAIT_NS = 2_000;

export const memoryWork: Program<MemoryWorkOptions, BuiltMemoryWork> = {
  name: 'memory-work',
  purpose: {
    en: 'counts in the kernel how long reclaim, compaction and the lock of the memory map held each thread',
    ko: '메모리 회수, 압축 정리, 메모리 맵의 락이 각 스레드를 붙잡은 시간을 커널 안에서 집계합니다',
  },
  since: [5, 11],
  build(types, options) {
    const { table: work, empty } = threadTable('work', WORK, options.threads);
    const lost = new OwnCounters('lost', LOST);
    const fields = threadFields(types);
    const kinds = (Object.keys(TRACEPOINTS) as WorkKind[]).filter((kind) => hasBoth(types, kind));
    if (kinds.length === 0) throw new KernelLacks(TRACEPOINTS.reclaim[0]);
    const parts = kinds.flatMap((kind, i): ProgramPart[] => {
      const part = (name: string, tracepoint: string, code: Assembly) => ({
        name,
        attachment: { kind: 'tracepoint', name: tracepoint } as const,
        code,
      });
      const [begin, end] = TRACEPOINTS[kind];
      return [
        part(`keel_work${i}_in`, begin, beginCode(fields, options, kind)),
        part(`keel_work${i}_out`, end, endCode(fields, options, kind)),
      ];
    });
    return { parts, maps: [work, empty, lost], kinds, work, lost };
  },
};

function hasBoth(types: KernelTypes, kind: WorkKind): boolean {
  return TRACEPOINTS[kind].every((name) => typeof types.typeId('typedef', `btf_trace_${name}`) === 'number');
}

function beginCode(fields: ThreadFields, options: MemoryWorkOptions, kind: WorkKind): Assembly {
  const code = new Assembler().label('start');
  emitCurrentThread(code, fields, options.tgid, KEY_AT);
  emitFindOrMake(code, 'work', KEY_AT, 'full');
  code.label('begin').note('now').call('ktime_get_ns');
  code.store(64, R9, WORK.offset(kind) + SPENT.offset('sinceNs'), R0);
  code.label('end').set(R0, 0).exit();
  emitLost(code, 'full', LOST.offset('full'));
  return code.assemble();
}

function endCode(fields: ThreadFields, options: MemoryWorkOptions, kind: WorkKind): Assembly {
  const place = (field: keyof FieldsOf<typeof SPENT>) => WORK.offset(kind) + SPENT.offset(field);
  const code = new Assembler().label('start').note('now').call('ktime_get_ns').set(R8, R0);
  emitCurrentThread(code, fields, options.tgid, KEY_AT);
  emitFind(code, 'work', KEY_AT, 'end');
  code.label('complete').note('since when').load(64, R6, R9, place('sinceNs')).jumpIf(R6, '==', 0, 'end');
  code.store(64, R9, place('sinceNs'), 0).compute(R8, '-=', R6);
  if (kind === 'mapLock') code.jumpIf(R8, '<', LEAST_WAIT_NS, 'end');
  code.note('the sum').load(64, R1, R9, place('totalNs')).compute(R1, '+=', R8);
  code.store(64, R9, place('totalNs'), R1);
  code.note('one more').load(64, R1, R9, place('times')).compute(R1, '+=', 1);
  code.store(64, R9, place('times'), R1);
  return code.label('end').set(R0, 0).exit().assemble();
}
