/** Settings of the machine as rows of a plan or of an undo: what goes the same way stands on one row. */
import type { MachineSettingName, MachineStep } from '../../actions/machine/setting.ts';
import { plural, type Sentence } from '../../base/sentence.ts';
import { totalBytes } from '../../model/address-ranges.ts';
import { lockedRanges, parseMemoryLock } from '../../model/memory-lock.ts';
import { formatBytes } from './format.ts';
import { type Look, safeName } from './look.ts';

export interface StepRow {
  readonly mark: '~' | '+' | '-';
  readonly who: Sentence;
  /** "0-15 -> 0-11". */
  readonly what: string;
}

/** @param way `back`: from what was set to what was before */
export function stepRows(
  steps: readonly MachineStep[],
  way: 'forth' | 'back',
  look: Look,
): readonly StepRow[] {
  const made = new Set(steps.filter((step) => step.setting === 'cgroup').map((step) => step.at));
  const groups = new Map<string, MachineStep[]>();
  for (const step of steps) {
    // What a cgroup of ours is given stands on the row on which it is made.
    if (made.has(step.at) && GIVEN.has(step.setting)) continue;
    const apart = TOGETHER.has(step.setting) ? '' : step.at;
    const key = JSON.stringify([step.setting, apart, step.before, step.set]);
    groups.set(key, [...(groups.get(key) ?? []), step]);
  }
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    return first === undefined ? [] : [rowOf(first, group, way, look, steps)];
  });
}

/** Of these there are many, and their numbers say little. */
const TOGETHER: ReadonlySet<MachineSettingName> = new Set(['irqAffinity', 'packetSteering']);

const GIVEN: ReadonlySet<MachineSettingName> = new Set(['cpusetCpus', 'cpusetNodes', 'cpusetPartition']);

function rowOf(
  first: MachineStep,
  group: readonly MachineStep[],
  way: 'forth' | 'back',
  look: Look,
  all: readonly MachineStep[],
): StepRow {
  const [from, to] = way === 'forth' ? [first.before, first.set] : [first.set, first.before];
  const who = whoIs(first, group.length);
  if (first.setting === 'cgroup') {
    return way === 'forth' ? { mark: '+', who, what: givenTo(first.at, all) } : { mark: '-', who, what: '' };
  }
  if (first.setting === 'population') {
    const [left, right] = way === 'forth' ? [first.set, first.at] : [first.at, first.set];
    return { mark: '~', who, what: `${safeName(left)} -> ${safeName(right)}` };
  }
  const text = textOf(first.setting, look);
  return { mark: '~', who, what: `${text(from)} -> ${text(to)}` };
}

/** "CPUs 6-7, isolated". */
function givenTo(path: string, all: readonly MachineStep[]): string {
  const of = (setting: MachineSettingName) =>
    all.find((step) => step.at === path && step.setting === setting)?.set;
  const kind = of('cpusetPartition');
  return `CPUs ${of('cpusetCpus') ?? ''}${kind === undefined ? '' : `, ${kind}`}`;
}

/** Amounts are for people; everything else stands there as the kernel has it. */
function textOf(setting: MachineSettingName, look: Look): (value: string) => string {
  switch (setting) {
    case 'memoryLock':
      return (value) => {
        const lock = parseMemoryLock(value);
        const later = lock.future === 'full' || lock.future === 'onfault';
        const bytes = formatBytes(totalBytes(lockedRanges(lock)));
        return later ? `${bytes}${look.say({ en: ' and what comes', ko: ' 및 이후 매핑' })}` : bytes;
      };
    case 'lockLimit':
      return (value) => value.split(' ').map(amount).join(' / ');
    case 'memoryMin':
    case 'memoryLow':
    case 'keptFiles':
      return amount;
    default:
      return (value) => shown(value, look);
  }
}

function amount(value: string): string {
  return /^\d+$/.test(value) ? formatBytes(Number(value)) : value;
}

function shown(value: string, look: Look): string {
  return value === '' ? (look.unicode ? '—' : '-') : safeName(value);
}

