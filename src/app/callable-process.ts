/** Whether calls may be made inside of a process, and why not: which threads may be touched, and what keel may do here. */
import { machine } from 'node:os';
import { KeelError } from '../base/errors.ts';
import { orNull } from '../base/missing.ts';
import { type Sentence, verbatim } from '../base/sentence.ts';
import type { Host } from '../host/host.ts';
import { threadList } from '../kernel/task/lists.ts';
import { threadStat } from '../kernel/task/stat.ts';
import { processStatus, threadStatus } from '../kernel/task/status.ts';
import { heldCapabilities } from '../model/capabilities.ts';
import type { FoundTarget } from './find-targets.ts';
import { untouchable } from './injections.ts';
import { Patience } from './lasting-wait.ts';

/** What is to be called inside, for the words of a refusal. */
export type CallPurpose = 'lock' | 'populate';

/** What keel may do to the target. */
export interface Ours {
  readonly isMine: boolean;
  readonly mayRaise: boolean;
}

/** Every thread is looked at: one that may be called in is enough. @throws KeelError */
export function refuseUncallable(host: Host, target: FoundTarget, purpose: CallPurpose): Ours {
  const architecture = machine();
  if (architecture !== 'x86_64') throw otherArchitecture(target, purpose, architecture);
  const pid = target.tgid;
  const because = obstacle(host, pid);
  if (because !== null) throw untouchableProcess(target, purpose, because);
  const self = orNull(host.read(processStatus, { pid: process.pid }));
  const own = self?.capabilities == null ? null : heldCapabilities(self.capabilities);
  const status = orNull(host.read(processStatus, { pid }));
  const isMine = status?.uid === process.getuid?.();
  if (own !== null && !own.has('CAP_SYS_PTRACE') && !isMine) throw mayNotTrace(target, purpose);
  return { isMine, mayRaise: own === null || own.has('CAP_SYS_RESOURCE') };
}

/** Of its first thread; null where there is a thread that may be called in. */
function obstacle(host: Host, pid: number): Sentence | null {
  const patience = new Patience();
  let first: Sentence | null = null;
  for (const tid of orNull(host.read(threadList, { pid })) ?? []) {
    const stat = orNull(host.read(threadStat, { pid, tid }));
    const status = orNull(host.read(threadStatus, { pid, tid }));
    const because = stat === null || status === null ? null : untouchable(host, stat, status, patience);
    if (because === null) return null;
    first ??= because;
  }
  return first;
}

interface Purpose {
  readonly done: Sentence;
  readonly infinitive: Sentence;
  command(tgid: number): string;
}

const PURPOSES: Readonly<Record<CallPurpose, Purpose>> = {
  lock: {
    done: { en: 'locked', ko: '잠글' },
    infinitive: { en: 'lock', ko: '잠그게' },
    command: (tgid) => `lock ${tgid}`,
  },
  populate: {
    done: { en: 'mapped in', ko: '매핑해 둘' },
    infinitive: { en: 'map in', ko: '매핑하게' },
    command: (tgid) => `warm ${tgid} --populate`,
  },
};

const nameOf = ({ comm, tgid }: FoundTarget) => `${comm} ${tgid}`;

/** Other ways than a call inside of the process. */
function instead({ tgid }: FoundTarget, purpose: CallPurpose): Sentence {
  if (purpose === 'populate') {
    return {
      en: `Without a call inside of it: keel warm ${tgid}`,
      ko: `안에서 호출하지 않고: keel warm ${tgid}`,
    };
  }
  return {
    en: `Instead: keel lock ${tgid} --files, keel lock ${tgid} --cgroup low, or MemoryMin= in its unit`,
    ko: `대신: keel lock ${tgid} --files, keel lock ${tgid} --cgroup low, 또는 유닛의 MemoryMin=`,
  };
}

/** No thread of it may be called in. */
function untouchableProcess(target: FoundTarget, purpose: CallPurpose, because: Sentence): KeelError {
  const { done } = PURPOSES[purpose];
  return new KeelError('E_CONFLICT', {
    what: {
      en: `the memory of ${nameOf(target)} cannot be ${done.en} from outside: ${because.en}`,
      ko: `${nameOf(target)}의 메모리를 밖에서 ${done.ko} 수 없습니다: ${because.ko}`,
    },
    next: [instead(target, purpose)],
  });
}

function otherArchitecture(target: FoundTarget, purpose: CallPurpose, architecture: string): KeelError {
  return new KeelError('E_UNSUPPORTED', {
    what: {
      en: `calls inside of another process are made on x86-64 only; this is ${architecture}`,
      ko: `다른 프로세스 안에서의 호출은 x86-64에서만 합니다. 이 컴퓨터는 ${architecture}입니다`,
    },
    next: [instead(target, purpose)],
  });
}

function mayNotTrace(target: FoundTarget, purpose: CallPurpose): KeelError {
  const { infinitive, command } = PURPOSES[purpose];
  return new KeelError('E_PRIVILEGE', {
    what: {
      en: `${nameOf(target)} can only be made to ${infinitive.en} its memory by root, or by its own user where tracing is allowed (kernel.yama.ptrace_scope 0)`,
      ko: `${nameOf(target)}이(가) 메모리를 ${infinitive.ko} 하려면 root이거나, 추적이 허용된(kernel.yama.ptrace_scope 0) 같은 사용자여야 합니다`,
    },
    next: [verbatim(`sudo keel ${command(target.tgid)}`)],
  });
}
