/** From a request to place processes to targets, wishes and the plan that is shown. Changes nothing. */
import type { MigrationRecord } from '../actions/change.ts';
import type { LiveThread, ProcessId } from '../actions/controls.ts';
import { placeOf } from '../actions/machine/membership.ts';
import type { MachineStep } from '../actions/machine/setting.ts';
import { type PlannedProcess, previewChange, type Target, tally } from '../actions/plan.ts';
import { wishAffinity } from '../actions/settings/affinity.ts';
import { type MemoryPolicy, wishMemoryPolicy } from '../actions/settings/memory-policy.ts';
import { wishScheduling } from '../actions/settings/scheduling.ts';
import type { Wish } from '../actions/settings/setting.ts';
import { recordSteps } from '../actions/steps.ts';
import { CpuSet } from '../base/cpu-set.ts';
import { KeelError } from '../base/errors.ts';
import { checkNodes, memoryNodes } from './check-nodes.ts';
import { type FoundTarget, findTargets } from './find-targets.ts';
import type { PolicyWish } from './parse-placement.ts';
import { type Caution, cautionsFor } from './placement-cautions.ts';
import { refuseOutsideCpuset } from './refuse-outside-cpuset.ts';
import { resolveCpus } from './resolve-cpus.ts';
import { isKeptOff, shieldEntrance } from './shield-entrance.ts';
import type { Workshop } from './workshop.ts';

export interface PlacementRequest {
  readonly target: string;
  readonly cpus: string | undefined;
  /** Names or ids of threads, with commas; all threads without it. */
  readonly threads: string | undefined;
  readonly all: boolean;
  readonly policy: PolicyWish | undefined;
  readonly nice: number | undefined;
  /** 0 for the default. */
  readonly sliceNs: number | undefined;
  readonly memory: MemoryPolicy | undefined;
  /** Move the pages that lie elsewhere to the nodes of `memory`. */
  readonly migrate: boolean;
}

export interface PlacementPlan {
  readonly targets: readonly Target[];
  readonly wishes: readonly Wish[];
  readonly cpus: CpuSet | null;
  readonly processes: readonly PlannedProcess[];
  readonly migrations: readonly MigrationRecord[];
  /** Into the cgroup of a shield that keeps the CPUs free. */
  readonly steps: readonly MachineStep[];
  readonly changing: number;
  readonly staying: number;
  /** There is something to do. */
  readonly changesSomething: boolean;
  /** The id it gets if it is applied next. */
  readonly id: string;
  readonly cautions: readonly Caution[];
}

/** @throws KeelError E_USAGE, E_GONE */
export function planPlacement(workshop: Workshop, request: PlacementRequest): PlacementPlan {
  const found = findTargets(workshop.host, request.target, { all: request.all, command: 'pin' });
  const cpus = request.cpus === undefined ? null : resolveCpus(workshop.host, request.cpus);
  if (request.memory !== undefined) checkNodes(workshop.host, request.memory);
  const wishes = wishesOf(request, cpus);
  const targets = found.map((target) => ({ ...target, meant: threadFilter(target, request.threads) }));
  const steps = stepsInto(workshop, targets, cpus, request);
  if (steps.length === 0) {
    refuseOutsideCpuset(workshop.host, targets, {
      cpus,
      cpusText: request.cpus ?? '',
      memory: request.memory,
    });
  }
  const processes = previewChange(workshop.controls, targets, wishes);
  if (processes.every((process) => process.threads.length === 0)) {
    throw noThread(workshop, targets, request.threads);
  }
  refuseFixed(processes);
  const migrations = request.migrate ? migrationsOf(workshop, processes, request.memory) : [];
  const count = tally(processes);
  return {
    targets,
    wishes,
    cpus,
    processes,
    migrations,
    steps,
    ...count,
    changesSomething: count.changing + migrations.length + steps.length > 0,
    id: workshop.journal.nextId(),
    cautions: [
      ...(cpus === null ? [] : cautionsFor(workshop.host, cpus, targets)),
      ...(migrations.length > 0 ? [PAGES_ARE_NOT_COUNTED] : []),
    ],
  };
}

/** A cgroup holds whole processes, so a few threads alone cannot be let in. */
function stepsInto(
  { controls }: Workshop,
  targets: readonly (Target & { readonly tid: number | null })[],
  cpus: CpuSet | null,
  { threads }: PlacementRequest,
): readonly MachineStep[] {
  const { machine } = controls;
  if (cpus === null || threads !== undefined || targets.some((target) => target.tid !== null)) return [];
  if (!targets.some((target) => isKeptOff(machine, target, cpus))) return [];
  const entrance = shieldEntrance(machine, cpus);
  if (entrance === null) return [];
  const wanted = targets.map((target) => ({
    setting: 'membership' as const,
    at: placeOf(target),
    before: '/',
    set: entrance,
    mayStay: false,
  }));
  return recordSteps(machine, wanted);
}

