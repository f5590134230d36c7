/**
 * What happens while a page fault is being served, and tells what it is for, though its beginning and its completion do
 * not: small programs at tracepoints that pass in between, and set a bit for the fault.
 *
 * - A thread that sleeps interruptibly inside a fault waits for whoever answers its userfaultfd: all other waits of the
 *   memory management cannot be interrupted, or only by a signal that kills (fs/userfaultfd.c, handle_userfault).
 * - Where the last counter that a fault changes is that of swapped pages, its page was in swap, or in the swap cache
 *   (mm/memory.c, do_swap_page). A fault that has to reclaim memory changes that counter too, but brings its own page in
 *   afterwards.
 * - A fault that adds to the task's own count of NUMA faults came of a hint of page balancing (task_numa_fault).
 */
import { Assembler, type Assembly } from './assembler.ts';
import { R0, R1, R2, R6, R7, R9, type Register } from './instruction.ts';
import { firstMember, type KernelTypes, required } from './kernel-types.ts';
import type { ProgramPart } from './program.ts';

/** Bits of a fault. */
export const FAULT_SIGN = { answered: 1, swapped: 2, hinted: 4 } as const;

/** What can happen on this machine; what cannot is not watched, and costs nothing. */
export interface SignsWanted {
  /** There is swap. */
  readonly swap: boolean;
  /** The kernel balances pages between NUMA nodes. */
  readonly hints: boolean;
}

/**
 * Leaves the address of the 32-bit word with the signs of the fault that the task in R7 is in, in R9; goes to `end`
 * where it is in none. Keeps R6 and R7.
 */
export type EmitSigns = (code: Assembler) => void;

/** The programs that set the signs: of the machine's events, and of the kernel's tracepoints that this kernel has. */
export function signParts(
  types: KernelTypes,
  { swap }: SignsWanted,
  prefix: string,
  { signs, shift }: { readonly signs: EmitSigns; readonly shift: number },
): ProgramPart[] {
  const part = (name: string, tracepoint: string, code: Assembly): ProgramPart => ({
    name: `${prefix}_${name}`,
    attachment: { kind: 'tracepoint', name: tracepoint },
    code,
  });
  const state = required(firstMember(types, 'task_struct', [['__state'], ['state']])).offsetBytes;
  const parts = [part('wait', 'sched_switch', switchCode(state, signs, FAULT_SIGN.answered << shift))];
  const [swapped, anonymous] = [types.enumerator('MM_SWAPENTS'), types.enumerator('MM_ANONPAGES')];
  const isTold = typeof types.typeId('typedef', 'btf_trace_rss_stat') === 'number';
  if (!swap || !isTold || typeof swapped !== 'number' || typeof anonymous !== 'number') return parts;
  const code = counterCode({ swapped, anonymous }, signs, FAULT_SIGN.swapped << shift);
  return [...parts, part('swap', 'rss_stat', code)];
}

/** TASK_INTERRUPTIBLE: include/linux/sched.h. */
const INTERRUPTIBLE = 1;

/** sched_switch(preempt, prev, next). Preempted in the middle of going to sleep, a task does not sleep. */
function switchCode(state: number, emitSigns: EmitSigns, sign: number): Assembly {
  const code = new Assembler().label('start').load(64, R2, R1, 0).load(64, R7, R1, 8);
  code.note('preempted').jumpIf(R2, '!=', 0, 'end');
  code.note('prev->state').load(32, R1, R7, state).jumpIf(R1, '&', INTERRUPTIBLE, 'asleep').jump('end');
  code.label('asleep');
  emitSigns(code);
  code.label('set').load(32, R1, R9, 0).compute32(R1, '|=', sign).store(32, R9, 0, R1);
  return code.label('end').set(R0, 0).exit().assemble();
}

interface Counters {
  readonly swapped: number;
  readonly anonymous: number;
}

/** rss_stat(mm, counter): include/trace/events/kmem.h. */
function counterCode({ swapped, anonymous }: Counters, emitSigns: EmitSigns, sign: number): Assembly {
  const code = new Assembler().label('start').load(64, R6, R1, 8);
  code.jumpIf(R6, '==', swapped, 'of memory').jumpIf(R6, '!=', anonymous, 'end').label('of memory');
  code.note('the current task').call('get_current_task_btf').set(R7, R0);
  emitSigns(code);
  code.label('change').load(32, R1, R9, 0).compute32(R1, '|=', sign);
  code.jumpIf(R6, '==', swapped, 'keep').compute32(R1, '^=', sign).label('keep').store(32, R9, 0, R1);
  return code.label('end').set(R0, 0).exit().assemble();
}

/** Counters of the pages of NUMA faults: of this node, of others, and not moved. */
const HINT_COUNTERS = 3;

/** Where a task counts its NUMA faults; null where this kernel does not balance. */
export function hintCounters(types: KernelTypes, { hints }: SignsWanted): number | null {
  if (!hints) return null;
  const member = types.member('task_struct', ['numa_faults_locality']);
  return 'offsetBytes' in member && member.sizeBytes >= 8 * HINT_COUNTERS ? member.offsetBytes : null;
}

/** Leaves the lower half of the sum of them in `into`: of two that differ, a hint lies between. Overwrites R2. */
export function emitHintedPages(code: Assembler, counters: number, task: Register, into: Register): void {
  code.note('task->numa_faults_locality').load(64, into, task, counters);
  for (let i = 1; i < HINT_COUNTERS; i += 1)
    code.load(64, R2, task, counters + 8 * i).compute(into, '+=', R2);
  code.compute32(into, '=', into);
}

/** Adds the sign to the word at `base` + `at` where more pages were hinted than the 32 bits at `before`. Uses R1, R2. */
export function emitHintSign(
  code: Assembler,
  counters: number,
  task: Register,
  {
    before,
    word,
    shift,
  }: {
    readonly before: readonly [base: Register, at: number];
    readonly word: readonly [base: Register, at: number];
    readonly shift: number;
  },
): void {
  emitHintedPages(code, counters, task, R1);
  code.load(32, R2, ...before).jumpIf(R1, '==', R2, 'no hint');
  code
    .load(32, R1, ...word)
    .compute32(R1, '|=', FAULT_SIGN.hinted << shift)
    .store(32, ...word, R1);
  code.label('no hint');
}
