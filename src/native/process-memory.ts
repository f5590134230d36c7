/** The memory of another process: process_vm_readv(2) and process_vm_writev(2). Both need the right to trace it. */
import { addressOf, checked, libcFunction, taskId } from './libc.ts';

const readMemory = libcFunction<[number, BigUint64Array, number, BigUint64Array, number, number]>(
  'long process_vm_readv(int pid, const void *local, unsigned long locals, const void *remote, unsigned long remotes, unsigned long flags)',
);
const writeMemory = libcFunction<[number, BigUint64Array, number, BigUint64Array, number, number]>(
  'long process_vm_writev(int pid, const void *local, unsigned long locals, const void *remote, unsigned long remotes, unsigned long flags)',
);

/** @throws KernelError EPERM, ESRCH, EFAULT */
export function readProcessMemory(pid: number, address: bigint, bytes: number): Uint8Array {
  const buffer = new Uint8Array(new ArrayBuffer(bytes));
  const local = words(addressOf(buffer), BigInt(bytes));
  const remote = words(address, BigInt(bytes));
  const read = Number(checked('process_vm_readv', readMemory(taskId(pid), local, 1, remote, 1, 0)));
  return buffer.subarray(0, read);
}

/** @throws KernelError EPERM, ESRCH, EFAULT */
export function writeProcessMemory(pid: number, address: bigint, bytes: Uint8Array): void {
  const buffer = new Uint8Array(new ArrayBuffer(bytes.length));
  buffer.set(bytes);
  const local = words(addressOf(buffer), BigInt(bytes.length));
  const remote = words(address, BigInt(bytes.length));
  checked('process_vm_writev', writeMemory(taskId(pid), local, 1, remote, 1, 0));
}

/** Words at an address that stays: small arrays may lie on the heap of V8, which moves them. */
export function words(...values: readonly bigint[]): BigUint64Array {
  const array = new BigUint64Array(new ArrayBuffer(values.length * 8));
  array.set(values);
  return array;
}
