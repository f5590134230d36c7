import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CpuSet } from '../base/cpu-set.ts';
import { applyToProcess, recordProcesses, verifyProcess } from './apply.ts';
import { type Change, foldRecords, type JournalRecord } from './change.ts';
import type { LiveThread } from './controls.ts';
import { previewChange, type Target, tally } from './plan.ts';
import { Refused } from './refused.ts';
import { wishAffinity } from './settings/affinity.ts';
import { policyFor, wishMemoryPolicy } from './settings/memory-policy.ts';
import { wishScheduling } from './settings/scheduling.ts';
import type { Wish } from './settings/setting.ts';
import { SimulatedMachine } from './testing/simulated-machine.ts';
import { findConflicts, previewUndo, undoChange } from './undo.ts';

const cpulist = fc
  .uniqueArray(fc.integer({ min: 0, max: 7 }), { minLength: 1 })
  .map((ids) => CpuSet.from(ids).toKernelList());
const to = (cpus: string) => [wishAffinity(CpuSet.parseList(cpus))];

function target(machine: SimulatedMachine, meant: (thread: LiveThread) => boolean = () => true): Target {
  return { ...machine.process, comm: 'arena', meant };
}

/** Applies as the command does; returns what the journal then holds, also where `apply` was cut off. */
function apply(machine: SimulatedMachine, wishes: readonly Wish[], aim = target(machine)): Change {
  const records: JournalRecord[] = [];
  const processes = recordProcesses(machine, [aim], wishes);
  records.push({
    record: 'planned',
    id: 'c-1',
    bootId: 'b',
    at: '',
    by: { tgid: 1, startTicks: 1n },
    command: 'pin',
    steps: [],
    processes,
    coversAll: false,
    dueBootNs: null,
  });
  try {
    for (const process of processes) {
      applyToProcess(machine, aim, process, wishes, { append: (record) => records.push(record) });
    }
  } catch (error) {
    if (error !== KILLED) throw error;
  }
  const change = foldRecords(records);
  if (change === null) throw new Error('no change was recorded');
  return change;
}

const KILLED = new Error('killed');

describe('apply, then undo', () => {
  it('is as before, for any masks', () => {
    fc.assert(
      fc.property(fc.array(cpulist, { minLength: 1, maxLength: 12 }), cpulist, (masks, cpus) => {
        const machine = new SimulatedMachine(masks);
        const before = machine.affinities();
        const change = apply(machine, to(cpus));
        expect(new Set(Object.values(machine.affinities()))).toEqual(new Set([cpus]));
        const result = undoChange(machine, change, 'leave');
        expect(machine.affinities()).toEqual(before);
        expect(result.conflicts).toEqual([]);
        expect(result.notRestored).toEqual([]);
      }),
    );
  });

  it('is as before when the tool dies at any write of the change, and again at any write of the undo', () => {
    fc.assert(
      fc.property(
        fc.array(cpulist, { minLength: 1, maxLength: 8 }),
        cpulist,
        fc.nat(10),
        fc.nat(20),
        (masks, cpus, first, second) => {
          const machine = new SimulatedMachine(masks);
          const before = machine.affinities();
          const dieAt = (at: number) => (writes: number) => {
            if (writes === at) throw KILLED;
          };
          machine.beforeWrite = dieAt(first);
          const change = apply(machine, to(cpus));
          machine.beforeWrite = dieAt(first + second);
          try {
            undoChange(machine, change, 'leave');
          } catch (error) {
            expect(error).toBe(KILLED);
          }
          machine.beforeWrite = () => {};
          undoChange(machine, change, 'leave');
          expect(machine.affinities()).toEqual(before);
        },
      ),
    );
  });

  it('restores policy and memory with it', () => {
    const machine = new SimulatedMachine(['0-3', '1']);
    const before = structuredClone(machine.all());
    const wishes = [
      ...to('2'),
      wishScheduling({ policy: { number: 1, realtimePriority: 20 }, nice: null, sliceNs: null }),
      wishMemoryPolicy(policyFor(2, CpuSet.of(0))),
    ];
    const change = apply(machine, wishes);
    expect(machine.all()[1]).toMatchObject({
      affinity: '2',
      scheduling: { policy: 1, realtimePriority: 20 },
      memoryPolicy: { mode: 2, nodes: '0' },
    });
    undoChange(machine, change, 'leave');
    expect(machine.all()).toEqual(before);
  });
});

