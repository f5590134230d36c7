import { describe, expect, it } from 'vitest';
import { FormatError } from '../../base/errors.ts';
import { parseTaskStatus } from './status.ts';

const linux6 = `Name:\tx\\nTgid: 1
Umask:\t0022
State:\tS (sleeping)
Tgid:	4127
Pid:\t4131
Uid:\t1000\t1001\t1001\t1001
NSpid:\t4131\t7
VmLck:\t      64 kB
VmRSS:\t    4628 kB
VmSwap:\t      12 kB
Cpus_allowed:\tff,00000003
Cpus_allowed_list:\t0-1,32-39
Mems_allowed_list:\t0,2
voluntary_ctxt_switches:\t18446744073709551615
nonvoluntary_ctxt_switches:\t7
`;

describe('/proc/PID/status', () => {
  it('reads a task of Linux 6', () => {
    const status = parseTaskStatus(linux6);
    expect(status).toMatchObject({
      tgid: 4127,
      innermostId: 7,
      uid: 1000,
      rssBytes: 4628 * 1024,
      swapBytes: 12 * 1024,
    });
    expect(status).toMatchObject({
      lockedBytes: 65_536,
      voluntarySwitches: 2n ** 64n - 1n,
      involuntarySwitches: 7n,
    });
    expect(status.affinity.toString()).toBe('0-1,32-39');
    expect(status.memoryNodes?.toString()).toBe('0,2');
  });

  it('reads a kernel thread, which has no memory, of a kernel without NUMA', () => {
    const status = parseTaskStatus('Name:\tkworker/0:0\nTgid:\t5\nUid:\t0\t0\t0\t0\nCpus_allowed_list:\t0\n');
    expect(status).toMatchObject({ rssBytes: null, swapBytes: null, lockedBytes: null, memoryNodes: null });
    expect(status).toMatchObject({ voluntarySwitches: null, involuntarySwitches: null });
  });

  it.each([
    '',
    'Tgid:\tx\n',
    'Tgid:\t1\nUid:\t0\nCpus_allowed_list:\t0-\n',
    'Tgid:\t1\nUid:\t0\nVmRSS:\t1 MB\n',
    'Tgid:\t1\nUid:\t0\n', // no affinity is not an empty one
  ])('refuses %j', (text) => {
    expect(() => parseTaskStatus(text)).toThrow(FormatError);
  });
});
