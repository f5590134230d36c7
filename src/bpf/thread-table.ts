/**
 * Tables of threads: the key that tells threads apart, and the steps to the value of one, made where there is none.
 *
 * The value of a new entry is copied from a map of one value that nobody writes: the stack is too small for it.
 */
import type { Assembler } from './assembler.ts';
import { FRAME, R0, R1, R2, R3, R4, R7, R9, type Register } from './instruction.ts';
import { firstMember, type KernelTypes, required } from './kernel-types.ts';
import { type Fields, Layout } from './layout.ts';
import { OwnCounters, TableMap } from './maps.ts';

/** Ids are used again; with the start time they are not. */
export const THREAD = new Layout({
  tid: 'u32',
  tgid: 'u32',
  /** After boot. */
  startNs: 'u64',
});

/** The table, and the map with the value of new entries; both belong to the program. */
export function threadTable<F extends Fields>(name: string, value: Layout<F>, threads: number) {
  return { table: new TableMap(name, THREAD, value, threads), empty: new OwnCounters(EMPTY, value) };
}

const EMPTY = 'empty';
/** BPF_NOEXIST: only where there is no such key yet. */
const IF_NEW = 1;

/** Where the key's fields lie in task_struct. @throws KernelLacks */
export function threadFields(types: KernelTypes): Readonly<Record<'tid' | 'tgid' | 'startNs', number>> {
  const offset = (...names: string[]) =>
    required(
      firstMember(
        types,
        'task_struct',
        names.map((name) => [name]),
      ),
    ).offsetBytes;
  return { tid: offset('pid'), tgid: offset('tgid'), startNs: offset('start_boottime', 'real_start_time') };
}

export type ThreadFields = ReturnType<typeof threadFields>;

/** Writes the key of `task` to the stack, at a negative offset. Overwrites R0. */
export function emitThreadKey(code: Assembler, fields: ThreadFields, task: Register, keyAt: number): void {
  code
    .note('task->pid')
    .load(32, R0, task, fields.tid)
    .store(32, FRAME, keyAt + THREAD.offset('tid'), R0);
  code
    .note('task->tgid')
    .load(32, R0, task, fields.tgid)
    .store(32, FRAME, keyAt + THREAD.offset('tgid'), R0);
  code.note('task->start_boottime').load(64, R0, task, fields.startNs);
  code.store(64, FRAME, keyAt + THREAD.offset('startNs'), R0);
}

/**
 * Leaves the key of the current thread on the stack; goes to `end` where it is none of the process `tgid` (null: of all).
 * Overwrites R0 to R5, and R7, which is the task then.
 */
export function emitCurrentThread(
  code: Assembler,
  fields: ThreadFields,
  tgid: number | null,
  keyAt: number,
): void {
  code.note('the current task').call('get_current_task_btf').set(R7, R0);
  if (tgid !== null) code.note('task->tgid').load(32, R0, R7, fields.tgid).jumpIf(R0, '!=', tgid, 'end');
  emitThreadKey(code, fields, R7, keyAt);
}

/** At `label`: counts one more in the counter that lies `at` bytes into `lost`, and goes to `end`. */
export function emitLost(code: Assembler, label: string, at: number): void {
  code.label(label).mapValue(R1, 'lost', at).set(R2, 1);
  code.atomicAdd(64, R1, 0, R2).jump('end');
}

/** Leaves the address of the value in R9, or goes to `otherwise`. Overwrites R0 to R5. */
export function emitFind(code: Assembler, table: string, keyAt: number, otherwise: string): void {
  code.note(`find the thread in ${table}`).mapAddress(R1, table).set(R2, FRAME).compute(R2, '+=', keyAt);
  code.call('map_lookup_elem').jumpIf(R0, '==', 0, otherwise).set(R9, R0);
}

/** As emitFind, but makes an entry where there is none; goes to `full` where there is no room. */
export function emitFindOrMake(code: Assembler, table: string, keyAt: number, full: string): void {
  const found = `found in ${table}`;
  emitFind(code, table, keyAt, `new in ${table}`);
  code.jump(found).label(`new in ${table}`).note('a new entry');
  code.mapAddress(R1, table).set(R2, FRAME).compute(R2, '+=', keyAt);
  code.mapValue(R3, EMPTY, 0).set(R4, IF_NEW).call('map_update_elem');
  emitFind(code, table, keyAt, full);
  code.label(found);
}
