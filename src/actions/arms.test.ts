import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CpuSet } from '../base/cpu-set.ts';
import type { Move } from '../placement/proposal.ts';
import { Arms } from './arms.ts';
import { type Change, encodeRecord, foldRecords, type JournalRecord } from './change.ts';
import { parseJournal } from './journal-format.ts';
import { Refused } from './refused.ts';
import { OTHER } from './testing/defaults.ts';
import { SimulatedMachine } from './testing/simulated-machine.ts';
import { undoChange } from './undo.ts';

const move = (parts: Partial<Move>): Move => ({
  tgid: 100,
  comm: 'arena',
  threads: 'all',
  cpus: null,
  scheduling: null,
  memory: null,
  ...parts,
});
const cpus = (list: string) => CpuSet.parseList(list);
const nice = (value: number) => ({ policy: null, nice: value, sliceNs: null });

interface Running {
  readonly machine: SimulatedMachine;
  readonly arms: Arms;
  readonly records: JournalRecord[];
}

function begin(machine: SimulatedMachine, candidates: readonly (readonly Move[])[]): Running {
  const arms = new Arms(machine, [{ ...machine.process, comm: 'arena' }], candidates);
  const records: JournalRecord[] = [
    {
      record: 'planned',
      id: 'c-1',
      bootId: 'b',
      at: '2026-01-01T00:00:00.000Z',
      by: { tgid: 1, startTicks: 1n },
      command: 'optimize',
      steps: [],
      processes: arms.record(),
      coversAll: false,
      dueBootNs: null,
    },
  ];
  arms.writeTo({ append: (record) => records.push(record) });
  return { machine, arms, records };
}

/** What undo finds in the journal after a crash: through the text of the file. */
function journaled({ records }: Running): Change {
  const change = foldRecords(parseJournal(records.map(encodeRecord).join('')));
  if (change === null) throw new Error('no change was recorded');
  return change;
}

const scheduling = (machine: SimulatedMachine) =>
  Object.fromEntries(machine.all().map((thread) => [thread.tid, thread.scheduling.nice]));

describe('Arms', () => {
  const candidates = [
    [move({ cpus: cpus('1') })],
    [move({ threads: [101], cpus: cpus('2'), scheduling: nice(-5) }), move({ cpus: cpus('0-1') })],
    [move({ scheduling: nice(3) })],
  ];

  it('gives every thread what the placement wants of it, and what it had in placement 0', () => {
    const machine = new SimulatedMachine(['0-3', '3', '0']);
    const { arms } = begin(machine, candidates);
    expect(arms.switchTo(2)).toEqual([]);
    expect(machine.affinities()).toEqual({ 100: '0-1', 101: '2', 102: '0-1' });
    expect(scheduling(machine)).toEqual({ 100: 0, 101: -5, 102: 0 });
    arms.switchTo(3);
    expect(machine.affinities()).toEqual({ 100: '0-3', 101: '3', 102: '0' });
    expect(scheduling(machine)).toEqual({ 100: 3, 101: 3, 102: 3 });
    arms.switchTo(0);
    expect(machine.affinities()).toEqual({ 100: '0-3', 101: '3', 102: '0' });
    expect(scheduling(machine)).toEqual({ 100: 0, 101: 0, 102: 0 });
    expect(arms.mismatches()).toEqual([]);
  });

  it('makes the same calls for every placement, leaving alone included', () => {
    const machine = new SimulatedMachine(['0-3', '3']);
    const { arms } = begin(machine, candidates);
    const writes = [0, 1, 2, 3, 0].map((arm) => {
      let count = 0;
      machine.beforeWrite = () => {
        count += 1;
      };
      arms.switchTo(arm);
      return count;
    });
    expect(new Set(writes)).toEqual(new Set([4]));
  });

  it('moves threads born meanwhile too, and gives back what their parent had', () => {
    const machine = new SimulatedMachine(['0-3', '0-3']);
    const running = begin(machine, candidates);
    running.arms.switchTo(1);
    const child = machine.clone(100);
    expect(child.affinity).toBe('1');
    running.arms.switchTo(2);
    expect(machine.affinities()[child.tid]).toBe('0-1');
    undoChange(machine, journaled(running), 'leave');
    expect(machine.affinities()).toEqual({ 100: '0-3', 101: '0-3', [child.tid]: '0-3' });
  });

  it('remembers the values of a born thread that has its own', () => {
    const machine = new SimulatedMachine(['0-3']);
    const running = begin(machine, [[move({ cpus: cpus('1') })]]);
    const child = machine.add({ affinity: '2-3' });
    running.arms.switchTo(1);
    expect(machine.affinities()[child.tid]).toBe('1');
    undoChange(machine, journaled(running), 'leave');
    expect(machine.affinities()).toEqual({ 100: '0-3', [child.tid]: '2-3' });
  });

  it('tells of somebody else who changes a thread, and leaves that thread alone', () => {
    const machine = new SimulatedMachine(['0-3', '0-3']);
    const { arms } = begin(machine, candidates);
    arms.switchTo(1);
    machine.setAffinity(machine.process, machine.all()[0] as never, '3');
    expect(arms.switchTo(0)).toMatchObject([{ tid: 100, given: '1', found: '3' }]);
    expect(machine.affinities()).toEqual({ 100: '3', 101: '0-3' });
  });

  it('says what does not read back: CPUs that the cpuset takes away', () => {
    const machine = new SimulatedMachine(['0-1']);
    machine.cpuset = '0-1';
    const { arms } = begin(machine, [[move({ cpus: cpus('1-2') })]]);
    arms.switchTo(1);
    expect(arms.mismatches()).toMatchObject([{ given: '1-2', found: '1' }]);
  });

  it('goes back after a placement that the kernel refuses', () => {
    const machine = new SimulatedMachine(['0-3', '3']);
    const { arms } = begin(machine, candidates);
    machine.refuse = (tid) => (tid === 101 ? new Refused('denied', { en: 'no', ko: '' }) : null);
    expect(() => arms.switchTo(1)).toThrow(Refused);
    machine.refuse = () => null;
    expect(arms.switchTo(0)).toEqual([]);
    expect(machine.affinities()).toEqual({ 100: '0-3', 101: '3' });
  });

  it('has ended threads and processes for normal', () => {
    const machine = new SimulatedMachine(['0-3', '3']);
    const { arms } = begin(machine, candidates);
    machine.end(101);
    expect(arms.switchTo(1)).toEqual([]);
    machine.end(100);
    expect(arms.switchTo(0)).toEqual([]);
  });
});

