/**
 * Every thread of the machine in one read: an iterator program (iter/task) that writes one record per thread.
 *
 * What the kernel does not have is left out of the record, and is Missing in what is decoded; the record's layout is
 * thus made together with the program. Ids are those of the initial PID namespace.
 */
import { Assembler } from '../assembler.ts';
import { FRAME, R0, R1, R2, R3, R6, R7, R8, type Register } from '../instruction.ts';
import { firstMember, type KernelTypes, type Member, type MemberPath, required } from '../kernel-types.ts';
import type { BuiltProgram, Program } from '../program.ts';
import { type FieldWidth, RecordWriter, SCRATCH_AT } from '../record-writer.ts';
import type { TaskRecordLayout } from '../task-records.ts';

export interface TaskIteratorOptions {
  /** As many bits of the affinity mask are read; at most those the kernel was built for. */
  readonly cpus: number;
}

export interface BuiltTaskIterator extends BuiltProgram {
  readonly layout: TaskRecordLayout;
}

/** Where kernels keep one thing, the newest first. */
interface TaskField {
  readonly name: string;
  readonly width: FieldWidth;
  readonly paths: readonly MemberPath[];
  /** Where the kernel must have it for the records to be of use. */
  readonly needed?: true;
}

/** Of task_struct. Fields of 64 bits first; see RecordWriter. */
const TASK_FIELDS: readonly TaskField[] = [
  { name: 'startNs', width: 64, paths: [['start_boottime'], ['real_start_time']], needed: true },
  { name: 'utime', width: 64, paths: [['utime']] },
  { name: 'stime', width: 64, paths: [['stime']] },
  { name: 'previousUtime', width: 64, paths: [['prev_cputime', 'utime']] },
  { name: 'previousStime', width: 64, paths: [['prev_cputime', 'stime']] },
  { name: 'runTimeNs', width: 64, paths: [['se', 'sum_exec_runtime']] },
  { name: 'runDelayNs', width: 64, paths: [['sched_info', 'run_delay']] },
  { name: 'timeslices', width: 64, paths: [['sched_info', 'pcount']] },
  { name: 'voluntarySwitches', width: 64, paths: [['nvcsw']] },
  { name: 'involuntarySwitches', width: 64, paths: [['nivcsw']] },
  { name: 'minorFaults', width: 64, paths: [['min_flt']] },
  { name: 'majorFaults', width: 64, paths: [['maj_flt']] },
  { name: 'migrations', width: 64, paths: [['se', 'nr_migrations']] },
  { name: 'tid', width: 32, paths: [['pid']], needed: true },
  { name: 'tgid', width: 32, paths: [['tgid']], needed: true },
  // Up to 5.13 `state` was a long; its lower half is all that is ever set.
  { name: 'state', width: 32, paths: [['__state'], ['state']], needed: true },
  { name: 'exitState', width: 32, paths: [['exit_state']], needed: true },
  { name: 'flags', width: 32, paths: [['flags']], needed: true },
  { name: 'policy', width: 32, paths: [['policy']], needed: true },
  { name: 'staticPriority', width: 32, paths: [['static_prio']], needed: true },
  { name: 'realtimePriority', width: 32, paths: [['rt_priority']], needed: true },
  // Into thread_info since 5.16.
  { name: 'cpu', width: 32, paths: [['thread_info', 'cpu'], ['cpu']] },
];

/** Pages of a process by kind: enumerators of MM_*, and the name in the record. */
const MEMORY_COUNTERS = [
  ['filePages', 'MM_FILEPAGES'],
  ['anonymousPages', 'MM_ANONPAGES'],
  ['swapPages', 'MM_SWAPENTS'],
  ['sharedPages', 'MM_SHMEMPAGES'],
] as const;

export const taskIterator: Program<TaskIteratorOptions, BuiltTaskIterator> = {
  name: 'task-iterator',
  purpose: {
    en: 'reads every thread of the machine at once: times, switches, faults, migrations, affinity, memory',
    ko: '모든 스레드의 시간, 전환, 폴트, 이동, 친화도, 메모리를 한 번에 읽습니다',
  },
  since: [5, 8],
  build,
};

function build(types: KernelTypes, options: TaskIteratorOptions): BuiltTaskIterator {
  const code = new Assembler();
  const record = new RecordWriter(code, R7);
  emitStart(code, types);
  for (const word of commWords(types)) {
    code.note('task->comm').load(64, R0, R6, word.offset);
    record.add(word.name, 64, R0);
  }
  const early = TASK_FIELDS.filter((field) => field.width === 64);
  for (const field of early) emitField(code, record, types, field);
  emitMemory(code, record, types);
  emitAffinity(code, record, types, options.cpus);
  for (const field of TASK_FIELDS.filter((one) => one.width === 32)) emitField(code, record, types, field);
  const layout = record.finish();
  code.label('end').set(R0, 0).exit();
  const part = { name: 'keel_tasks', attachment: { kind: 'iterator', over: 'task' } as const };
  return { parts: [{ ...part, code: code.assemble() }], maps: [], layout };
}