function whoIs({ setting, at }: MachineStep, count: number): Sentence {
  const place = safeName(at);
  const id = place.split('@')[0];
  switch (setting) {
    case 'irqAffinity':
      return count === 1
        ? { en: `interrupt ${place}`, ko: `인터럽트 ${place}` }
        : { en: plural(count, 'interrupt'), ko: `인터럽트 ${count}개` };
    case 'irqDefault':
      return { en: 'interrupts of new devices', ko: '새 장치의 인터럽트' };
    case 'workqueueCpus':
      return { en: 'unbound workqueues', ko: '언바운드 워크큐' };
    case 'packetSteering':
      return count === 1
        ? { en: `packets of ${place}`, ko: `${place}의 패킷` }
        : { en: `packets of ${count} queues`, ko: `수신 큐 ${count}개의 패킷` };
    case 'cpusetController':
      return { en: 'cpuset controller of cgroups', ko: 'cgroup의 cpuset 컨트롤러' };
    case 'cgroup':
      return { en: `cgroup ${place}`, ko: `cgroup ${place}` };
    case 'cpusetCpus':
      return { en: `CPUs of cgroup ${place}`, ko: `cgroup ${place}의 CPU` };
    case 'unitCpus':
      return { en: `AllowedCPUs of ${place}`, ko: `${place}의 AllowedCPUs` };
    case 'cpusetNodes':
      return { en: `memory nodes of cgroup ${place}`, ko: `cgroup ${place}의 메모리 노드` };
    case 'cpusetPartition':
      return { en: `partition of cgroup ${place}`, ko: `cgroup ${place}의 파티션` };
    case 'membership':
      return { en: `cgroup of process ${id}`, ko: `프로세스 ${id}의 cgroup` };
    case 'cpuQuota':
      return { en: `CPU quota of cgroup ${place}`, ko: `cgroup ${place}의 CPU 할당량` };
    case 'groupWeight':
      return { en: `CPU weight of cgroup ${place}`, ko: `cgroup ${place}의 CPU 가중치` };
    case 'sessionNice':
      return { en: `nice of session ${place}`, ko: `세션 ${place}의 nice` };
    case 'population':
      return { en: 'threads of a cgroup', ko: 'cgroup의 스레드' };
    default:
      return whoseMemory(setting, place);
  }
}

type MemorySettingName = Extract<
  MachineSettingName,
  `${string}emory${string}` | `huge${string}` | `${string}wappiness` | 'lockLimit' | 'keptFiles'
>;

function whoseMemory(setting: MemorySettingName, place: string): Sentence {
  const id = place.split('@')[0];
  switch (setting) {
    case 'hugePages':
      return { en: 'huge pages', ko: '거대 페이지' };
    case 'hugePageDefrag':
      return { en: 'making room for huge pages', ko: '거대 페이지 자리 만들기' };
    case 'swappiness':
      return { en: 'swappiness', ko: '스왑 성향(swappiness)' };
    case 'legacySwappiness':
      return { en: `swappiness of ${place}`, ko: `${place}의 스왑 성향(swappiness)` };
    case 'groupMemoryMax':
    case 'groupMemoryHigh':
    case 'legacyMemoryMax':
      return { en: `memory limit of ${place}`, ko: `${place}의 메모리 한도` };
    case 'memoryLock':
      return { en: `locked memory of process ${id}`, ko: `프로세스 ${id}의 잠긴 메모리` };
    case 'lockLimit':
      return { en: `memory lock limit of process ${id}`, ko: `프로세스 ${id}의 메모리 잠금 한도` };
    case 'keptFiles':
      return { en: `files kept in memory by process ${id}`, ko: `프로세스 ${id}이(가) 유지하는 파일` };
    case 'memoryMin':
    case 'memoryLow': {
      const file = setting === 'memoryMin' ? 'memory.min' : 'memory.low';
      return { en: `${file} of cgroup ${place}`, ko: `cgroup ${place}의 ${file}` };
    }
  }
}
