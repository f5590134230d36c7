/** What the calling thread has used so far: getrusage(2) with RUSAGE_THREAD. Exact, and of this thread alone. */
import { checked, libcFunction } from './libc.ts';

const getrusage = libcFunction<[number, BigInt64Array]>('int getrusage(int who, void *usage)');
const clockGettime = libcFunction<[number, BigInt64Array]>('int clock_gettime(int clock, void *time)');
const getpagesize = libcFunction<[]>('int getpagesize(void)');

const gettid = libcFunction<[]>('int gettid(void)');

const RUSAGE_THREAD = 1;
/** struct rusage: two timevals and fourteen longs, 64 bits each where Node.js runs. */
const WORDS = 18;

export interface ThreadUsage {
  /** In user mode and in the kernel. */
  readonly cpuNs: number;
  readonly minorFaults: number;
  readonly majorFaults: number;
  readonly voluntarySwitches: number;
  readonly involuntarySwitches: number;
}

export function threadUsage(): ThreadUsage {
  const words = new BigInt64Array(new ArrayBuffer(WORDS * 8));
  checked('getrusage', getrusage(RUSAGE_THREAD, words));
  const at = (i: number) => Number(words[i]);
  return {
    cpuNs: (at(0) + at(2)) * 1e9 + (at(1) + at(3)) * 1e3,
    minorFaults: at(8),
    majorFaults: at(9),
    voluntarySwitches: at(16),
    involuntarySwitches: at(17),
  };
}

const CLOCK_THREAD_CPUTIME_ID = 3;

/**
 * CPU time of the calling thread to the nanosecond, where getrusage(2) may lag behind by a tick of the clock:
 * clock_gettime(2). Two values of one thread can be compared, nothing else.
 */
export function threadCpuNs(): number {
  const [seconds, rest] = [0, 1];
  const time = new BigInt64Array(new ArrayBuffer(16));
  checked('clock_gettime', clockGettime(CLOCK_THREAD_CPUTIME_ID, time));
  return Number(time[seconds]) * 1e9 + Number(time[rest]);
}

/** Bytes of the kernel's smallest page. */
export function pageBytes(): number {
  return Number(getpagesize());
}

/** Of the calling thread, as the kernel numbers it. */
export function threadId(): number {
  return Number(gettid());
}
