/** Calls inside of other threads: which threads may be touched, and where in their process a call can be made from. */
import type { ProcessId, ThreadId } from '../actions/controls.ts';
import { Refused } from '../actions/refused.ts';
import { orNull } from '../base/missing.ts';
import type { Sentence } from '../base/sentence.ts';
import type { Host } from '../host/host.ts';
import { type TaskMapping, taskMaps } from '../kernel/task/maps.ts';
import { PF_KTHREAD, type TaskStat, threadStat } from '../kernel/task/stat.ts';
import { type TaskStatus, threadStatus } from '../kernel/task/status.ts';
import { handlerStacks } from '../model/handler-stacks.ts';
import { type CallSite, findCallSite } from '../native/call-site.ts';
import type { Injection } from '../native/ptrace.ts';
import { isStuckHere, Patience } from './lasting-wait.ts';

export class Injections {
  readonly #host: Host;
  /** By process; code does not move. */
  readonly #sites = new Map<string, CallSite>();
  readonly #patience = new Patience();

  constructor(host: Host) {
    this.#host = host;
  }

  /** @throws Refused where a call inside of the thread could hurt it, or it has ended */
  at(process: ProcessId, thread: ThreadId): Injection {
    const now = orNull(this.#host.read(threadStat, { pid: process.tgid, tid: thread.tid }));
    if (now?.startTicks !== thread.startTicks) throw new Refused('gone', THREAD_GONE);
    const status = orNull(this.#host.read(threadStatus, { pid: process.tgid, tid: thread.tid }));
    const because = status === null ? null : untouchable(this.#host, now, status, this.#patience);
    if (because !== null) throw new Refused('unsupported', because);
    const mappings = orNull(this.#host.read(taskMaps, { pid: process.tgid })) ?? [];
    return {
      tgid: process.tgid,
      tid: thread.tid,
      site: this.#site(process, mappings),
      stacks: handlerStacks(mappings),
    };
  }

  #site(process: ProcessId, mappings: readonly TaskMapping[]): CallSite {
    const key = `${process.tgid}@${process.startTicks}`;
    const known = this.#sites.get(key);
    if (known !== undefined) return known;
    const found = findCallSite(process.tgid, codeOf(mappings));
    if (found === null) {
      throw new Refused('unsupported', {
        en: `no system call instruction was found in process ${process.tgid}`,
        ko: `프로세스 ${process.tgid}에서 시스템 호출 명령을 찾을 수 없습니다`,
      });
    }
    this.#sites.set(key, found);
    return found;
  }
}

/** libc has all that is looked for; a program without one has it itself. */
function codeOf(mappings: readonly TaskMapping[]): readonly TaskMapping[] {
  const rank = ({ path }: TaskMapping) => (/\/(ld-musl|libc)[.-]/.test(path) ? 0 : path === '[vdso]' ? 1 : 2);
  return mappings
    .filter((one) => one.readable && one.executable && one.path !== '[vsyscall]')
    .sort((a, b) => rank(a) - rank(b));
}

/** Why no call may be made inside of a thread; null where one may. Takes up to 0.4 s for a thread in state D. */
export function untouchable(
  host: Host,
  stat: TaskStat,
  status: TaskStatus,
  patience: Patience,
): Sentence | null {
  if ((stat.flags & PF_KTHREAD) !== 0) return { en: 'a kernel thread', ko: '커널 스레드입니다' };
  if (status.tracer !== null) {
    return {
      en: `thread ${stat.id} is traced by process ${status.tracer} already`,
      ko: `스레드 ${stat.id}은(는) 이미 프로세스 ${status.tracer}이(가) 추적하고 있습니다`,
    };
  }
  if (status.seccomp !== null && status.seccomp !== 0) {
    return {
      en: `thread ${stat.id} runs under seccomp; a call there may kill it`,
      ko: `스레드 ${stat.id}은(는) seccomp로 제한되어 있어 호출하면 죽을 수 있습니다`,
    };
  }
  if (/[Tt]/.test(stat.state) || isStuckHere(host, status.tgid, stat, patience)) {
    return {
      en: `thread ${stat.id} is stopped or cannot be interrupted now (state ${stat.state})`,
      ko: `스레드 ${stat.id}이(가) 멈춰 있거나 지금은 끼어들 수 없습니다 (상태 ${stat.state})`,
    };
  }
  return null;
}

export const THREAD_GONE: Sentence = { en: 'the thread has ended', ko: '스레드가 끝났습니다' };
