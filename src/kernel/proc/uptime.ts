/** /proc/uptime: time since boot, suspended time included, as the start times of tasks count it. */
import { FormatError } from '../../base/errors.ts';
import { type BootNs, bootNs } from '../../base/ids.ts';
import { fileReader } from '../../host/reader.ts';

/** Granularity is a hundredth of a second. */
export const uptime = fileReader({
  path: '/proc/uptime',
  doc: 'man 5 proc_uptime',
  capture: 'machine',
  parse(text): BootNs {
    const match = /^(\d{1,15})\.(\d\d)\s/.exec(text);
    if (!match) throw new FormatError('seconds since boot', text);
    return bootNs(BigInt(`${match[1]}${match[2]}`) * 10_000_000n);
  },
});
