/** /proc/PID/autogroup: the session whose tasks share the CPU as one. Needs CONFIG_SCHED_AUTOGROUP. */
import { FormatError } from '../../base/errors.ts';
import { fileReader } from '../../host/reader.ts';
import { wholeNumber } from '../lines.ts';

export interface Autogroup {
  /** Such as "autogroup-143". */
  readonly name: string;
  /** Of the group as a whole, -20 to 19. */
  readonly nice: number;
}

/** Of a task outside of the root of the cpu controller it is there, but does not count. */
export const taskAutogroup = fileReader({
  path: '/proc/{pid}/autogroup',
  doc: 'man 7 sched, "The autogroup feature"',
  capture: 'task',
  parse(text): Autogroup {
    const match = /^\/(autogroup-\d+) nice (-?\d+)$/.exec(text.trim());
    if (match === null) throw new FormatError('/autogroup-N nice N', text.trim());
    return { name: match[1] as string, nice: wholeNumber(match[2]) };
  },
});
