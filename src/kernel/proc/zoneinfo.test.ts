import { describe, expect, it } from 'vitest';
import { NO_FACTS } from '../../host/facts.ts';
import { memoryZones } from './zoneinfo.ts';

const facts = { ...NO_FACTS, pageBytes: 4096 };

/** Two nodes of Linux 6.1, cut. */
const TWO_NODES = `Node 0, zone      DMA
  per-node stats
      nr_inactive_anon 499726
  pages free     3840
        boost    0
        min      9
        spanned  4095
        present  3998
        managed  3840
        protection: (0, 274, 274)
  node_unreclaimable:  0
  start_pfn:           1
Node 0, zone   Normal
  pages free     0
        spanned  0
        present  0
Node 1, zone    DMA32
  pages free     80000
        spanned  81885
        present  81885
  start_pfn:           81920
`;

describe('/proc/zoneinfo', () => {
  it('tells from where to where the zones of each node lie, those with memory', () => {
    expect(memoryZones.parse(TWO_NODES, facts)).toEqual([
      { node: 0, startBytes: 4096, spannedBytes: 4095 * 4096 },
      { node: 1, startBytes: 81_920 * 4096, spannedBytes: 81_885 * 4096 },
    ]);
  });

  it('counts in pages of the machine', () => {
    const [zone] = memoryZones.parse(TWO_NODES, { ...facts, pageBytes: 65_536 });
    expect(zone).toEqual({ node: 0, startBytes: 65_536, spannedBytes: 4095 * 65_536 });
  });

  it('is empty for other text', () => {
    expect(memoryZones.parse('', facts)).toEqual([]);
    expect(memoryZones.parse('spanned 7\nstart_pfn: 1\n', facts)).toEqual([]);
  });
});
