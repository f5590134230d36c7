/** Shielding on a machine in memory: apply, then undo, is the identity, also where the tool dies at any write of either. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CpuSet } from '../../base/cpu-set.ts';
import { applyToProcess, type ChangeLog, recordProcesses } from '../apply.ts';
import { type Change, foldRecords, type JournalRecord } from '../change.ts';
import { applyToEveryone, everyoneNow, recordEveryone } from '../everyone.ts';
import { adoptNewborn } from '../inheritance.ts';
import type { MachineStep } from '../machine/setting.ts';
import { Refused } from '../refused.ts';
import { wishAffinity } from '../settings/affinity.ts';
import { applySteps, recordSteps } from '../steps.ts';
import { SimulatedSystem, type SystemParts, type SystemProcess } from '../testing/simulated-system.ts';
import { previewUndo, undoChange } from '../undo.ts';
import { chooseWay } from './index.ts';
import type { ShieldSituation } from './situation.ts';
import { away, type WayName } from './way.ts';

const CPUS = 8;
const all = CpuSet.range(0, CPUS - 1);
const KILLED = new Error('killed');

interface MachineParts extends SystemParts {
  readonly handsDown: boolean;
  readonly manager?: ShieldSituation['manager'];
}

/** Groups, services, pinned threads, kernel threads of both sorts, interrupts. */
function machineOf(parts: MachineParts, masks: readonly string[]): SimulatedSystem {
  const system = new SimulatedSystem(parts);
  const { machine } = system;
  const handsDown = parts.handsDown && parts.version === 2;
  if (handsDown) machine.writeFile('cpusetController', '/', 'on');
  machine.group('/system.slice', parts.version === 1 ? '0-7' : '');
  machine.group('/system.slice/arena.service', parts.version === 1 ? '0-7' : '');
  machine.group('/box', handsDown || parts.version === 1 ? '2-7' : '');
  if (handsDown && parts.manager === 'systemd') {
    machine.group('/user.slice');
    machine.units.setAllowedCpus('user.slice', '0-5');
  }
  for (const irq of [30, 31, 32]) machine.files.set(`irqAffinity ${irq}`, irq === 32 ? '3' : '0-7');
  machine.managed.add('irqAffinity 32');
  machine.files.set('packetSteering eth0/0', '0,3');
  system.start({ affinities: ['3'], fixed: true, kernel: true });
  system.start({ affinities: ['2-3'], kernel: true });
  const groups = ['/', '/system.slice/arena.service', '/box'];
  masks.forEach((mask, i) => {
    system.start({ cgroup: groups[i % groups.length] as string, affinities: [mask, ''] });
  });
  return system;
}

function situationOf(
  system: SimulatedSystem,
  cpus: CpuSet,
  excepted: readonly SystemProcess[],
  manager: ShieldSituation['manager'] = null,
): ShieldSituation {
  const { machine, parts } = system;
  const paths =
    parts.version === 2 ? machine.cgroupsIn('/') : ['/system.slice/arena.service', '/system.slice', '/box'];
  return {
    cpus,
    rest: all.minus(cpus),
    kernel: { major: 6, minor: parts.remembers ? 12 : 1 },
    hierarchy: {
      version: parts.version,
      isRoot: true,
      controller: machine.readFile('cpusetController', '/') === 'on' ? 'on' : 'off',
      nodes: CpuSet.of(0),
      groups: paths.map((path) => ({
        path,
        asked: askedBy(system, path),
        partition: 'member',
      })),
    },
    exceptions: excepted.map(({ tgid, startTicks, comm }) => ({
      tgid,
      startTicks,
      comm,
      nodes: CpuSet.of(0),
      cgroup: machine.cgroupOf({ tgid, startTicks }),
    })),
    manager,
    group: '/keel-c-1',
  };
}

function askedBy({ machine, parts }: SimulatedSystem, path: string): CpuSet {
  const isThere = parts.version === 1 || machine.readFile('cpusetController', '/') === 'on';
  return isThere ? CpuSet.parseList(machine.readFile('cpusetCpus', path)) : CpuSet.EMPTY;
}

function fileSteps(system: SimulatedSystem, situation: ShieldSituation): readonly MachineStep[] {
  return [...system.machine.files].map(([key, before]) => {
    const [setting, at] = key.split(' ') as [MachineStep['setting'], string];
    const set = away(CpuSet.parseList(before), situation).toKernelList();
    return { setting, at, before, set, mayStay: true };
  });
}

