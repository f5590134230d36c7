/**
 * The binding to libc, loaded when the first call is made (koffi takes about 12 ms to load).
 *
 * The other files of this folder hold one family of calls each. They check every number before it leaves TypeScript,
 * because koffi cuts what does not fit (2 ** 40 becomes 0), and they read errno at once.
 */
import { createRequire } from 'node:module';
import { constants } from 'node:os';
import { KeelError } from '../base/errors.ts';

type Koffi = typeof import('koffi');

interface Loaded {
  readonly koffi: Koffi;
  readonly libc: ReturnType<Koffi['load']>;
}

let loaded: Loaded | undefined;

/** @throws KeelError E_UNSUPPORTED where koffi has no build for this machine, or was not installed */
function load(): Loaded {
  if (loaded === undefined) {
    // Synchronous, and outside the bundle: koffi is native code.
    const koffi = requireKoffi();
    loaded = { koffi, libc: koffi.load(null) };
  }
  return loaded;
}

function requireKoffi(): Koffi {
  try {
    return createRequire(import.meta.url)('koffi') as Koffi;
  } catch (cause) {
    throw new KeelError('E_UNSUPPORTED', {
      what: {
        en: 'system calls cannot be made here: the module koffi is missing, or not built for this machine',
        ko: '시스템 호출을 할 수 없습니다. koffi 모듈이 없거나 이 컴퓨터용으로 빌드되지 않았습니다',
      },
      next: [
        {
          en: 'What only reads works without it: keel check, keel topo, keel monitor --source proc',
          ko: '읽기만 하는 명령은 없어도 됩니다: keel check, keel topo, keel monitor --source proc',
        },
      ],
      cause,
    });
  }
}

/** Whether system calls can be made; loads koffi. */
export function canCall(): boolean {
  try {
    load();
    return true;
  } catch {
    return false;
  }
}

/** A number of C, of any width. */
export type Word = number | bigint;
/** Passed as it is, without a copy. */
export type Memory = Uint8Array | BigUint64Array | Int32Array | BigInt64Array | null;

/**
 * A function of libc by its C prototype, such as `int nice(int)`; bound at its first call. The same name may be bound
 * with several prototypes (syscall(2)). A 64-bit result is a bigint where a number would not hold it exactly.
 */
export function libcFunction<Args extends readonly (Word | Memory | string | readonly (string | null)[])[]>(
  prototype: string,
): (...args: Args) => Word {
  let bound: ((...args: Args) => Word) | undefined;
  return (...args) => {
    bound ??= load().libc.func(prototype) as unknown as (...args: Args) => Word;
    return bound(...args);
  };
}

/** The address of memory that the caller keeps referenced for as long as the kernel may use it. */
export function addressOf(memory: Exclude<Memory, null>): bigint {
  return BigInt(load().koffi.address(memory));
}

/** The memory at an address. It neither owns nor keeps the memory: see mapping.ts. */
export function viewOf(address: bigint, bytes: number): ArrayBuffer {
  return load().koffi.view(address, bytes) as ArrayBuffer;
}

const ERRNO_NAMES: ReadonlyMap<number, string> = new Map(
  Object.entries(constants.errno).map(([name, number]) => [number, name]),
);

/** A call that the kernel refused. */
export class KernelError extends Error {
  override readonly name = 'KernelError';
  /** As in man 2: "sched_setaffinity". */
  readonly call: string;
  readonly errno: number;
  /** "EPERM"; "errno 523" for one that has no name. */
  readonly errnoName: string;

  constructor(call: string, errno: number) {
    const errnoName = ERRNO_NAMES.get(errno) ?? `errno ${errno}`;
    super(`${call}: ${errnoName}`);
    this.call = call;
    this.errno = errno;
    this.errnoName = errnoName;
  }
}

/**
 * The result of a call that answers -1 for failure.
 * @throws KernelError with errno, which must still be that of this call
 */
export function checked(call: string, result: Word): Word {
  if (result === -1 || result === -1n) throw new KernelError(call, load().koffi.errno());
  return result;
}

/** @throws RangeError for what a C int cannot hold */
export function int32(value: number, name: string): number {
  if (Number.isInteger(value) && value >= -0x8000_0000 && value <= 0x7fff_ffff) return value;
  throw new RangeError(`${name} is no 32-bit integer: ${value}`);
}

/** A process or thread id. @throws RangeError; 0 means the caller and is allowed only where a call says so */
export function taskId(value: number): number {
  if (Number.isInteger(value) && value >= 0 && value <= 0x7fff_ffff) return value;
  throw new RangeError(`not an id of a process or thread: ${value}`);
}
