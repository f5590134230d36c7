/** /proc/PID/io: bytes that a process, with its ended threads and children, brought from storage and sent there. */
import { FormatError } from '../../base/errors.ts';
import { fileReader } from '../../host/reader.ts';
import { keyedCounters } from '../lines.ts';

export interface TaskIo {
  /** From storage, not from the page cache. */
  readonly readBytes: bigint;
  /** Given to the page cache to be written; some of it may never be. */
  readonly writtenBytes: bigint;
}

/** Of other users' processes it is denied (ptrace access). Needs CONFIG_TASK_IO_ACCOUNTING. */
export const processIo = fileReader({
  path: '/proc/{pid}/io',
  doc: 'man 5 proc_pid_io',
  capture: 'task',
  parse(text): TaskIo {
    const counters = keyedCounters(text.replaceAll(':', ''));
    const [readBytes, writtenBytes] = [counters.get('read_bytes'), counters.get('write_bytes')];
    if (readBytes === undefined || writtenBytes === undefined)
      throw new FormatError('read_bytes and write_bytes', text);
    return { readBytes, writtenBytes };
  },
});
