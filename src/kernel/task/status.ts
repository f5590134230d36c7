/** /proc/PID/status and /proc/PID/task/TID/status: what of a task is written nowhere else, affinity among it. */
import type { CpuSet } from '../../base/cpu-set.ts';
import { FormatError } from '../../base/errors.ts';
import { fileReader, recordReader } from '../../host/reader.ts';
import { bigNumber, colonPairs, cpulist, hexNumber, kibToBytes, wholeNumber } from '../lines.ts';

export interface TaskStatus {
  /** The process this task is a thread of. */
  readonly tgid: number;
  /** Its id in the innermost PID namespace: what a program in a container takes for its own. null before Linux 4.1. */
  readonly innermostId: number | null;
  /** The id of the real user. */
  readonly uid: number;
  /** CAP_* bits in force (include/uapi/linux/capability.h). */
  readonly capabilities: bigint | null;
  /** 0 none, 1 strict, 2 filter. */
  readonly seccompMode: number | null;
  /** The mask as the kernel holds it; CPUs that are offline stay in it. */
  readonly affinity: CpuSet;
  /** The NUMA nodes it may take memory from; null on kernels without NUMA. */
  readonly memoryNodes: CpuSet | null;
  /** Of this thread alone, also in the file of the process. */
  readonly voluntarySwitches: bigint | null;
  readonly involuntarySwitches: bigint | null;
  /** Of the whole process; null for kernel threads and zombies, which have no memory of their own. */
  readonly rssBytes: number | null;
  /** The parts of it, since Linux 4.5. */
  readonly anonymousBytes: number | null;
  readonly fileBytes: number | null;
  readonly sharedBytes: number | null;
  readonly swapBytes: number | null;
  /** The size of locked mappings: address space, also of pages never touched. */
  readonly lockedBytes: number | null;
  /** Who traces it (ptrace): a debugger, strace; null for nobody. */
  readonly tracer: number | null;
  /** 0 off, 1 strict, 2 filter; null on kernels without seccomp. */
  readonly seccomp: number | null;
}

/** A kernel without the line (before 2.6.26) did not say "no CPU". @throws FormatError */
function affinityOf(list: string | undefined): CpuSet {
  if (list === undefined) throw new FormatError('a line Cpus_allowed_list', '');
  return cpulist(list);
}

/** @throws FormatError where a known line does not parse, or Tgid or the affinity is not there */
export function parseTaskStatus(text: string): TaskStatus {
  // The kernel escapes line breaks of the name (fs/proc/array.c, proc_task_name), so no line can be forged.
  const pairs = colonPairs(text);
  const optional = <T>(key: string, parse: (pair: { line: number; value: string }) => T): T | null => {
    const pair = pairs.get(key);
    return pair === undefined ? null : parse(pair);
  };
  const counter = (pair: { line: number; value: string }) => bigNumber(pair.value, pair.line);
  return {
    tgid: wholeNumber(pairs.get('Tgid')?.value, pairs.get('Tgid')?.line),
    innermostId: optional('NSpid', ({ value, line }) => wholeNumber(value.split(/\s+/).at(-1), line)),
    uid: wholeNumber(pairs.get('Uid')?.value.split(/\s/)[0], pairs.get('Uid')?.line),
    capabilities: optional('CapEff', (pair) => hexNumber(pair.value, pair.line)),
    seccompMode: optional('Seccomp', (pair) => wholeNumber(pair.value, pair.line)),
    affinity: affinityOf(pairs.get('Cpus_allowed_list')?.value),
    memoryNodes: optional('Mems_allowed_list', (pair) => cpulist(pair.value)),
    voluntarySwitches: optional('voluntary_ctxt_switches', counter),
    involuntarySwitches: optional('nonvoluntary_ctxt_switches', counter),
    rssBytes: optional('VmRSS', kibToBytes),
    anonymousBytes: optional('RssAnon', kibToBytes),
    fileBytes: optional('RssFile', kibToBytes),
    sharedBytes: optional('RssShmem', kibToBytes),
    swapBytes: optional('VmSwap', kibToBytes),
    lockedBytes: optional('VmLck', kibToBytes),
    tracer: optional('TracerPid', (pair) => wholeNumber(pair.value, pair.line) || null),
    seccomp: optional('Seccomp', (pair) => wholeNumber(pair.value, pair.line)),
  };
}

export const processStatus = fileReader({
  path: '/proc/{pid}/status',
  doc: 'man 5 proc_pid_status',
  capture: 'task',
  parse: parseTaskStatus,
});

export const threadStatus = recordReader({
  path: '/proc/{pid}/task/{tid}/status',
  doc: 'man 5 proc_pid_status',
  capture: 'task',
  parse: parseTaskStatus,
});
