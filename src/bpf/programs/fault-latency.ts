/**
 * How long each page fault held its thread, counted in the kernel: from the entry of the fault (the perf event
 * page-faults) to its completion (minor-faults, major-faults), folded per thread; faults over a limit one by one.
 *
 * The address and the instruction are those of the fault in all three events. A fault that ends in a signal begins and
 * does not complete; faults that the kernel takes on behalf of a thread without an exception have no event at all.
 */
import { Assembler, type Assembly } from '../assembler.ts';
import { FRAME, R0, R1, R2, R3, R6, R7, R8, R9 } from '../instruction.ts';
import { firstMember, type KernelTypes, required } from '../kernel-types.ts';
import { emitAddLatency, LATENCY } from '../latency.ts';
import { type FieldsOf, Layout } from '../layout.ts';
import { OwnCounters, QueueMap, type TableMap } from '../maps.ts';
import type { BuiltProgram, Program } from '../program.ts';
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

export interface FaultLatencyOptions {
  /** Only the threads of this process; null for all. */
  readonly tgid: number | null;
  /** Faults that took at least so long are told one by one; null for none. */
  readonly overNs: number | null;
  /** As many threads can be told apart; each takes some 900 bytes. */
  readonly threads: number;
}

const FAULTS = new Layout({
  /** CLOCK_MONOTONIC when the fault being served began; 0 while there is none. */
  sinceNs: 'u64',
  begun: 'u64',
  minor: LATENCY,
  major: LATENCY,
});

const SLOW_FAULT = new Layout({
  /** CLOCK_MONOTONIC when it began. */
  timeNs: 'u64',
  latencyNs: 'u64',
  address: 'u64',
  /** The instruction that faulted; 0 where this kernel does not tell. */
  ip: 'u64',
  tid: 'u32',
  tgid: 'u32',
  /** 0 minor, 1 major. */
  major: 'u32',
});

const LOST = new Layout({
  /** Faults of threads that found no room in the table. */
  faults: 'u64',
  /** Completions whose beginning was not seen: counting began in the middle of them. */
  orphans: 'u64',
  /** Slow faults that found no room in the queue. */
  slow: 'u64',
});

/** Slow faults that wait to be read. */
const QUEUE_ENTRIES = 4096;

export interface BuiltFaultLatency extends BuiltProgram {
  /** Entries of threads that ended remain. */
  readonly faults: TableMap<FieldsOf<typeof THREAD>, FieldsOf<typeof FAULTS>>;
  readonly slow: QueueMap<FieldsOf<typeof SLOW_FAULT>>;
  readonly lost: OwnCounters<FieldsOf<typeof LOST>>;
}

/** Where things lie on the stack. */
const KEY_AT = -16;
const RECORD_AT = KEY_AT - SLOW_FAULT.sizeBytes;

export const faultLatency: Program<FaultLatencyOptions, BuiltFaultLatency> = {
  name: 'fault-latency',
  purpose: {
    en: 'counts in the kernel how long page faults held each thread, and tells slow ones one by one',
    ko: '페이지 폴트가 각 스레드를 붙잡은 시간을 커널 안에서 집계하고, 느린 폴트는 하나씩 알립니다',
  },
  since: [5, 11],
  build(types, options) {
    const { table: faults, empty } = threadTable('faults', FAULTS, options.threads);
    const slow = new QueueMap('slow', SLOW_FAULT, QUEUE_ENTRIES);
    const lost = new OwnCounters('lost', LOST);
    const context = contextOf(types);
    const part = (name: string, event: 'page-faults' | 'minor-faults' | 'major-faults', code: Assembly) => ({
      name,
      attachment: { kind: 'perf-event', event } as const,
      code,
    });
    return {
      parts: [
        part('keel_fault_in', 'page-faults', entryCode(context, options)),
        part('keel_fault_min', 'minor-faults', completionCode(context, options, 'minor')),
        part('keel_fault_maj', 'major-faults', completionCode(context, options, 'major')),
      ],
      maps: [faults, empty, slow, lost],
      faults,
      slow,
      lost,
    };
  },
};

