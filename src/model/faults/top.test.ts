import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  countersBetween,
  type FaultCounters,
  placeKey,
  placeOfKey,
  processKey,
  quantileBelow,
  sumCounters,
  type TopSubject,
  tgidOfKey,
  topRows,
} from './top.ts';

const counters = (minor: number, major: number, stallNs: number | null): FaultCounters => ({
  minor,
  major,
  stallNs,
  buckets: stallNs === null ? null : [0, minor + major],
  stallByCause: null,
});
const subject: TopSubject = { tgid: 1, comm: 'a', unit: null, cgroup: null, place: null, processes: 1 };
const alone = (key: string) => ({ group: key, subject: { ...subject, tgid: tgidOfKey(key) } });
const ids = (all: ReadonlyMap<string, FaultCounters>, order: Parameters<typeof topRows>[2]) =>
  topRows(all, 2e9, order, alone).map((row) => row.subject.tgid);

describe('who faults most', () => {
  const before = new Map([
    ['1@7', counters(100, 5, 1000)],
    ['2@7', counters(10, 0, 50)],
  ]);
  const after = new Map([
    ['1@7', counters(110, 5, 9000)],
    ['2@7', counters(10, 0, 50)],
    ['3@9', counters(30, 1, 400)],
  ]);

  it('counts what came, and of who is new everything', () => {
    expect([...countersBetween(before, after)]).toEqual([
      ['1@7', { ...counters(10, 0, 8000), buckets: [0, 10] }],
      ['3@9', { ...counters(30, 1, 400), buckets: [0, 31] }],
    ]);
  });

  it('names the cause of most stall, of what came in between', () => {
    const caused = (stallByCause: FaultCounters['stallByCause']) =>
      new Map([['1@7', { ...counters(9, 9, 900), stallByCause }]]);
    const then = new Map([['1@7', { ...counters(1, 1, 500), stallByCause: { 'file-read': 500 } }]]);
    const grown = countersBetween(then, caused({ 'file-read': 600, 'first-touch': 300 }));
    expect(grown.get('1@7')?.stallByCause).toEqual({ 'file-read': 100, 'first-touch': 300 });
    expect(topRows(grown, 1e9, 'stall', alone)[0]?.mainCause).toBe('first-touch');
    const twice = sumCounters([...grown.values(), ...caused({ 'file-read': 600 }).values()]);
    expect(twice.stallByCause).toEqual({ 'file-read': 700, 'first-touch': 300 });
    const unknown = countersBetween(new Map(), caused(null));
    expect(topRows(unknown, 1e9, 'stall', alone)[0]?.mainCause).toBe(null);
  });

  it('is ordered by stall unless asked otherwise, and by count where the stall is not known', () => {
    const grown = countersBetween(before, after);
    expect(ids(grown, 'stall')).toEqual([1, 3]);
    expect(ids(grown, 'minor')).toEqual([3, 1]);
    expect(ids(grown, 'major')).toEqual([3, 1]);
    const counted = new Map([
      ['1@7', counters(1, 0, null)],
      ['2@7', counters(2, 0, null)],
    ]);
    expect(ids(counted, 'process')).toEqual([2, 1]);
    expect(topRows(counted, 2e9, 'process', alone)[0]).toMatchObject({
      stallNsPerSec: null,
      p99BelowNs: null,
    });
  });

  it('adds up what belongs together, over the measured time', () => {
    const all = new Map([
      ['1@7', counters(10, 0, 8000)],
      ['3@9', counters(30, 2, 400)],
    ]);
    const rows = topRows(all, 2e9, 'cgroup', () => ({ group: 'g', subject }));
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({
      minor: 40,
      major: 2,
      minorPerSec: 20,
      stallNsPerSec: 4200,
      p99BelowNs: 4,
      subject: { processes: 2 },
    });
  });

  it('has a sum that is not known where a part is not', () => {
    expect(sumCounters([counters(1, 0, 5), counters(1, 0, null)])).toEqual(counters(2, 0, null));
    expect(sumCounters([])).toMatchObject({ minor: 0, major: 0 });
  });

  it('puts the quantile at the end of its power of two', () => {
    expect(quantileBelow([0, 0, 99, 0, 1], 0.99)).toBe(8);
    expect(quantileBelow([0, 0, 98, 0, 2], 0.99)).toBe(32);
    expect(quantileBelow([0, 0], 0.99)).toBeNull();
  });

  it('gets back from a key what went into it', () => {
    expect(tgidOfKey(processKey(4127, 77n))).toBe(4127);
    fc.assert(
      fc.property(fc.string(), (path) => {
        expect(placeOfKey(placeKey('file', path))).toEqual({ kind: 'file', path });
      }),
    );
  });
});
