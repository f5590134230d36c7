/** /proc/self/ns/pid: the PID namespace we live in. Ids that the kernel hands out elsewhere are of the first one. */
import { FormatError } from '../../base/errors.ts';
import { linkReader } from '../../host/reader.ts';

export interface PidNamespace {
  readonly inode: number;
  /** Whether it is the one the machine started with (PROC_PID_INIT_INO). */
  readonly isInitial: boolean;
}

const INITIAL_INODE = 0xef_ff_ff_fc;

export const ownPidNamespace = linkReader({
  path: '/proc/self/ns/pid',
  doc: 'man 7 namespaces',
  capture: 'never', // of keel itself
  parse(text): PidNamespace {
    const digits = /^pid:\[(\d{1,15})\]$/.exec(text)?.[1];
    if (digits === undefined) throw new FormatError('pid:[number]', text);
    return { inode: Number(digits), isInitial: Number(digits) === INITIAL_INODE };
  },
});