describe('a trial that is cut off anywhere', () => {
  const list = fc.subarray([0, 1, 2, 3], { minLength: 1 }).map((ids) => CpuSet.from(ids).toKernelList());
  const event = fc.oneof(
    fc.record({ kind: fc.constant('switch' as const), arm: fc.nat(2) }),
    fc.record({ kind: fc.constant('clone' as const), of: fc.nat(5) }),
    fc.record({ kind: fc.constant('end' as const), of: fc.nat(5) }),
  );

  it('is undone exactly: every thread that was there, and its children as their parents', () => {
    fc.assert(
      fc.property(
        list,
        fc.array(list, { minLength: 2, maxLength: 2 }),
        fc.array(event),
        fc.nat(60),
        (mask, tried, events, cut) => {
          const machine = new SimulatedMachine([mask, mask, mask]);
          machine.all().forEach((thread, i) => {
            thread.scheduling = { ...OTHER, nice: i };
          });
          const before = scheduling(machine);
          const running = begin(
            machine,
            tried.map((one, i) => [move({ cpus: cpus(one), scheduling: nice(10 + i) })]),
          );
          machine.beforeWrite = (writes) => {
            if (writes === cut) throw KILLED;
          };
          try {
            for (const one of events) {
              const ids = machine.all().map((thread) => thread.tid);
              if (one.kind === 'switch') running.arms.switchTo(one.arm);
              else if (one.kind === 'clone') machine.clone(ids[one.of % ids.length] as number);
              else if (ids.length > 1) machine.end(ids[one.of % ids.length] as number);
            }
          } catch (error) {
            if (error !== KILLED) throw error;
          }
          machine.beforeWrite = () => {};
          const result = undoChange(machine, journaled(running), 'leave');
          expect(result.notRestored).toEqual([]);
          for (const thread of machine.all()) {
            expect(thread.affinity).toBe(mask);
            const own = before[thread.tid];
            if (own === undefined) expect(Object.values(before)).toContain(thread.scheduling.nice);
            else expect(thread.scheduling.nice).toBe(own);
          }
        },
      ),
    );
  });
});

const KILLED = new Error('killed');
