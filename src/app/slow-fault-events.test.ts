import { describe, expect, it } from 'vitest';
import { UNKNOWN_HOME } from '../model/faults/page-nodes.ts';
import type { FollowedFault } from './follow-faults.ts';
import { slowFaultEvent } from './slow-fault-events.ts';

const CALLER = { function: 'tick', binary: '/srv/arena', offset: 1 };
const CODE = { function: null, binary: '/lib/libc.so.6', offset: 0x1234 };

const fault: FollowedFault = {
  ...({ kind: 'major', tid: 8, tgid: 7, cpu: 0, comm: 'tick', timeNs: 0, latencyNs: 12_340_000 } as const),
  ...{ sleptNs: 12_000_000, preemptedNs: 0, address: 0x7f00, ip: 0x1234, kernelIp: null, pageBytes: 4096 },
  ...{
    physicalMebibyte: null,
    callchain: null,
    errorCode: 4,
    signs: 0,
    home: UNKNOWN_HOME,
    stack: 2,
    fileOffset: 4096,
  },
  place: { id: 1, kind: 'file', path: '/srv/map.pak' },
  cause: 'file-read',
  code: CODE,
  frames: [CODE, CALLER],
  monotonicNs: 1n,
  unixMs: 0,
};

describe('a slow fault as an event', () => {
  it('says what it was for, whom it held and for how long, with its stack', () => {
    expect(slowFaultEvent(fault, 1000)).toMatchObject({
      ...{ unixMs: 1000, kind: 'slow-fault', tgid: 7, tid: 8, weight: 12_340_000 },
      text: { en: 'file read /srv/map.pak: a major fault held tick 8 for 12.34 ms' },
      details: {
        ...{ fault: 'major', cause: 'file-read', latencyNs: 12_340_000, address: '0x7f00', ip: '0x1234' },
        ...{ mapping: 'file', path: '/srv/map.pak', fileOffset: 4096 },
        stack: ['libc.so.6+0x1234', 'tick'],
      },
    });
  });

  it('names memory by its kind, and nothing that is not known', () => {
    const { text, details } = slowFaultEvent(
      {
        ...fault,
        ...{ kind: 'minor', comm: null, ip: null, code: null, frames: [], fileOffset: null },
        ...{ cause: 'first-touch', place: { id: 2, kind: 'heap', path: '' } },
      },
      0,
    );
    expect(text.en).toBe('first touch heap: a minor fault held 8 for 12.34 ms');
    expect(details).toMatchObject({ path: null, mapping: 'heap', function: null, stack: [], comm: null });
  });

  it('of a deep recursion keeps the innermost', () => {
    const { details } = slowFaultEvent({ ...fault, frames: Array.from({ length: 500 }, () => CALLER) }, 0);
    expect(details?.stack).toHaveLength(24);
  });
});
