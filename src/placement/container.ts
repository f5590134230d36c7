/** The container that a cgroup belongs to, by the names that runtimes give; and the options that they all have. */
import { isMissing, type Maybe } from '../base/missing.ts';
import { type Artefact, type ArtefactAnswer, cannot, onlyThreads, type Wanted } from './artefact.ts';
import type { GroupWeight } from './situation.ts';

/** `/docker/ID`, `docker-ID.scope`, `libpod-ID.scope`, `cri-containerd-ID.scope`, `/kubepods/.../ID`. */
export function containerId(cgroup: Maybe<string>): string | null {
  if (isMissing(cgroup)) return null;
  return /(?:^|[/-])([0-9a-f]{64})(?:\.scope)?(?:\/|$)/.exec(cgroup)?.[1]?.slice(0, 12) ?? null;
}

/** The options of `docker` and of `podman` are the same words. */
export function containerArtefact(tool: 'docker' | 'podman', wanted: Wanted): ArtefactAnswer {
  const threads = onlyThreads(wanted, tool);
  if (threads !== null) return threads;
  const options = containerOptions(wanted);
  if (options.length === 0) return cannot(`${tool} has no option for it`, `${tool}에는 해당 옵션이 없습니다`);
  const words = options.map(([now]) => now).join(' ');
  const back = options.map(([, undo]) => undo).join(' ');
  const id = containerId(wanted.cgroup) ?? 'CONTAINER';
  return {
    files: [],
    commands: [`${tool} update ${words} ${id}`, `${tool} run ${words} IMAGE`],
    undo: [`${tool} update ${back} ${id}`],
    notes: id === 'CONTAINER' ? [NO_CONTAINER] : [ALL_OF_IT],
  };
}

const NO_CONTAINER: Artefact['notes'][number] = {
  en: 'it runs in no container now: put its name for CONTAINER',
  ko: '지금은 컨테이너에서 실행되지 않습니다. CONTAINER 자리에 이름을 넣으세요',
};
const ALL_OF_IT: Artefact['notes'][number] = {
  en: 'for every process of the container; `update` acts at once, `run` is for the next one',
  ko: '컨테이너의 모든 프로세스에 적용됩니다. update는 바로, run은 다음 컨테이너부터 적용됩니다',
};

function containerOptions({
  now,
  cpus,
  memory,
  quota,
  isIdleGroup,
  sessionNice,
  scheduling,
}: Wanted): (readonly [string, string])[] {
  const lowest = isIdleGroup || sessionNice !== null || scheduling?.policy === 'idle';
  return [
    ...(cpus === null
      ? []
      : [
          [`--cpuset-cpus=${cpus.toKernelList()}`, `--cpuset-cpus=${now.cpusetCpus.toKernelList()}`] as const,
        ]),
    ...(memory === null
      ? []
      : [
          [
            `--cpuset-mems=${memory.nodes.toKernelList()}`,
            `--cpuset-mems=${now.cpusetNodes.toKernelList()}`,
          ] as const,
        ]),
    ...(quota === null ? [] : [[`--cpus=${quota.toCpus}`, `--cpus=${quota.fromCpus}`] as const]),
    // 2 is the least weight.
    ...(lowest ? [['--cpu-shares=2', `--cpu-shares=${sharesOf(now.weight)}`] as const] : []),
  ];
}

/** What runtimes set where nobody asks. */
const USUAL_SHARES = 1024;

/**
 * The shares that a weight came from. v2: as runc converts, weight = 1 + (shares - 2) * 9999 / 262142 (libcontainer,
 * ConvertCPUSharesToCgroupV2Value); 100 is the kernel's own default.
 */
function sharesOf(weight: GroupWeight | null): number {
  if (weight === null || (weight.version === 2 && weight.value === 100)) return USUAL_SHARES;
  if (weight.version === 1) return weight.value;
  const shares = Math.ceil(2 + ((weight.value - 1) * 262_142) / 9999);
  return weightFor(USUAL_SHARES) === weight.value ? USUAL_SHARES : shares;
}

function weightFor(shares: number): number {
  return 1 + Math.trunc(((shares - 2) * 9999) / 262_142);
}