const PAGES_ARE_NOT_COUNTED: Caution = {
  code: 'pages-by-node',
  text: {
    en: 'An undo moves pages back by node, not page by page.',
    ko: '되돌릴 때 메모리는 페이지별이 아니라 노드별로 옮깁니다.',
  },
};

/** From every other node that has memory; none on a machine with one node. */
function migrationsOf(
  workshop: Workshop,
  processes: readonly PlannedProcess[],
  memory: MemoryPolicy | undefined,
): readonly MigrationRecord[] {
  if (memory === undefined || memory.nodes === '') {
    throw new KeelError('E_USAGE', {
      what: {
        en: '--migrate-memory needs --mem with nodes, to know where to',
        ko: '--migrate-memory에는 옮길 노드를 정하는 --mem이 필요합니다',
      },
      next: [{ en: 'Such as: --mem bind:0 --migrate-memory', ko: '예: --mem bind:0 --migrate-memory' }],
    });
  }
  const from = memoryNodes(workshop.host).minus(CpuSet.parseList(memory.nodes));
  if (from.isEmpty) return [];
  return processes.map(({ tgid, startTicks }) => ({
    tgid,
    startTicks,
    from: from.toKernelList(),
    to: memory.nodes,
  }));
}

function wishesOf(request: PlacementRequest, cpus: CpuSet | null): readonly Wish[] {
  const { policy, nice, sliceNs, memory } = request;
  const wishes: Wish[] = [];
  if (cpus !== null) wishes.push(wishAffinity(cpus));
  if (policy !== undefined || nice !== undefined || sliceNs !== undefined) {
    wishes.push(wishScheduling({ policy: policy ?? null, nice: nice ?? null, sliceNs: sliceNs ?? null }));
  }
  if (memory !== undefined) wishes.push(wishMemoryPolicy(memory));
  if (wishes.length > 0) return wishes;
  throw new KeelError('E_USAGE', {
    what: {
      en: 'pin needs CPUs, or another change such as --policy, --nice, --slice or --mem',
      ko: 'pin에는 CPU나 --policy, --nice, --slice, --mem 같은 다른 변경이 필요합니다',
    },
    next: [{ en: 'Such as: keel pin arena 2-3', ko: '예: keel pin arena 2-3' }],
  });
}

function threadFilter(target: FoundTarget, threads: string | undefined): (thread: LiveThread) => boolean {
  const { tid } = target;
  if (tid !== null) return (thread) => thread.tid === tid;
  if (threads === undefined) return () => true;
  const words = new Set(threads.split(',').map((word) => word.trim()));
  return (thread) => words.has(thread.comm) || words.has(String(thread.tid));
}

function noThread(
  workshop: Workshop,
  targets: readonly (Target & ProcessId)[],
  threads: string | undefined,
): KeelError {
  const names = [
    ...new Set(
      targets.flatMap((target) => (workshop.controls.threads(target) ?? []).map((thread) => thread.comm)),
    ),
  ];
  const shown = names.slice(0, MOST_NAMES).join(', ') + (names.length > MOST_NAMES ? ', …' : '');
  if (names.length === 0 || threads === undefined) {
    return new KeelError('E_GONE', {
      what: {
        en: 'the target has ended; nothing was changed',
        ko: '대상이 끝났습니다. 아무것도 바꾸지 않았습니다',
      },
    });
  }
  return new KeelError('E_USAGE', {
    what: {
      en: `no thread of it is called ${threads}`,
      ko: `${threads}(이)라는 스레드가 없습니다`,
    },
    pointer: { text: threads, start: 0, end: threads.length },
    next: [{ en: `Its threads: ${shown}`, ko: `스레드 이름: ${shown}` }],
  });
}

const MOST_NAMES = 12;

/** Where nothing can be changed, rather than nothing needs to be, that is an error with the kernel's reason. */
function refuseFixed(processes: readonly PlannedProcess[]): void {
  const threads = processes.flatMap((process) => process.threads);
  const [first] = threads;
  const fixed = threads.flatMap((thread) => thread.values).filter((value) => value.isFixed);
  if (first === undefined || fixed.length === 0 || fixed.length < threads.flatMap((one) => one.values).length)
    return;
  const because = fixed[0]?.because ?? { en: '', ko: '' };
  throw new KeelError('E_CONFLICT', {
    what: {
      en: `thread ${first.tid} ${first.comm} cannot be changed: ${because.en}`,
      ko: `스레드 ${first.tid} ${first.comm}을(를) 바꿀 수 없습니다: ${because.ko}`,
    },
  });
}