describe('a preview', () => {
  it('tells what the undo then does, and writes nothing', () => {
    fc.assert(
      fc.property(
        fc.array(cpulist, { minLength: 1, maxLength: 8 }),
        cpulist,
        fc.array(fc.tuple(fc.nat(12), cpulist), { maxLength: 4 }),
        fc.constantFrom('leave' as const, 'overwrite' as const),
        (masks, cpus, meddled, onConflict) => {
          const machine = new SimulatedMachine(masks);
          const change = apply(machine, to(cpus));
          for (const [i, affinity] of meddled) {
            const thread = machine.all()[i];
            if (thread === undefined) machine.add({ affinity });
            else machine.setAffinity(machine.process, thread, affinity);
          }
          machine.beforeWrite = () => expect.unreachable('a preview writes');
          const { restored, conflicts, notRestored } = previewUndo(machine, change, onConflict);
          expect(notRestored).toEqual([]);
          machine.beforeWrite = () => {};
          expect(undoChange(machine, change, onConflict)).toMatchObject({ restored, conflicts });
        },
      ),
    );
  });

  it('counts pages that would go back, and moves none', () => {
    const machine = new SimulatedMachine(['0-3']);
    const change = { ...apply(machine, []), migrations: [{ ...machine.process, from: '0', to: '1' }] };
    expect(previewUndo(machine, change, 'leave').pagesBack).toHaveLength(1);
    expect(machine.migrated).toEqual([]);
  });
});

describe('pages', () => {
  it('go back where they came from, also where nothing else was changed', () => {
    const machine = new SimulatedMachine(['0-3']);
    const change = { ...apply(machine, []), migrations: [{ ...machine.process, from: '0,2', to: '1' }] };
    expect(undoChange(machine, change, 'leave').pagesBack).toHaveLength(1);
    expect(machine.migrated).toEqual(['1 -> 0,2']);
  });
});

describe('threads that are born', () => {
  it('meanwhile are found as long as the list does not stand still, and are restored too', () => {
    const machine = new SimulatedMachine(['0-3', '0-3']);
    let lists = 0;
    machine.onList = () => {
      // As a chain of short-lived threads that the walk itself does not get to see.
      lists += 1;
      if (lists % 2 === 0 && lists < 20) machine.add({ affinity: '0-3' });
    };
    const change = apply(machine, to('1'));
    expect(lists).toBeGreaterThanOrEqual(20);
    expect(new Set(Object.values(machine.affinities()))).toEqual(new Set(['1']));
    expect(verifyProcess(machine, target(machine), to('1')).mismatches).toEqual([]);
    undoChange(machine, change, 'leave');
    expect(new Set(Object.values(machine.affinities()))).toEqual(new Set(['0-3']));
  });

  it('without end are an end all the same', () => {
    const machine = new SimulatedMachine(['0-3']);
    machine.onList = () => {
      machine.clone(100);
    };
    apply(machine, to('1'));
    expect(new Set(Object.values(machine.affinities()))).toEqual(new Set(['1']));
    machine.onList = () => {
      machine.add({ affinity: '0-3' });
    };
    expect(() => apply(machine, to('2'))).toThrow(Refused);
  });

  it('of a clone that was going on are waited for, until the parent sleeps or has run on', () => {
    const machine = new SimulatedMachine(['0-3', '0-3']);
    const [sleeper, runner] = machine.all();
    if (sleeper === undefined || runner === undefined) throw new Error('there are two');
    runner.isAsleep = false;
    let walks = 0;
    machine.onPause = () => {
      walks += 1;
      runner.ranNs += 10_000n;
      // Starved in the middle of a clone for far longer than any number of quiet walks would take.
      if (walks === 50) machine.add({ affinity: '0-3' });
      if (walks === 51) runner.ranNs += 5_000_000n;
    };
    apply(machine, to('1'));
    expect(new Set(Object.values(machine.affinities()))).toEqual(new Set(['1']));
    expect(walks).toBeLessThan(60);
  });

  it('after the change get what their parent had, where that is certain', () => {
    const machine = new SimulatedMachine(['0-3', '0-3', '0-3']);
    const change = apply(machine, to('1'));
    const child = machine.clone(101);
    const own = machine.add({ affinity: '3' });
    undoChange(machine, change, 'leave');
    expect(machine.affinities()[child.tid]).toBe('0-3');
    expect(machine.affinities()[own.tid]).toBe('3');
  });

  it('after the change get what the main thread had, where their parents differed', () => {
    const machine = new SimulatedMachine(['0-1', '2', '0-3']);
    const change = apply(machine, to('1'));
    const child = machine.clone(102);
    undoChange(machine, change, 'leave');
    expect(machine.affinities()).toEqual({ 100: '0-1', 101: '2', 102: '0-3', [child.tid]: '0-1' });
  });
});

