/** Attaches the events of page faults to what is to be watched, as far as the kernel permits. */
import { KeelError } from '../base/errors.ts';
import { orNull } from '../base/missing.ts';
import type { Host } from '../host/host.ts';
import { cpusInState } from '../kernel/cpu/lists.ts';
import { threadList } from '../kernel/task/lists.ts';
import { KernelError } from '../native/libc.ts';
import { FAULT_ROLES, type FaultSampling, faultEvent } from '../perf/fault-samples.ts';
import { EventRings, isTaskGone } from './event-rings.ts';

/** Per CPU. At 400,000 faults a second this is 100 ms of records: how late a drain may come on a busy machine. */
const RING_BYTES = 4 * 1024 * 1024;

export interface FaultSource {
  readonly rings: EventRings;
  readonly sampling: FaultSampling;
  /** Faults of all tasks are seen, and others than the targets must be left out. */
  readonly wholeMachine: boolean;
}

export interface FaultScope {
  /** Processes to watch; null for the whole machine. */
  readonly tgids: readonly number[] | null;
  readonly callchains: boolean;
  /** Counting starts when the process executes its program. */
  readonly enableOnExec: boolean;
}

/**
 * @returns events that are open and disabled
 * @throws KeelError E_PRIVILEGE where the kernel refuses, E_GONE where no target is left, E_CONFLICT for too many files
 */
export function openFaultEvents(host: Host, scope: FaultScope): FaultSource {
  for (const excludeKernel of [false, true]) {
    const sampling: FaultSampling = {
      callchains: scope.callchains,
      pages: true,
      excludeKernel,
      inherit: scope.tgids !== null,
      enableOnExec: scope.enableOnExec,
    };
    const rings = new EventRings(ringOptions(host));
    try {
      attach(host, rings, sampling, scope.tgids);
      return { rings, sampling, wholeMachine: scope.tgids === null };
    } catch (error) {
      rings.close();
      // An ordinary user may watch what its processes do in user mode: one more try with that.
      const refused = error instanceof KernelError && /^(EACCES|EPERM)$/.test(error.errnoName);
      if (!refused || excludeKernel || scope.tgids === null)
        throw readableFaultError(error, scope.tgids === null);
    }
  }
  throw new Error('unreachable: the second try returns or throws');
}

function ringOptions(host: Host) {
  const pageBytes = host.facts.pageBytes ?? 4096;
  const online = orNull(host.read(cpusInState, { state: 'online' }));
  return { cpus: online?.ids() ?? [0], pageBytes, ringPages: Math.max(1, RING_BYTES / pageBytes) };
}

function attach(
  host: Host,
  rings: EventRings,
  sampling: FaultSampling,
  tgids: readonly number[] | null,
): void {
  if (tgids === null) {
    for (const role of FAULT_ROLES) rings.add(role, faultEvent(role, sampling));
    return;
  }
  // Threads born while we attach inherit from those that have it already; the others are found by looking again.
  const attached = new Set<number>();
  for (let found = true; found; ) {
    found = false;
    for (const tgid of tgids) {
      for (const tid of orNull(host.read(threadList, { pid: tgid })) ?? []) {
        if (attached.has(tid)) continue;
        attached.add(tid);
        found = attachThread(rings, sampling, tid) || found;
      }
    }
  }
  if (rings.openEvents === 0) {
    throw new KeelError('E_GONE', {
      what: { en: 'the target ended before it could be watched', ko: '관찰하기 전에 대상이 끝났습니다' },
    });
  }
}

/** @returns false for a thread that has ended */
function attachThread(rings: EventRings, sampling: FaultSampling, tid: number): boolean {
  try {
    for (const role of FAULT_ROLES) rings.add(role, faultEvent(role, sampling), tid);
    return true;
  } catch (error) {
    if (isTaskGone(error)) return false;
    throw error;
  }
}

/** What the kernel refused, as an error for people; others as they are. */
export function readableFaultError(error: unknown, whole: boolean): unknown {
  if (!(error instanceof KernelError)) return error;
  if (/^(EACCES|EPERM)$/.test(error.errnoName)) {
    return new KeelError('E_PRIVILEGE', {
      what: whole
        ? {
            en: 'the page faults of the whole machine are not shown to this user',
            ko: '컴퓨터 전체의 페이지 폴트를 볼 권한이 없습니다',
          }
        : {
            en: 'the kernel does not let this user watch the page faults of that process',
            ko: '이 사용자는 그 프로세스의 페이지 폴트를 볼 수 없습니다',
          },
      next: [
        {
          en: 'Run with sudo, or grant CAP_PERFMON; kernel.perf_event_paranoid above 2 keeps everyone else out: keel doctor',
          ko: 'sudo로 실행하거나 CAP_PERFMON을 주세요. kernel.perf_event_paranoid가 2보다 크면 모두 막힙니다: keel doctor',
        },
      ],
      cause: error,
    });
  }
  if (/^(EMFILE|ENFILE)$/.test(error.errnoName)) {
    return new KeelError('E_CONFLICT', {
      what: {
        en: 'too many threads: each needs three open files per CPU, and the limit is reached',
        ko: '스레드가 너무 많습니다. 스레드마다 CPU당 파일 3개가 필요한데 한도를 넘었습니다',
      },
      next: [
        {
          en: 'Watch the whole machine: -a     or raise the limit: ulimit -n',
          ko: '컴퓨터 전체 관찰: -a     또는 한도 올리기: ulimit -n',
        },
      ],
      cause: error,
    });
  }
  return error;
}
