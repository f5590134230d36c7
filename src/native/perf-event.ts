/** perf_event_open(2) and what is done with its file descriptors. */
import { closeSync, readSync } from 'node:fs';
import { machine } from 'node:os';
import { checked, libcFunction } from './libc.ts';

/** Numbers of the call, which libc does not wrap; include/uapi/asm-generic/unistd.h and the x86 and other tables. */
const CALL_NUMBERS: Readonly<Record<string, number>> = {
  x86_64: 298,
  aarch64: 241,
  riscv64: 241,
  loongarch64: 241,
  ppc64le: 319,
  ppc64: 319,
  s390x: 331,
};

const PERF_FLAG_FD_CLOEXEC = 8;
const PERF_FLAG_PID_CGROUP = 4;

const IOCTL = {
  enable: 0x2400,
  disable: 0x2401,
  setOutput: 0x2405,
  id: 0x8008_2407,
  setBpf: 0x4004_2408,
} as const;

/** Whose events: a thread, a CPU, a thread on one CPU, or a cgroup on one CPU (with the fd of its folder). */
export interface EventScope {
  readonly tid?: number;
  readonly cgroupFd?: number;
  readonly cpu?: number;
}

/** @returns null on a machine whose call number is not known */
export function perfCallNumber(arch: string = machine()): number | null {
  return CALL_NUMBERS[arch] ?? null;
}

const open = libcFunction<[number, Uint8Array, number, number, number, number]>(
  'long syscall(long number, void *attributes, int pid, int cpu, int group, unsigned long flags)',
);
const control = libcFunction<[number, number, number]>(
  'int ioctl(int fd, unsigned long request, long argument)',
);
const query = libcFunction<[number, number, Uint8Array]>(
  'int ioctl(int fd, unsigned long request, void *argument)',
);

/** An open event. Closing it ends the counting; the kernel closes it when the process dies, however it dies. */
export class PerfEvent implements Disposable {
  readonly fd: number;
  #open = true;

  /**
   * @param attributes from perf/attributes.ts, in a buffer off the V8 heap
   * @throws KernelError: EACCES and EPERM for lack of privilege, ESRCH for a task that ended, EMFILE
   */
  constructor(attributes: Uint8Array, scope: EventScope, group: PerfEvent | null = null) {
    const number = perfCallNumber();
    if (number === null) throw new Error(`perf_event_open has no known number on ${machine()}`);
    const flags = PERF_FLAG_FD_CLOEXEC | (scope.cgroupFd === undefined ? 0 : PERF_FLAG_PID_CGROUP);
    const subject = scope.cgroupFd ?? scope.tid ?? -1;
    this.fd = Number(
      checked('perf_event_open', open(number, attributes, subject, scope.cpu ?? -1, group?.fd ?? -1, flags)),
    );
  }

  enable(): void {
    this.#control('enable', 0);
  }

  disable(): void {
    this.#control('disable', 0);
  }

  /** Writes into the ring of another event, which must be of the same CPU. */
  writeTo(ringOwner: PerfEvent): void {
    this.#control('setOutput', ringOwner.fd);
  }

  runProgram(programFd: number): void {
    this.#control('setBpf', programFd);
  }

  /** The identifier that its samples carry. */
  get id(): number {
    const bytes = new Uint8Array(new ArrayBuffer(8));
    checked('ioctl PERF_EVENT_IOC_ID', query(this.fd, IOCTL.id, bytes));
    return Number(new DataView(bytes.buffer).getBigUint64(0, true));
  }

  /**
   * The count, the times it was enabled and running, and the id, as READ_TIMES_ID orders them; then what READ_LOST adds:
   * how many of its records found no room, null where that was not asked for.
   */
  read(): { count: bigint; enabledNs: bigint; runningNs: bigint; lost: bigint | null } {
    const bytes = Buffer.alloc(40);
    const length = readSync(this.fd, bytes, 0, bytes.length, null);
    return {
      count: bytes.readBigUInt64LE(0),
      enabledNs: bytes.readBigUInt64LE(8),
      runningNs: bytes.readBigUInt64LE(16),
      lost: length < bytes.length ? null : bytes.readBigUInt64LE(32),
    };
  }

  close(): void {
    if (!this.#open) return;
    this.#open = false;
    closeSync(this.fd);
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #control(request: 'enable' | 'disable' | 'setOutput' | 'setBpf', argument: number): void {
    checked(`ioctl ${request}`, control(this.fd, IOCTL[request], argument));
  }
}
