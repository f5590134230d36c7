/** /proc/PID/root: what the process takes for "/". Its target is a path of our own view; the link itself leads inside. */
import { linkReader } from '../../host/reader.ts';

export const processRoot = linkReader({
  path: '/proc/{pid}/root',
  doc: 'man 5 proc_pid_root',
  capture: 'never', // leads to files, and is of use only while the process lives
  parse: (text): string => text,
});
