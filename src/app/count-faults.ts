/** Counts the page faults of a target over a time, and reconciles them with the kernel's other counters. */
import { closeSync, constants, openSync } from 'node:fs';
import { KeelError } from '../base/errors.ts';
import { isMissing, type Maybe, missing, orNull } from '../base/missing.ts';
import type { Host } from '../host/host.ts';
import { cpusInState } from '../kernel/cpu/lists.ts';
import { vmstat } from '../kernel/proc/vmstat.ts';
import { threadList } from '../kernel/task/lists.ts';
import { type CgroupMount, cgroupMounts } from '../kernel/task/mountinfo.ts';
import { processStat } from '../kernel/task/stat.ts';
import { perfFolder } from '../model/cgroup.ts';
import type { Clock } from './clock.ts';
import { addCounts, type CountedScope, CountingEvents, type FaultCounts } from './counting-events.ts';
import { readableFaultError } from './fault-events.ts';

export interface CountRequest {
  /** Processes to count; null for the whole machine. */
  readonly tgids: readonly number[] | null;
  /** Cgroups to count, each with all below it; only with the whole machine. */
  readonly cgroups: readonly string[];
  readonly perCpu: boolean;
  readonly durationNs: number;
  readonly signal: AbortSignal;
}

export interface FaultCount {
  readonly elapsedNs: number;
  readonly total: FaultCounts;
  /** Rows by CPU or by cgroup where asked; keys are CPU numbers or cgroup paths as given. */
  readonly rows: ReadonlyMap<string, FaultCounts>;
  /**
   * What the kernel's memory management counted meanwhile: /proc/PID/stat of the targets, or vmstat for the machine.
   * More than the perf events by what is faulted in inside calls such as mlock and MAP_POPULATE.
   */
  readonly accounted: Maybe<number>;
  readonly userOnly: boolean;
}

/** @throws KeelError E_PRIVILEGE, E_GONE, E_CONFLICT as for recordings; E_USAGE for a cgroup that is not there */
export async function countFaults(host: Host, clock: Clock, request: CountRequest): Promise<FaultCount> {
  using events = openEvents(host, request);
  if (events.isEmpty) {
    throw new KeelError('E_GONE', {
      what: { en: 'the target ended before it could be counted', ko: '세기 전에 대상이 끝났습니다' },
    });
  }
  const began = clock.monotonicNs();
  const before = accountedFaults(host, request.tgids);
  events.enable();
  await clock.sleep(request.durationNs, request.signal);
  events.disable();
  const after = accountedFaults(host, request.tgids);
  const elapsedNs = Number(clock.monotonicNs() - began);
  const rows = events.read();
  const isSplit = request.perCpu || request.cgroups.length > 0;
  return {
    elapsedNs,
    total: addCounts(rows.values()),
    rows: isSplit ? rows : new Map(),
    accounted:
      request.cgroups.length > 0 ? missing('absent', 'faults by cgroup') : differenceOf(before, after),
    userOnly: events.userOnly,
  };
}

function openEvents(host: Host, request: CountRequest): CountingEvents {
  const cpus = orNull(host.read(cpusInState, { state: 'online' }))?.ids() ?? [0];
  try {
    if (request.cgroups.length > 0) {
      return openCgroupEvents(host, request.cgroups, cpus);
    }
    if (request.tgids === null)
      return CountingEvents.open(
        cpus.map((cpu) => ({ key: `${cpu}`, cpu })),
        false,
      );
    const tids = request.tgids.flatMap((pid) => orNull(host.read(threadList, { pid })) ?? []);
    const scopes = request.perCpu
      ? tids.flatMap((tid) => cpus.map((cpu): CountedScope => ({ key: `${cpu}`, tid, cpu })))
      : tids.map((tid): CountedScope => ({ key: 'all', tid }));
    return CountingEvents.open(scopes, true);
  } catch (error) {
    throw readableFaultError(error, request.tgids === null);
  }
}

/** Perf takes a cgroup by the descriptor of its folder, which may be closed once the events are open. */
function openCgroupEvents(host: Host, paths: readonly string[], cpus: readonly number[]): CountingEvents {
  const mounts = orNull(host.read(cgroupMounts, { pid: 'self' })) ?? [];
  const folders: { readonly key: string; readonly cgroupFd: number }[] = [];
  try {
    for (const key of paths) folders.push({ key, cgroupFd: openCgroup(key, mounts) });
    const scopes = folders.flatMap((folder) => cpus.map((cpu): CountedScope => ({ ...folder, cpu })));
    return CountingEvents.open(scopes, false);
  } finally {
    for (const { cgroupFd } of folders) closeSync(cgroupFd);
  }
}

/** @throws KeelError E_USAGE, saying where it was looked for */
function openCgroup(path: string, mounts: readonly CgroupMount[]): number {
  const folder = perfFolder(path, mounts);
  const next = [
    { en: 'By process: keel faults stat <target>', ko: '프로세스로 세기: keel faults stat <대상>' },
  ];
  if (folder === null) {
    throw new KeelError('E_USAGE', {
      what: {
        en: `no cgroup hierarchy that carries perf events is mounted, so ${path} cannot be counted`,
        ko: `perf 이벤트를 세는 cgroup 계층이 마운트되지 않아 ${path}을(를) 셀 수 없습니다`,
      },
      next,
    });
  }
  try {
    return openSync(folder, constants.O_RDONLY | constants.O_DIRECTORY);
  } catch (cause) {
    throw new KeelError('E_USAGE', {
      what: {
        en: `${path} is no cgroup here: looked for ${folder}`,
        ko: `${path} cgroup이 없습니다. 찾은 곳: ${folder}`,
      },
      next,
      cause,
    });
  }
}

/** Minor and major together; of processes that ended meanwhile the end is missing, so the sum is. */
function accountedFaults(host: Host, tgids: readonly number[] | null): Maybe<bigint> {
  if (tgids === null) {
    const counters = host.read(vmstat);
    if (isMissing(counters)) return counters;
    return counters.get('pgfault') ?? missing('absent', 'pgfault');
  }
  let sum = 0n;
  for (const pid of tgids) {
    const stat = host.read(processStat, { pid });
    if (isMissing(stat)) return stat;
    sum += stat.minorFaults + stat.majorFaults;
  }
  return sum;
}

function differenceOf(before: Maybe<bigint>, after: Maybe<bigint>): Maybe<number> {
  if (isMissing(before)) return before;
  return isMissing(after) ? after : Number(after - before);
}