/** As the command does; returns what the journal then holds, also where it was cut off. */
function shield(system: SimulatedSystem, situation: ShieldSituation, asked?: WayName) {
  const { way } = chooseWay(situation, asked);
  if (way === null) return null;
  const records: JournalRecord[] = [];
  const log: ChangeLog = { append: (record) => records.push(record) };
  const everyone = { cpus: situation.cpus, rest: situation.rest, except: situation.exceptions };
  const targets = situation.exceptions.map((one) => ({ ...one, meant: () => true }));
  const wishes = [wishAffinity(situation.cpus)];
  const meant = recordProcesses(system, targets, wishes);
  const others = recordEveryone(system, everyone, everyoneNow(system, everyone));
  const steps = recordSteps(system.machine, [...fileSteps(system, situation), ...way.steps(situation)]);
  records.push({
    record: 'planned',
    id: 'c-1',
    bootId: 'b',
    at: '',
    by: { tgid: 1, startTicks: 1n },
    command: 'shield',
    steps,
    processes: [...meant, ...others],
    coversAll: true,
    dueBootNs: null,
  });
  const refused: unknown[] = [];
  try {
    refused.push(...applySteps(system.machine, steps));
    for (const record of meant) {
      const target = targets.find((one) => one.tgid === record.tgid);
      if (target !== undefined) applyToProcess(system, target, record, wishes, log);
    }
    applyToEveryone(system, everyone, others, log, (one) => refused.push(one));
    log.append({ record: 'applied', at: '' });
  } catch (error) {
    if (error !== KILLED) throw error;
  }
  return { records, log, refused };
}

function undo(system: SimulatedSystem, { records, log }: NonNullable<ReturnType<typeof shield>>) {
  const change = foldRecords(records);
  if (change === null) throw new Error('no change was recorded');
  log.append({ record: 'undoing', at: '', by: change.by });
  return undoChange(system, adoptNewborn(system, change, log), 'leave');
}

const mask = fc.constantFrom('', '', '0-3', '2-3', '3', '1,5', '4-7');
const masks = fc.array(mask, { minLength: 1, maxLength: 6 });
const parts = fc.record({
  cpus: fc.constant(CPUS),
  version: fc.constantFrom<1 | 2>(1, 2),
  remembers: fc.boolean(),
  handsDown: fc.boolean(),
  manager: fc.constantFrom<ShieldSituation['manager']>(null, 'systemd'),
});
const way = fc.constantFrom<WayName | undefined>(undefined, 'systemd', 'cpuset', 'affinity');
const shielded = fc
  .uniqueArray(fc.integer({ min: 1, max: CPUS - 1 }), { minLength: 1, maxLength: 4 })
  .map((ids) => CpuSet.from(ids));

function threadsOn(system: SimulatedSystem, cpus: CpuSet): readonly number[] {
  return system.processes
    .flatMap((process) => process.threads)
    .filter((thread) => !thread.isFixed && thread.affinity.overlaps(cpus))
    .map((thread) => thread.tid);
}

