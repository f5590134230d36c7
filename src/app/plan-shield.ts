/** From a request to keep everyone off some CPUs to the plan that is shown. Changes nothing. */
import { type ProcessRecord, wasChanged } from '../actions/change.ts';
import { type Everyone, everyoneNow, processKey, recordEveryone } from '../actions/everyone.ts';
import type { MachineStep } from '../actions/machine/setting.ts';
import type { LiveProcess } from '../actions/machine-controls.ts';
import { type PlannedProcess, previewChange, type Target } from '../actions/plan.ts';
import { Refused } from '../actions/refused.ts';
import { wishAffinity } from '../actions/settings/affinity.ts';
import type { Wish } from '../actions/settings/setting.ts';
import { chooseWay } from '../actions/shield/index.ts';
import type { ShieldSituation } from '../actions/shield/situation.ts';
import type { Way, WayName } from '../actions/shield/way.ts';
import { recordSteps } from '../actions/steps.ts';
import type { CpuSet } from '../base/cpu-set.ts';
import { isMissing, type Maybe } from '../base/missing.ts';
import type { Sentence } from '../base/sentence.ts';
import type { Topology } from '../model/topology.ts';
import { type FoundTarget, findTargets } from './find-targets.ts';
import {
  type Interrupt,
  kernelWorkSteps,
  type PerCpuThreads,
  readInterrupts,
  readPerCpuThreads,
} from './read-kernel-work.ts';
import { readShieldSituation } from './read-shield-situation.ts';
import { readTopology } from './read-topology.ts';
import { refuseOutsideCpuset } from './refuse-outside-cpuset.ts';
import { resolveCpus } from './resolve-cpus.ts';
import { shieldCautions } from './shield-cautions.ts';
import { everyCpu, noWay } from './shield-errors.ts';
import { refuseSecondShield } from './standing-shield.ts';
import type { Workshop } from './workshop.ts';

export interface ShieldRequest {
  readonly cpus: string;
  /** A target that gets the CPUs. */
  readonly except: string | undefined;
  readonly all: boolean;
  readonly by: WayName | undefined;
}

/** Who has to go. */
export interface Others {
  readonly processes: number;
  readonly threads: number;
  /** Of these, threads of the kernel. */
  readonly kernelThreads: number;
  /** Names of the top cgroups that the processes are in. */
  readonly groups: readonly string[];
}

export interface ShieldPlan {
  /** The id it gets if it is applied next. */
  readonly id: string;
  readonly cpus: CpuSet;
  readonly online: CpuSet;
  readonly way: Way;
  /** Why better ways are not possible here. */
  readonly obstacles: readonly Sentence[];
  readonly targets: readonly Target[];
  readonly wishes: readonly Wish[];
  readonly exceptions: readonly PlannedProcess[];
  readonly everyone: Everyone;
  readonly others: Others;
  readonly steps: readonly MachineStep[];
  readonly interrupts: Maybe<readonly Interrupt[]>;
  readonly perCpuThreads: PerCpuThreads;
  readonly cautions: readonly Sentence[];
  readonly changesSomething: boolean;
}

/** @throws KeelError E_USAGE, E_GONE, E_CONFLICT, E_UNSUPPORTED */
export async function planShield(workshop: Workshop, request: ShieldRequest): Promise<ShieldPlan> {
  const { host, controls } = workshop;
  const topology = readTopology(host);
  const cpus = resolveCpus(host, request.cpus, { topology });
  const rest = topology.online.minus(cpus);
  if (rest.isEmpty) throw everyCpu(cpus, topology);
  await refuseSecondShield(workshop);
  const found =
    request.except === undefined
      ? []
      : findTargets(host, request.except, { all: request.all, command: 'shield' });
  const id = workshop.journal.nextId();
  const situation = readShieldSituation(host, controls.machine, { cpus, rest, exceptions: found, id });
  const chosen = chooseWay(situation, request.by);
  if (chosen.way === null) throw noWay(chosen, request.by ?? '');
  if (chosen.way.name === 'affinity') {
    refuseOutsideCpuset(host, found, { cpus, cpusText: request.cpus, memory: undefined });
  }
  return {
    id,
    obstacles: [...new Map(chosen.obstacles.map(({ because }) => [because.en, because])).values()],
    ...planParts(workshop, situation, chosen.way, found, topology),
  };
}

function planParts(
  workshop: Workshop,
  situation: ShieldSituation,
  way: Way,
  found: readonly FoundTarget[],
  topology: Topology,
): Omit<ShieldPlan, 'id' | 'obstacles'> {
  const { host, controls } = workshop;
  const { cpus, rest } = situation;
  const targets = found.map(({ tid, ...target }) => ({
    ...target,
    meant: (thread: { readonly tid: number }) => tid === null || thread.tid === tid,
  }));
  const everyone: Everyone = { cpus, rest, except: found };
  const interrupts = readInterrupts(host, situation);
  const movable = isMissing(interrupts) ? [] : interrupts.filter((one) => !one.isManaged);
  const wanted = [...kernelWorkSteps(host, situation, movable), ...way.steps(situation)];
  const steps = recordSteps(controls.machine, wanted);
  const wishes = [wishAffinity(cpus)];
  const exceptions = previewChange(controls, targets, wishes);
  const processes = controls.machine.processes();
  const others = countOthers(workshop, everyone, processes);
  return {
    cpus,
    online: topology.online,
    way,
    targets,
    wishes,
    exceptions,
    everyone,
    others,
    steps,
    interrupts,
    perCpuThreads: readPerCpuThreads(workshop, cpus),
    cautions: shieldCautions(situation, way, topology, processes),
    changesSomething: steps.length > 0 || others.threads > 0 || exceptions.length > 0,
  };
}

function countOthers({ controls }: Workshop, everyone: Everyone, processes: readonly LiveProcess[]): Others {
  const kernel = new Set(processes.filter((process) => process.isKernelThread).map(processKey));
  const changed = recordEveryone(controls, everyone, everyoneNow(controls, everyone))
    .map((record) => ({ record, threads: record.threads.filter(wasChanged).length }))
    .filter(({ threads }) => threads > 0);
  const ofKernel = changed.filter(({ record }) => kernel.has(processKey(record)));
  const user = changed.filter(({ record }) => !kernel.has(processKey(record)));
  const sum = (all: readonly { readonly threads: number }[]) => all.reduce((n, one) => n + one.threads, 0);
  const groups = user.map(({ record }) => topGroup(controls.machine, record));
  return {
    processes: user.length,
    threads: sum(changed),
    kernelThreads: sum(ofKernel),
    groups: [...new Set(groups.filter((name) => name !== null))].sort(),
  };
}

/** "system.slice"; null in the root. */
function topGroup(
  machine: { cgroupOf(process: ProcessRecord): string },
  process: ProcessRecord,
): string | null {
  try {
    return machine.cgroupOf(process).split('/')[1] || null;
  } catch (error) {
    if (error instanceof Refused) return null;
    throw error;
  }
}
