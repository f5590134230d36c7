/**
 * A copy of this process that does nothing but sleep: clone(2) without sharing, which is fork(2). It begins inside of
 * libc and never comes to TypeScript: V8 keeps its heap out of copies (MADV_DONTFORK), so fork(2) itself, which returns
 * in the copy too, would crash there.
 */
import { addressOf, checked, libcFunction, taskId } from './libc.ts';

const clone = libcFunction<[bigint, bigint, number, number]>(
  'int clone(int64_t run, void *stack, int flags, int64_t argument)',
);
const dlsym = libcFunction<[number, string]>('int64_t dlsym(int64_t library, const char *name)');
const kill = libcFunction<[number, number]>('int kill(int pid, int signal)');
const waitpid = libcFunction<[number, Int32Array, number]>('int waitpid(int pid, void *status, int options)');

const SIGKILL = 9;
const SIGCHLD = 17;
/** Of all that is loaded. */
const RTLD_DEFAULT = 0;
const STACK_BYTES = 65_536;
const STACK_ALIGNMENT = 16n;

export class SleepingCopy {
  readonly pid: number;

  /** @param seconds after which it ends, should nobody end it. @throws KernelError EAGAIN, ENOMEM */
  constructor(seconds: number) {
    const stack = new Uint8Array(new ArrayBuffer(STACK_BYTES));
    const top = ((addressOf(stack) + BigInt(STACK_BYTES)) / STACK_ALIGNMENT) * STACK_ALIGNMENT;
    const sleep = BigInt(dlsym(RTLD_DEFAULT, 'sleep'));
    this.pid = taskId(Number(checked('clone', clone(sleep, top, SIGCHLD, seconds))));
  }

  /** Kills it, and waits until it is gone. */
  end(): void {
    checked('kill', kill(this.pid, SIGKILL));
    checked('waitpid', waitpid(this.pid, new Int32Array(new ArrayBuffer(4)), 0));
  }
}
