/** How a thread is scheduled: sched_getattr(2), sched_setattr(2). */
import { checked, int32, libcFunction, taskId } from './libc.ts';
import { syscallNumber } from './syscall-numbers.ts';

/** struct sched_attr of include/uapi/linux/sched/types.h, without the utilisation clamps. */
export interface SchedulingAttributes {
  /** SCHED_*: 0 other, 1 fifo, 2 rr, 3 batch, 5 idle, 6 deadline. */
  readonly policy: number;
  /** SCHED_FLAG_*; of them 1 is "children start with the default". */
  readonly flags: bigint;
  /** -20 to 19; of policies other and batch. */
  readonly nice: number;
  /** 1 to 99 for fifo and rr, otherwise 0. */
  readonly realtimePriority: number;
  /** Deadline: its budget. Other and batch, since Linux 6.12: the slice; 0 asks for the default when it is set. */
  readonly runtimeNs: bigint;
  readonly deadlineNs: bigint;
  readonly periodNs: bigint;
}

const getattr = libcFunction<[number, number, Uint8Array, number, number]>(
  'long syscall(long number, int tid, void *attr, unsigned int size, unsigned int flags)',
);
const setattr = libcFunction<[number, number, Uint8Array, number]>(
  'long syscall(long number, int tid, void *attr, unsigned int flags)',
);

const LITTLE_ENDIAN = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** SCHED_ATTR_SIZE_VER0: every kernel since 3.14 knows it. */
const ATTRIBUTE_BYTES = 48;

/** @throws KernelError ESRCH */
export function getScheduling(tid: number): SchedulingAttributes {
  const bytes = new Uint8Array(ATTRIBUTE_BYTES);
  checked('sched_getattr', getattr(syscallNumber('sched_getattr'), taskId(tid), bytes, ATTRIBUTE_BYTES, 0));
  const view = new DataView(bytes.buffer);
  return {
    policy: view.getUint32(4, LITTLE_ENDIAN),
    flags: view.getBigUint64(8, LITTLE_ENDIAN),
    nice: view.getInt32(16, LITTLE_ENDIAN),
    realtimePriority: view.getUint32(20, LITTLE_ENDIAN),
    runtimeNs: view.getBigUint64(24, LITTLE_ENDIAN),
    deadlineNs: view.getBigUint64(32, LITTLE_ENDIAN),
    periodNs: view.getBigUint64(40, LITTLE_ENDIAN),
  };
}

/** @throws KernelError ESRCH; EPERM without CAP_SYS_NICE; EINVAL for a policy or a priority the kernel does not have */
export function setScheduling(tid: number, attributes: SchedulingAttributes): void {
  const bytes = new Uint8Array(ATTRIBUTE_BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, ATTRIBUTE_BYTES, LITTLE_ENDIAN);
  view.setUint32(4, int32(attributes.policy, 'policy'), LITTLE_ENDIAN);
  view.setBigUint64(8, attributes.flags, LITTLE_ENDIAN);
  view.setInt32(16, int32(attributes.nice, 'nice'), LITTLE_ENDIAN);
  view.setUint32(20, int32(attributes.realtimePriority, 'priority'), LITTLE_ENDIAN);
  view.setBigUint64(24, attributes.runtimeNs, LITTLE_ENDIAN);
  view.setBigUint64(32, attributes.deadlineNs, LITTLE_ENDIAN);
  view.setBigUint64(40, attributes.periodNs, LITTLE_ENDIAN);
  checked('sched_setattr', setattr(syscallNumber('sched_setattr'), taskId(tid), bytes, 0));
}
