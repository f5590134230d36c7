import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FormatError } from '../../base/errors.ts';
import { parseSmaps } from './smaps.ts';

/** Linux 6.18, shortened to the lines that differ between kernels. */
const MODERN = `55d0c0a00000-55d0c0a21000 rw-p 00000000 00:00 0                          [heap]
Size:                132 kB
KernelPageSize:        4 kB
MMUPageSize:           4 kB
Rss:                  64 kB
Pss:                  64 kB
Pss_Dirty:            64 kB
Shared_Clean:          0 kB
Shared_Dirty:          4 kB
Private_Clean:         0 kB
Private_Dirty:        60 kB
Referenced:           64 kB
Anonymous:            64 kB
KSM:                   0 kB
LazyFree:              0 kB
AnonHugePages:         0 kB
ShmemPmdMapped:        0 kB
FilePmdMapped:         0 kB
Shared_Hugetlb:        0 kB
Private_Hugetlb:       0 kB
Swap:                 12 kB
SwapPss:              12 kB
Locked:               64 kB
THPeligible:           0
VmFlags: rd wr mr mw me lo ac sd
7f0000000000-7f0000400000 r-xp 00001000 08:01 1234                       /srv/a: b\\012c.so
Size:               4096 kB
Rss:                2048 kB
Pss:                 512 kB
Shared_Dirty:          0 kB
Private_Dirty:         0 kB
AnonHugePages:      2048 kB
Swap:                  0 kB
VmFlags: rd ex mr mw me
`;

/** Linux 3.2: no VmFlags yet. */
const OLD = `00400000-004e0000 r-xp 00000000 08:01 131 /bin/bash
Size:                896 kB
Rss:                 512 kB
Pss:                 256 kB
Shared_Clean:        512 kB
Shared_Dirty:          0 kB
Private_Clean:         0 kB
Private_Dirty:         0 kB
Referenced:          512 kB
Anonymous:             0 kB
AnonHugePages:         0 kB
Swap:                  0 kB
KernelPageSize:        4 kB
MMUPageSize:           4 kB
Locked:                0 kB
`;

describe('smaps', () => {
  it('tells what is resident, swapped, dirty and locked', () => {
    expect(parseSmaps(MODERN)[0]).toMatchObject({
      path: '[heap]',
      bytes: 132 * 1024,
      residentBytes: 64 * 1024,
      dirtyBytes: 64 * 1024,
      swapBytes: 12 * 1024,
      isLocked: true,
    });
  });

  it('takes a path with a colon and a line break for a path', () => {
    expect(parseSmaps(MODERN)[1]).toMatchObject({
      path: '/srv/a: b\nc.so',
      proportionalBytes: 512 * 1024,
      hugeBytes: 2048 * 1024,
      isLocked: false,
    });
  });

  it('does not know of locks on a kernel without VmFlags', () => {
    expect(parseSmaps(OLD)).toMatchObject([{ path: '/bin/bash', residentBytes: 512 * 1024, isLocked: null }]);
  });

  it('is empty for a kernel thread', () => {
    expect(parseSmaps('')).toEqual([]);
  });

  it.each([
    'Rss: 4 kB\n',
    `${OLD.split('\n')[0]}\nSize: 4 kB\n`,
    `${OLD}\nnonsense\n`,
    `${OLD}Swap: many kB\n`,
  ])('refuses %j', (text) => {
    expect(() => parseSmaps(text)).toThrow(FormatError);
  });

  it('parses what is cut at a line, or refuses it', () => {
    fc.assert(
      fc.property(fc.nat({ max: MODERN.length }), (end) => {
        try {
          expect(parseSmaps(MODERN.slice(0, end)).length).toBeLessThanOrEqual(2);
        } catch (error) {
          expect(error).toBeInstanceOf(FormatError);
        }
      }),
    );
  });
});
