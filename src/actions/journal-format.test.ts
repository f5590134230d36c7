import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FormatError } from '../base/errors.ts';
import { encodeRecord, foldRecords, type JournalRecord } from './change.ts';
import { parseJournal } from './journal-format.ts';

const by = { tgid: 7, startTicks: 18_446_744_073_709_551_615n };
const planned: JournalRecord = {
  record: 'planned',
  id: 'c-17',
  bootId: '0ee1',
  at: '2030-01-02T03:04:05.678Z',
  by,
  command: 'pin "a\nb\u001b[31m" 0',
  steps: [
    { setting: 'irqAffinity', at: '34', before: '0-15', set: '0-11,14-15', mayStay: true },
    { setting: 'cgroup', at: '/keel-c-17', before: '', set: 'made', mayStay: false },
    { setting: 'membership', at: '4127@99', before: '/a b.slice', set: '/keel-c-17', mayStay: false },
  ],
  coversAll: true,
  processes: [
    {
      tgid: 100,
      startTicks: 5n,
      comm: 'a b) 9',
      threads: [
        {
          tid: 100,
          startTicks: 5n,
          comm: 'x\n{"record":"undone"}',
          before: {
            affinity: '0-3,8',
            scheduling: {
              policy: 0,
              flags: 1,
              nice: -5,
              realtimePriority: 0,
              runtimeNs: 3_000_000,
              deadlineNs: 0,
              periodNs: 0,
            },
            memoryPolicy: { mode: 2, flags: 32768, nodes: '0,2' },
          },
          set: { affinity: '1' },
        },
      ],
      others: [{ tid: 101, startTicks: 6n }],
    },
  ],
  dueBootNs: 123_456_789_012_345n,
};
const later: readonly JournalRecord[] = [
  { record: 'guarded', by },
  {
    record: 'threads',
    process: { tgid: 100, startTicks: 5n },
    threads: [{ tid: 102, startTicks: 9n, comm: 'late', before: { affinity: '0' }, set: { affinity: '1' } }],
  },
  { record: 'processes', processes: [{ tgid: 300, startTicks: 9n, comm: 'b', threads: [], others: [] }] },
  { record: 'done', at: '2026-11-21T10:00:00.000Z', note: 'brought in 64 MiB' },
  { record: 'migrating', migration: { tgid: 100, startTicks: 5n, from: '0', to: '1' } },
  { record: 'applied', at: '2030-01-02T03:04:06.000Z' },
];
const content = [planned, ...later].map(encodeRecord).join('');

describe('a journal file', () => {
  it('comes back as it was written, one line a record', () => {
    expect(content.split('\n')).toHaveLength(8);
    expect(parseJournal(content)).toEqual([planned, ...later]);
    const change = foldRecords(parseJournal(content));
    expect(change).toMatchObject({ id: 'c-17', state: 'applied', guardian: by });
    expect(change?.processes[0]?.threads.map((thread) => thread.tid)).toEqual([100, 102]);
    expect(change?.migrations).toHaveLength(1);
  });

  it('of version 1, which knew threads only, is read', () => {
    const { steps: _, coversAll: __, ...rest } = planned;
    const old = encodeRecord(rest as JournalRecord).replace('"version":3', '"version":1');
    expect(parseJournal(old)).toEqual([{ ...planned, steps: [], coversAll: false }]);
  });

  it('is whole up to the last complete line, wherever writing was cut off', () => {
    for (let length = 0; length <= content.length; length += 7) {
      const whole = content.slice(0, length).split('\n').length - 1;
      expect(parseJournal(content.slice(0, length))).toHaveLength(whole);
    }
  });

  it.each([
    ['no JSON', 'c-17\n'],
    ['an unknown record', '{"record":"run","command":"rm -rf /"}\n'],
    ['an unknown field', encodeRecord(planned).replace('"by"', '"extra":1,"by"')],
    ['a hostile id', encodeRecord(planned).replace('"c-17"', '"../../x"')],
    ['an id that is no thread', encodeRecord(planned).replace('"tid":100', '"tid":-1')],
    ['CPUs that are none', encodeRecord(planned).replace('"0-3,8"', '"all"')],
    ['a later version', encodeRecord(planned).replace('"version":3', '"version":4')],
    ['an unknown setting', encodeRecord(planned).replace('"irqAffinity"', '"shell"')],
    ['a place that is none', encodeRecord(planned).replace('"at":"34"', '"at":"../1"')],
    ['a cgroup outside', encodeRecord(planned).replace('"/keel-c-17"', '"/../etc"')],
    ['the root as a cgroup we made', encodeRecord(planned).replace('"at":"/keel-c-17"', '"at":"/"')],
    ['a nice value out of range', encodeRecord(planned).replace('"nice":-5', '"nice":-500')],
  ])('is refused with %s', (_, text) => {
    expect(() => parseJournal(text)).toThrow(FormatError);
  });

  it('parses any text or raises the format error', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json().map((json) => `${json}\n`),
        ),
        (text) => {
          try {
            parseJournal(text);
          } catch (error) {
            expect(error).toBeInstanceOf(FormatError);
          }
        },
      ),
    );
  });

  it('is no change unless it begins with a plan, and only one', () => {
    expect(foldRecords([])).toBeNull();
    expect(foldRecords(later)).toBeNull();
    expect(foldRecords([planned, planned])).toBeNull();
  });
});