interface Context {
  readonly thread: ThreadFields;
  /** In bpf_perf_event_data. */
  readonly address: number;
  readonly ip: number | null;
}

function contextOf(types: KernelTypes): Context {
  const data = 'bpf_perf_event_data';
  // x86, arm64 and riscv, powerpc.
  const ip = firstMember(types, data, [
    ['regs', 'ip'],
    ['regs', 'pc'],
    ['regs', 'nip'],
  ]);
  return {
    thread: threadFields(types),
    address: required(types.member(data, ['addr'])).offsetBytes,
    ip: 'missing' in ip ? null : ip.offsetBytes,
  };
}

/** The clock is read as late as possible here, and as early as possible at the completion. */
function entryCode(context: Context, options: FaultLatencyOptions): Assembly {
  const code = new Assembler().label('start');
  emitCurrentThread(code, context.thread, options.tgid, KEY_AT);
  emitFindOrMake(code, 'faults', KEY_AT, 'full');
  code.label('begin').note('one more begun').load(64, R1, R9, FAULTS.offset('begun'));
  code.compute(R1, '+=', 1).store(64, R9, FAULTS.offset('begun'), R1);
  code.note('now').call('ktime_get_ns').store(64, R9, FAULTS.offset('sinceNs'), R0);
  emitEnd(code);
  emitLost(code, 'full', LOST.offset('faults'));
  return code.assemble();
}

function completionCode(context: Context, options: FaultLatencyOptions, kind: 'minor' | 'major'): Assembly {
  const code = new Assembler().label('start').set(R6, R1);
  code.note('now').call('ktime_get_ns').set(R8, R0);
  emitCurrentThread(code, context.thread, options.tgid, KEY_AT);
  emitFind(code, 'faults', KEY_AT, 'orphan');
  code.label('complete').note('since when').load(64, R7, R9, FAULTS.offset('sinceNs'));
  code.jumpIf(R7, '==', 0, 'orphan').store(64, R9, FAULTS.offset('sinceNs'), 0);
  code.note('how long').compute(R8, '-=', R7).jumpIf(R8, 's>=', 0, 'add').set(R8, 0);
  emitAddLatency(code, FAULTS.offset(kind), R8);
  if (options.overNs !== null) emitTellSlow(code, context, kind, options.overNs);
  emitEnd(code);
  emitLost(code, 'orphan', LOST.offset('orphans'));
  if (options.overNs !== null) emitLost(code, 'queue full', LOST.offset('slow'));
  return code.assemble();
}

/** R6 is the context, R7 the time it began, R8 the latency. */
function emitTellSlow(code: Assembler, context: Context, kind: 'minor' | 'major', overNs: number): void {
  const put = (field: keyof FieldsOf<typeof SLOW_FAULT>) => RECORD_AT + SLOW_FAULT.offset(field);
  code.label('slow?').set64(R1, BigInt(overNs)).jumpIf(R8, '<', R1, 'end');
  code.store(64, FRAME, put('timeNs'), R7).store(64, FRAME, put('latencyNs'), R8);
  code.note('the address').load(64, R0, R6, context.address).store(64, FRAME, put('address'), R0);
  if (context.ip === null) code.store(64, FRAME, put('ip'), 0);
  else code.note('the instruction').load(64, R0, R6, context.ip).store(64, FRAME, put('ip'), R0);
  code.note('tid and tgid').load(64, R0, FRAME, KEY_AT).store(64, FRAME, put('tid'), R0);
  // Of 64 bits, so that the padding behind it is written too.
  code.store(64, FRAME, put('major'), kind === 'major' ? 1 : 0);
  code.note('into the queue').mapAddress(R1, 'slow').set(R2, FRAME).compute(R2, '+=', RECORD_AT).set(R3, 0);
  code.call('map_push_elem').jumpIf(R0, '!=', 0, 'queue full');
}

function emitEnd(code: Assembler): void {
  code.label('end').set(R0, 0).exit();
}
