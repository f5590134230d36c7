/** Whether a task waits because its group has used its CPU quota up. */
import type { Assembler } from './assembler.ts';
import { R1, type Register } from './instruction.ts';
import type { KernelTypes } from './kernel-types.ts';

/** Where the kernel keeps it; null for what it lacks. */
export function throttleFields(types: KernelTypes) {
  const optional = (struct: string, ...path: string[]) => {
    const member = types.member(struct, path);
    return 'missing' in member ? null : member.offsetBytes;
  };
  return {
    /** Linux 6.18: of the task itself; before, its queue tells. */
    throttled: optional('task_struct', 'throttled'),
    queue: optional('task_struct', 'se', 'cfs_rq'),
    throttleCount: optional('cfs_rq', 'throttle_count'),
  };
}

export type ThrottleFields = ReturnType<typeof throttleFields>;

/**
 * Goes on where it is throttled. Overwrites R1.
 * @returns false where the kernel cannot tell: then there is nothing to go on with, and no code
 */
export function emitUnlessThrottled(
  code: Assembler,
  { throttled, queue, throttleCount }: ThrottleFields,
  task: Register,
  otherwise: string,
): boolean {
  if (throttled !== null) {
    code.note('task->throttled').load(8, R1, task, throttled).jumpIf(R1, '==', 0, otherwise);
    return true;
  }
  if (queue === null || throttleCount === null) return false;
  code.note('task->se.cfs_rq->throttle_count').load(64, R1, task, queue).jumpIf(R1, '==', 0, otherwise);
  code.load(32, R1, R1, throttleCount).jumpIf(R1, '==', 0, otherwise);
  return true;
}