/** R6 is the task, R7 the file to write to. The last visit has no task. */
function emitStart(code: Assembler, types: KernelTypes): void {
  const context = (name: string) => required(types.member('bpf_iter__task', [name])).offsetBytes;
  code.label('start').note('context->task').load(64, R6, R1, context('task'));
  code.jumpIf(R6, '==', 0, 'end');
  code.note('context->meta->seq').load(64, R2, R1, context('meta'));
  code.load(64, R7, R2, required(types.member('bpf_iter_meta', ['seq'])).offsetBytes);
}

/** The name is 16 bytes in every kernel (TASK_COMM_LEN). */
function commWords(types: KernelTypes): { readonly name: string; readonly offset: number }[] {
  const { offsetBytes } = required(types.member('task_struct', ['comm']));
  return [0, 8].map((at) => ({ name: `comm${at}`, offset: offsetBytes + at }));
}

function emitField(code: Assembler, record: RecordWriter, types: KernelTypes, field: TaskField): void {
  const member = firstMember(types, 'task_struct', field.paths);
  if ('missing' in member) {
    if (field.needed) required(member);
    return;
  }
  code.label(field.name).note(`task->${field.paths.map((path) => path.join('.')).join(' or ')}`);
  code.load(widthOf(member, field.width), R0, R6, member.offsetBytes);
  record.add(field.name, field.width, R0);
}

/** Never more than the record has room for: of a wider member, the lower half. */
function widthOf(member: Member, width: FieldWidth): FieldWidth {
  return member.sizeBytes >= 8 ? width : 32;
}

/** Kernel threads and ended tasks have no mm_struct. Its counters are read without a lock: each is right by itself. */
function emitMemory(code: Assembler, record: RecordWriter, types: KernelTypes): void {
  const mm = types.member('task_struct', ['mm']);
  const counters = memoryCounters(types);
  if ('missing' in mm || counters === null) return;
  code.label('memory').note('task->mm').load(64, R8, R6, mm.offsetBytes);
  for (const { name, offset, isPlain } of counters) {
    code.set(R0, 0).jumpIf(R8, '==', 0, `without ${name}`).note(`task->mm->rss_stat: ${name}`);
    if (isPlain) code.load(64, R0, R8, offset);
    else emitCopy(code, R8, offset);
    code.label(`without ${name}`);
    record.add(name, 64, R0);
  }
  // The address is of no use; whether there is one is.
  code.set(R0, 0).jumpIf(R8, '==', 0, 'no memory').set(R0, 1).label('no memory');
  record.add('hasMemory', 64, R0);
}

/** By a copy of the kernel's, where the verifier does not follow a plain load; into R0. */
function emitCopy(code: Assembler, base: Register, offset: number): void {
  code.set(R1, FRAME).compute(R1, '+=', SCRATCH_AT).set(R2, 8);
  code.set(R3, base).compute(R3, '+=', offset).call('probe_read_kernel');
  code.load(64, R0, FRAME, SCRATCH_AT);
}

interface MemoryCounter {
  readonly name: string;
  readonly offset: number;
  /** Whether the verifier of such kernels follows a load of it. */
  readonly isPlain: boolean;
}

/**
 * All four, or null: per-CPU counters since 6.2, of which the common part is read; before, an array of atomic_long_t,
 * and the verifier of those kernels does not look through that typedef ("Type 'atomic_long_t' is not a struct").
 */
function memoryCounters(types: KernelTypes): MemoryCounter[] | null {
  const counters = MEMORY_COUNTERS.map(([name, enumerator]): MemoryCounter | null => {
    const index = types.enumerator(enumerator);
    if (typeof index !== 'number') return null;
    const perCpu = types.member('mm_struct', ['rss_stat', index, 'count']);
    if (!('missing' in perCpu)) return { name, offset: perCpu.offsetBytes, isPlain: true };
    const atomic = types.member('mm_struct', ['rss_stat', 'count', index, 'counter']);
    return 'missing' in atomic ? null : { name, offset: atomic.offsetBytes, isPlain: false };
  });
  return counters.every((counter) => counter !== null) ? counters : null;
}

/** As many words of the mask as there can be CPUs. */
function emitAffinity(code: Assembler, record: RecordWriter, types: KernelTypes, cpus: number): void {
  const bits = types.member('task_struct', ['cpus_mask', 'bits']);
  if ('missing' in bits) return;
  const words = Math.min(Math.ceil(cpus / 64), Math.floor(bits.sizeBytes / 8));
  for (let i = 0; i < words; i += 1) {
    code.note(`task->cpus_mask, word ${i}`).load(64, R0, R6, bits.offsetBytes + i * 8);
    record.add(`mask${i}`, 64, R0);
  }
}
