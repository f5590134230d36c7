/** What a cgroup gets of the CPU beside its siblings. */
import { FormatError } from '../../base/errors.ts';
import { fileReader } from '../../host/reader.ts';
import { wholeNumber } from '../lines.ts';

/** v2: 1 to 10000, 100 by default; 0 while the group is idle. */
export const cpuWeight = fileReader({
  path: '{folder}/cpu.weight',
  doc: 'Documentation/admin-guide/cgroup-v2.rst',
  capture: 'task',
  parse: (text): number => notNegative(text),
});

/** v1: 2 to 262144, 1024 by default. */
export const cpuShares = fileReader({
  path: '{folder}/cpu.shares',
  doc: 'Documentation/scheduler/sched-design-CFS.rst',
  capture: 'task',
  parse: (text): number => notNegative(text),
});

/** Both versions, since Linux 5.15: every sibling that is not idle comes first. */
export const cpuIdle = fileReader({
  path: '{folder}/cpu.idle',
  doc: 'Documentation/admin-guide/cgroup-v2.rst',
  capture: 'task',
  parse(text): boolean {
    const value = wholeNumber(text);
    if (value !== 0 && value !== 1) throw new FormatError('0 or 1', text.trim());
    return value === 1;
  },
});

function notNegative(text: string): number {
  const value = wholeNumber(text);
  if (value < 0) throw new FormatError('a weight', text.trim());
  return value;
}
