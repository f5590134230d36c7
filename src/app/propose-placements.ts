/** What a trial tries where the user names nothing: a few placements that any machine allows. */
import { CpuSet } from '../base/cpu-set.ts';
import { orNull } from '../base/missing.ts';
import type { Host } from '../host/host.ts';
import { cpusInState } from '../kernel/cpu/lists.ts';
import type { Move, Proposal } from '../placement/proposal.ts';
import type { FoundTarget } from './find-targets.ts';
import { openCgroups } from './read-cgroup.ts';

/** More single CPUs than this take longer to try than they can tell. */
const MOST_CPUS = 4;
const SHORT_SLICE_NS = 100_000;

export function proposePlacements(host: Host, target: FoundTarget): readonly Proposal[] {
  const usable = usableCpus(host, target.tgid);
  const single = usable.ids().slice(0, MOST_CPUS);
  return [
    proposal(
      'free',
      { cpus: usable },
      target,
      `let every thread run on ${usable}`,
      `모든 스레드를 ${usable}에서 실행`,
    ),
    ...(usable.size < 2
      ? []
      : single.map((cpu) =>
          proposal(
            `cpu:${cpu}`,
            { cpus: CpuSet.of(cpu) },
            target,
            `pin every thread to CPU ${cpu}`,
            `모든 스레드를 CPU ${cpu}에 고정`,
          ),
        )),
    proposal(
      'slice',
      { scheduling: { policy: null, nice: null, sliceNs: SHORT_SLICE_NS } },
      target,
      'slices of 0.1 ms',
      '슬라이스 0.1 ms',
    ),
  ];
}

function usableCpus(host: Host, tgid: number): CpuSet {
  const online = orNull(host.read(cpusInState, { state: 'online' })) ?? CpuSet.of(0);
  const cgroup = orNull(openCgroups(host).of(tgid));
  const cpuset = cgroup === null ? null : orNull(cgroup.cpuset);
  return cpuset === null ? online : online.intersect(cpuset.cpus);
}

function proposal(
  name: string,
  change: Partial<Move>,
  { tgid, comm }: FoundTarget,
  en: string,
  ko: string,
): Proposal {
  return {
    strategy: 'any-machine',
    name,
    summary: { en, ko },
    moves: [{ tgid, comm, threads: 'all', cpus: null, scheduling: null, memory: null, ...change }],
    groups: [],
    why: { en: 'it is possible on any machine', ko: '어느 컴퓨터에서나 가능합니다' },
    expectedGain: { en: 'not known', ko: '알 수 없습니다' },
    upToPct: null,
    risk: { en: 'not known', ko: '알 수 없습니다' },
    isSlow: false,
  };
}
