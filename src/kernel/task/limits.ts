/** /proc/PID/limits: resource limits of a process, by the kernel's own names. */
import { FormatError } from '../../base/errors.ts';
import { fileReader } from '../../host/reader.ts';
import { numberedLines } from '../lines.ts';

/** In the unit of the limit: bytes, files, processes, ... */
export interface Limit {
  readonly soft: bigint | 'unlimited';
  readonly hard: bigint | 'unlimited';
}

/** RLIMIT_MEMLOCK, in bytes. */
export const LOCKED_MEMORY = 'Max locked memory';

/** RLIMIT_STACK, in bytes. */
export const STACK_SIZE = 'Max stack size';

/** RLIMIT_NOFILE: one more than the highest descriptor. */
export const OPEN_FILES = 'Max open files';

export const processLimits = fileReader({
  path: '/proc/{pid}/limits',
  doc: 'man 5 proc_pid_limits',
  capture: 'task',
  parse(text): ReadonlyMap<string, Limit> {
    const limits = new Map<string, Limit>();
    for (const { line, text: content } of numberedLines(text).slice(1)) {
      const match = /^(Max [a-z -]+?) {2,}(\S+) +(\S+)/.exec(content);
      if (match)
        limits.set(match[1] as string, { soft: amount(match[2], line), hard: amount(match[3], line) });
    }
    return limits;
  },
});

function amount(text: string | undefined, line: number): bigint | 'unlimited' {
  if (text === 'unlimited') return text;
  if (!/^\d{1,20}$/.test(text ?? '')) throw new FormatError('a limit', text ?? '', line);
  return BigInt(text as string);
}