describe('shield, then undo', () => {
  it('is as before, on either version of cgroups, by any way; and between, nobody else is on the CPUs', () => {
    fc.assert(
      fc.property(parts, masks, shielded, way, (machine, lists, cpus, asked) => {
        const system = machineOf(machine, lists);
        const before = system.state();
        const done = shield(system, situationOf(system, cpus, [], machine.manager), asked);
        if (done === null) return;
        expect(threadsOn(system, cpus)).toEqual([]);
        const during = system.state();
        const preview = previewUndo(system, foldRecords(done.records) as Change, 'leave');
        expect(system.state()).toEqual(during);
        const result = undo(system, done);
        expect(preview.machine.restored).toEqual(result.machine.restored);
        expect(system.state()).toEqual(before);
        expect(result.notRestored).toEqual([]);
        expect(result.machine.notRestored).toEqual([]);
      }),
    );
  });

  it('is as before when the tool dies at any write of the change and again at any write of the undo', () => {
    fc.assert(
      fc.property(
        parts,
        masks,
        shielded,
        way,
        fc.boolean(),
        fc.nat(40),
        fc.nat(60),
        (machine, lists, cpus, asked, excepts, first, second) => {
          const system = machineOf(machine, lists);
          const before = system.state();
          const situation = situationOf(
            system,
            cpus,
            excepts ? system.processes.slice(2, 3) : [],
            machine.manager,
          );
          const dieAt = (at: number) => (writes: number) => {
            if (writes === at) throw KILLED;
          };
          system.beforeWrite = dieAt(first);
          const done = shield(system, situation, asked);
          if (done === null) return;
          system.beforeWrite = dieAt(first + second);
          try {
            undo(system, done);
          } catch (error) {
            expect(error).toBe(KILLED);
          }
          system.beforeWrite = () => {};
          undo(system, done);
          expect(system.state()).toEqual(before);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('gives who is born meanwhile, and after, what its parent had', () => {
    fc.assert(
      fc.property(parts, masks, shielded, way, fc.nat(30), (machine, lists, cpus, asked, at) => {
        const system = machineOf(machine, lists);
        const parents = system.processes.slice(2);
        const masksBefore = new Map(
          parents.map((one) => [one.tgid, one.threads[0]?.affinity.toKernelList() ?? '']),
        );
        const groupBefore = new Map(parents.map((one) => [one.tgid, one.threads[0]?.cgroup]));
        const children: SystemProcess[] = [];
        const forkAll = () => {
          for (const parent of parents) children.push(system.fork(parent));
        };
        // Before Linux 6.2 a cpuset forgets the mask of who is born between the record and the cpuset.
        system.beforeWrite = (writes) => {
          if (writes === at && machine.remembers) forkAll();
        };
        const done = shield(system, situationOf(system, cpus, parents.slice(0, 1), machine.manager), asked);
        system.beforeWrite = () => {};
        if (done === null) return;
        forkAll();
        undo(system, done);
        for (const child of children) {
          const [main] = child.threads;
          expect(main?.affinity.toKernelList()).toBe(masksBefore.get(child.parent));
          expect(main?.cgroup).toBe(groupBefore.get(child.parent));
        }
      }),
      { numRuns: 200 },
    );
  });
});

describe('who gets the CPUs', () => {
  it.each([1, 2] as const)('is moved to them and comes back, with cgroup v%i', (version) => {
    const system = machineOf({ cpus: CPUS, version, remembers: true, handsDown: true }, ['', '', '']);
    const before = system.state();
    const arena = system.processes[3] as SystemProcess;
    const done = shield(system, situationOf(system, CpuSet.of(6, 7), [arena]));
    expect(arena.threads.map((thread) => thread.affinity.toString())).toEqual(['6-7', '6-7']);
    expect(threadsOn(system, CpuSet.of(6, 7))).toEqual(arena.threads.map((thread) => thread.tid));
    if (done !== null) undo(system, done);
    expect(system.state()).toEqual(before);
  });
});

describe('beside systemd', () => {
  const machine = { cpus: CPUS, version: 2, remembers: true, handsDown: true, manager: 'systemd' } as const;
  const settings = (asked: WayName) => {
    const system = machineOf(machine, ['', '', '']);
    const situation = situationOf(system, CpuSet.of(4, 5), [], 'systemd');
    return (chooseWay(situation, asked).way?.steps(situation) ?? []).map(
      ({ setting, at, before, set }) => `${setting} ${at} ${before} -> ${set}`,
    );
  };

  it('narrows units through it, and groups that are not its own by their files', () => {
    expect(settings('systemd').slice(-3)).toEqual([
      'unitCpus system.slice  -> 0-3,6-7',
      'cpusetCpus /box 2-7 -> 2-3,6-7',
      'unitCpus user.slice 0-5 -> 0-3',
    ]);
    // Also a unit that asks for nothing: else systemd would switch the controller off under the partition.
    expect(settings('partition').slice(0, 3)).toEqual([
      'unitCpus system.slice  -> 0-3,6-7',
      'cpusetCpus /box 2-7 -> 2-3,6-7',
      'unitCpus user.slice 0-5 -> 0-3',
    ]);
  });

  it('gives units back what they had, also nothing', () => {
    const system = machineOf(machine, ['', '', '']);
    const before = system.state();
    const done = shield(system, situationOf(system, CpuSet.of(4, 5), [], 'systemd'), 'systemd');
    expect(system.machine.units.state()).toEqual({ 'system.slice': '0-3,6-7', 'user.slice': '0-3' });
    if (done !== null) undo(system, done);
    expect(system.machine.units.state()).toEqual({ 'user.slice': '0-5' });
    expect(system.state()).toEqual(before);
  });
});

describe('what the kernel refuses', () => {
  it('of interrupts is told, and the rest is done', () => {
    const system = machineOf({ cpus: CPUS, version: 2, remembers: true, handsDown: true }, ['']);
    const done = shield(system, situationOf(system, CpuSet.of(3), []));
    expect(done?.refused).toMatchObject([{ step: { setting: 'irqAffinity', at: '32' } }]);
    expect(system.machine.files.get('irqAffinity 30')).toBe('0-2,4-7');
    expect(system.machine.files.get('packetSteering eth0/0')).toBe('0');
  });

  it('of a partition is an error', () => {
    const system = machineOf({ cpus: CPUS, version: 2, remembers: true, handsDown: true }, ['']);
    const situation = situationOf(system, CpuSet.of(3), []);
    system.beforeWrite = () => system.machine.group('/late', '3-4');
    expect(() => shield(system, situation)).toThrow(Refused);
  });

  it('a group is not left without CPUs', () => {
    const system = machineOf({ cpus: CPUS, version: 2, remembers: true, handsDown: true }, ['']);
    const situation = situationOf(system, CpuSet.range(2, 7), []);
    const { way, obstacles } = chooseWay(situation, 'partition');
    expect(way).toBeNull();
    expect(obstacles[0]?.because.en).toBe('the cgroup /box may use CPUs 2-7 only; it would have none left');
  });
});