describe('what an undo leaves alone', () => {
  it('threads that were not meant, also where they have what was set', () => {
    const machine = new SimulatedMachine(['0-3', '1', '0-3']);
    const change = apply(
      machine,
      to('1'),
      target(machine, (thread) => thread.tid === 102),
    );
    expect(machine.affinities()).toEqual({ 100: '0-3', 101: '1', 102: '1' });
    undoChange(machine, change, 'leave');
    expect(machine.affinities()).toEqual({ 100: '0-3', 101: '1', 102: '0-3' });
  });

  it('a thread that somebody else changed since, unless told to overwrite', () => {
    const machine = new SimulatedMachine(['0-3', '0-3']);
    const change = apply(machine, to('1'));
    machine.setAffinity(machine.process, { tid: 101, startTicks: 101n }, '2');
    expect(findConflicts(machine, change)).toMatchObject([{ tid: 101, before: '0-3', set: '1', found: '2' }]);
    undoChange(machine, change, 'leave');
    expect(machine.affinities()).toEqual({ 100: '0-3', 101: '2' });
    undoChange(machine, change, 'overwrite');
    expect(machine.affinities()).toEqual({ 100: '0-3', 101: '0-3' });
  });

  it('a thread whose id is another thread by now', () => {
    const machine = new SimulatedMachine(['0-3', '0-2']);
    const change = apply(machine, to('1'));
    machine.end(101);
    machine.add({ tid: 101, startTicks: 999n, affinity: '3' });
    const result = undoChange(machine, change, 'overwrite');
    expect(machine.all().map((thread) => thread.affinity)).toContain('3');
    expect(result.goneThreads).toBe(1);
  });

  it('a process whose id is another process by now', () => {
    const machine = new SimulatedMachine(['0-3']);
    const change = apply(machine, to('1'));
    const reused = {
      ...change,
      processes: change.processes.map((process) => ({ ...process, startTicks: 77n })),
    };
    expect(undoChange(machine, reused, 'overwrite').goneProcesses).toBe(1);
    expect(machine.affinities()).toEqual({ 100: '1' });
  });
});

describe('what the kernel does not take back', () => {
  it('is told, with the reason, and the rest is restored', () => {
    const machine = new SimulatedMachine(['0-3', '0-1', '2-3']);
    const change = apply(machine, to('1'));
    const refusal = new Refused('invalid', { en: 'not in the cpuset', ko: 'cpuset에 없습니다' });
    machine.refuse = (tid) => (tid === 101 ? refusal : null);
    const result = undoChange(machine, change, 'leave');
    expect(machine.affinities()).toEqual({ 100: '0-3', 101: '1', 102: '2-3' });
    expect(result.notRestored).toMatchObject([{ tid: 101, before: '0-1', found: '1' }]);
    expect(result.refused).toBe(refusal);
  });

  it('is tried once where the kernel takes it and keeps something else', () => {
    const machine = new SimulatedMachine(['0-3']);
    const change = apply(machine, to('1'));
    machine.cpuset = '0-1';
    const result = undoChange(machine, change, 'leave');
    expect(result.notRestored).toMatchObject([{ tid: 100, before: '0-3', found: '0-1' }]);
    expect(result.restored).toHaveLength(1);
  });
});

describe('the preview', () => {
  it('marks what changes, what is as wanted, and what cannot', () => {
    const machine = new SimulatedMachine(['0-3', '1']);
    machine.add({ isFixed: true, affinity: '0' });
    const plan = previewChange(machine, [target(machine)], to('1'));
    expect(plan[0]?.threads.map((thread) => thread.values[0]?.mark)).toEqual(['~', '=', '=']);
    expect(plan[0]?.threads[2]?.values[0]?.because?.en).toContain('kernel thread');
    expect(tally(plan)).toEqual({ changing: 1, staying: 2 });
    expect(machine.affinities()).toEqual({ 100: '0-3', 101: '1', 102: '0' });
  });
});
