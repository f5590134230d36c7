import { expect, it } from 'vitest';
import { NO_FACTS } from '../../host/facts.ts';
import { numaMaps, residentByNode } from './numa-maps.ts';

it('sums pages of every size by node', () => {
  const text = `563d2d942000 default file=/opt/N0=9\\040N1=9 mapped=2 N2=1 N0=2 kernelpagesize_kB=4
7f0000000000 bind:0-1 anon=5 dirty=5 N0=5 kernelpagesize_kB=4
7f1000000000 interleave:0,33 huge anon=3 N33=3 kernelpagesize_kB=2048
7f2000000000 default
7f3000000000 default anon=1 N0=1
`;
  const mappings = numaMaps.parse(text, { ...NO_FACTS, pageBytes: 65_536 });
  expect(mappings[0]).toEqual({
    address: 0x563d2d942000,
    byNode: new Map([
      [0, 8192],
      [2, 4096],
    ]),
  });
  const bytes = residentByNode(mappings);
  expect([...bytes]).toEqual([
    [0, 7 * 4096 + 65_536],
    [2, 4096],
    [33, 3 * 2 * 1024 * 1024],
  ]);
});
