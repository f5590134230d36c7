/** Processes with a thread that was runnable and did not run, and who ran instead. */
import { isMissing } from '../../base/missing.ts';
import type { Sentence } from '../../base/sentence.ts';
import type { ProcessInterval, ThreadInterval } from '../../model/task-interval.ts';
import { evidence, type Finding, NOTABLE_RATIO, type Rule, severityOf, type Window } from '../finding.ts';
import { gapOf, known, nameOf, noSubjects, pctOfWindow, subjectsOf } from '../look.ts';

const SOURCE = '/proc/PID/task/TID/schedstat';
/** A task that ran less than a twentieth of the time did not keep another from running. */
const HOLDER_PCT = 5;

/** The thread of a process that waited longest. */
interface Waiter {
  readonly process: ProcessInterval;
  readonly thread: ThreadInterval;
  readonly ratio: number;
}

interface Holder {
  readonly process: ProcessInterval;
  readonly ranPct: number;
  /** The one CPU both were on; null where the waiter moved about. */
  readonly cpu: number | null;
}

export const waitsForCpu: Rule = {
  id: 'waits-for-cpu',
  looksFor: {
    en: 'threads that were ready to run and had to wait for a CPU',
    ko: '실행할 준비가 되었지만 CPU를 기다린 스레드',
  },
  check(window) {
    const none = noSubjects(window);
    if (none !== null) return none;
    const waiters = subjectsOf(window)
      .flatMap((process) => longestWaiter(process, window))
      .sort((a, b) => b.ratio - a.ratio);
    const unread = subjectsOf(window)
      .flatMap((process) => process.threads)
      .map((thread) => thread.runDelayNs)
      .find(isMissing);
    return {
      findings: waiters
        .filter((waiter) => waiter.ratio >= NOTABLE_RATIO)
        .map((waiter) => findingFor(waiter, window)),
      closest: {
        text: { en: 'run delay of a thread', ko: '스레드의 실행 지연' },
        value: (waiters[0]?.ratio ?? 0) * 100,
        unit: 'Pct',
        source: SOURCE,
        limit: NOTABLE_RATIO * 100,
      },
      gaps: unread === undefined ? [] : [gapOf('runDelayNs', unread)],
    };
  },
};

function longestWaiter(process: ProcessInterval, window: Window): Waiter[] {
  const [thread] = [...process.threads].sort((a, b) => known(b.runDelayNs) - known(a.runDelayNs));
  if (thread === undefined || isMissing(thread.runDelayNs)) return [];
  return [{ process, thread, ratio: Math.min(1, thread.runDelayNs / window.interval.elapsedNs) }];
}

/** The process whose threads ran most where the waiter was, its own other threads included. */
function holderFor({ thread }: Waiter, window: Window): Holder | null {
  const cpu = thread.migrations === 0 ? thread.cpu : null;
  const ranBy = window.interval.processes.map((process) => {
    const others = process.threads.filter(
      (one) => one.tid !== thread.tid && (cpu === null || one.cpu === cpu),
    );
    const ranNs = others.reduce((total, one) => total + known(one.runTimeNs), 0);
    return { process, cpu, ranPct: pctOfWindow(ranNs, window) };
  });
  const [most] = ranBy.sort((a, b) => b.ranPct - a.ranPct);
  return most !== undefined && most.ranPct >= HOLDER_PCT ? most : null;
}

function findingFor(waiter: Waiter, window: Window): Finding {
  const { process, thread, ratio } = waiter;
  const holder = holderFor(waiter, window);
  return {
    rule: waitsForCpu.id,
    mark: 'T',
    severity: severityOf(ratio),
    subject: { tgid: process.tgid, tid: thread.tid, comm: process.comm },
    verdict: verdict(waiter, holder, window),
    summary: summary(waiter, window),
    evidence: [
      evidence(
        { en: 'run delay of this thread', ko: '이 스레드의 실행 지연' },
        known(thread.runDelayNs),
        'Ns',
        SOURCE,
      ),
      evidence(
        { en: 'it ran', ko: '실행된 비율' },
        pctOfWindow(known(thread.runTimeNs), window),
        'Pct',
        SOURCE,
      ),
      ...(holder === null ? [] : [evidence(meanwhile(holder, window), holder.ranPct, 'Pct', SOURCE)]),
    ],
    against: [],
    remedies: [
      {
        text: { en: 'where it may run, and who else does', ko: '실행될 수 있는 곳을 확인' },
        command: `keel check ${process.tgid}`,
        undo: null,
      },
    ],
    weightRatio: ratio,
    rankRatio: quotaComesFirst(ratio, process, window) * (isWatched(window) ? WATCHED_RANK : 1),
    isEstimate: false,
  };
}

/** Where each moment was watched, the rule that rests on them says more about the same time. */
const WATCHED_RANK = 0.5;

function isWatched({ late }: Window): boolean {
  return late !== null && !isMissing(late);
}

/** A thread that its quota stops waits as well; then the quota is the cause and its finding stands first. */
function quotaComesFirst(ratio: number, process: ProcessInterval, window: Window): number {
  if (isMissing(window.throttling)) return ratio;
  const stopped = window.throttling
    .filter((group) => group.tgids.includes(process.tgid) && known(group.periods) > 0)
    .map((group) => known(group.throttledPeriods) / known(group.periods));
  const most = Math.max(0, ...stopped);
  return most >= NOTABLE_RATIO ? Math.min(ratio, most * 0.99) : ratio;
}

function verdict(waiter: Waiter, holder: Holder | null, window: Window): Sentence {
  if (holder === null) {
    return { en: 'LATE BECAUSE NO CPU WAS FREE', ko: '늦은 이유: 비어 있는 CPU가 없었음' };
  }
  if (holder.process.tgid === waiter.process.tgid) {
    const name = nameOf(waiter.process, window);
    return {
      en: `LATE BECAUSE ITS OWN THREADS COMPETE FOR CPUS: ${name}`,
      ko: `늦은 이유: 자기 스레드끼리 CPU를 두고 경쟁함 (${name})`,
    };
  }
  const name = nameOf(holder.process, window);
  return {
    en: `LATE BECAUSE ANOTHER TASK HELD THE CPU: ${name}`,
    ko: `늦은 이유: 다른 태스크가 CPU를 쓰고 있었음 (${name})`,
  };
}

function summary({ process, thread }: Waiter, window: Window): Sentence {
  const name = nameOf(process, window);
  const named = thread.comm === process.comm ? '' : ` ${thread.comm}`;
  const en = process.threads.length > 1 ? `, its thread${named} ${thread.tid} most,` : '';
  const ko = process.threads.length > 1 ? ` (특히 스레드${named} ${thread.tid})` : '';
  return {
    en: `${name}${en} was ready and waited for a CPU`,
    ko: `${name}${ko}: 실행할 준비가 된 채 CPU를 기다림`,
  };
}

function meanwhile({ process, cpu }: Holder, window: Window): Sentence {
  const name = nameOf(process, window);
  return cpu === null
    ? { en: `meanwhile ${name} ran`, ko: `그동안 ${name} 실행` }
    : { en: `meanwhile on CPU ${cpu} ${name} ran`, ko: `그동안 CPU ${cpu}에서 ${name} 실행` };
}
