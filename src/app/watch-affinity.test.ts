import { describe, expect, it } from 'vitest';
import { NO_FACTS } from '../host/facts.ts';
import { Host } from '../host/host.ts';
import { MemorySource } from '../host/memory.ts';
import { processReading, threadReading } from '../model/testing/readings.ts';
import { AffinityWatch } from './watch-affinity.ts';

function hostOf(tids: readonly number[], list: string, kind: 'live' | 'captured' = 'live') {
  const status = `Name:\tarena\nTgid:\t7\nUid:\t0\t0\t0\t0\nCpus_allowed_list:\t${list}\n`;
  const files = Object.fromEntries(tids.map((tid) => [`/proc/7/task/${tid}/status`, status]));
  return new Host(kind, NO_FACTS, MemorySource.ofFiles(files));
}

const processOf = (tids: readonly number[]) =>
  processReading(
    7,
    tids.map((tid) => threadReading(7, tid)),
  );
const tids = Array.from({ length: 40 }, (_, i) => i + 7);

describe('affinities of watched threads', () => {
  it('are all read at first, and afterwards all within a few times', () => {
    const watch = new AffinityWatch();
    expect(new Set(watch.at(hostOf(tids, '0-3'), [processOf(tids)]).values())).toEqual(new Set(['0-3']));
    const moved = () => [...watch.at(hostOf(tids, '5'), [processOf(tids)]).values()];
    expect(moved().filter((list) => list === '5')).toHaveLength(16);
    expect(moved().filter((list) => list === '5')).toHaveLength(32);
    expect(new Set(moved())).toEqual(new Set(['5']));
  });

  it('of a capture are those of each moment', () => {
    const watch = new AffinityWatch();
    watch.at(hostOf(tids, '0-3', 'captured'), [processOf(tids)]);
    const now = watch.at(hostOf(tids, '5', 'captured'), [processOf(tids)]);
    expect(new Set(now.values())).toEqual(new Set(['5']));
  });

  it('of threads that came are read at once, of those that ended are gone', () => {
    const watch = new AffinityWatch();
    watch.at(hostOf([7], '0'), [processOf([7])]);
    const now = watch.at(hostOf([8], '1'), [processOf([8])]);
    expect([...now]).toEqual([[8, '1']]);
  });

  it('say why where they cannot be read', () => {
    expect(new AffinityWatch().at(hostOf([], '0'), [processOf([7])]).get(7)).toMatchObject({
      missing: expect.any(String),
    });
  });
});
