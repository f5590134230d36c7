/** Many short-lived tasks: each is made, faults its memory in and is taken apart, mostly between two readings. */
import { isMissing } from '../../base/missing.ts';
import { perSec } from '../../model/difference.ts';
import { type Evidence, evidence, type Rule, severityOf, type Window } from '../finding.ts';
import { cannotKnow, known, machineRank, nameOf } from '../look.ts';

const SOURCE = '/proc/stat processes';
const UNSEEN_SOURCE = '/proc/stat, /proc/PID/task/TID/schedstat';
/** fork, exec and exit of a small program take about half a millisecond (lmbench lat_proc: 0.3 to 1 ms). */
const FORK_COST_NS = 500_000;
/** From here they are a twentieth of a CPU. */
const LIMIT_PER_SEC = 100;

export const forks: Rule = {
  id: 'forks',
  looksFor: { en: 'storms of short-lived tasks', ko: '짧게 끝나는 태스크가 쏟아지는 상황' },
  check(window) {
    const count = window.interval.machine.forks;
    if (isMissing(count)) return cannotKnow('forks', count);
    const rate = perSec(count, window.interval.elapsedNs);
    const closest = {
      text: { en: 'tasks created', ko: '생긴 태스크' },
      value: rate,
      unit: 'PerSec',
      source: SOURCE,
      limit: LIMIT_PER_SEC,
    };
    if (rate < LIMIT_PER_SEC) return { findings: [], closest, gaps: [] };
    const ratio = Math.min(1, (rate * FORK_COST_NS) / 1e9 / window.onlineCpus);
    const parent = likelyParent(window);
    const finding = {
      rule: forks.id,
      mark: 'T' as const,
      severity: severityOf(ratio),
      subject: null,
      verdict: { en: 'MANY SHORT-LIVED TASKS', ko: '짧게 끝나는 태스크가 많음' },
      summary: {
        en: `tasks are created all the time${parent === null ? '' : `; most by children of ${nameOf(parent, window)}`}`,
        ko: `태스크가 계속 새로 생김${parent === null ? '' : ` (주로 ${nameOf(parent, window)}의 자식)`}`,
      },
      evidence: [evidence({ en: 'created', ko: '생성' }, rate, 'PerSec', SOURCE), ...unseenCpuTime(window)],
      against: [],
      remedies:
        parent === null
          ? []
          : [
              {
                text: { en: 'see the one that starts them', ko: '이들을 시작하는 프로세스를 확인' },
                command: `keel monitor ${parent.tgid} 10s`,
                undo: null,
              },
            ],
      weightRatio: ratio,
      rankRatio: machineRank(ratio, window),
      isEstimate: true,
    };
    return { findings: [finding], closest, gaps: [] };
  },
};

/** Faults of children are added to their parent when it waits for them: the one with most has had most children. */
function likelyParent(window: Window) {
  const [most] = window.interval.processes
    .filter((process) => known(process.childMinorFaults) > 0)
    .sort((a, b) => known(b.childMinorFaults) - known(a.childMinorFaults));
  return most ?? null;
}

/** What the CPUs worked less what all processes that can be seen ran: the share of those that came and went. */
function unseenCpuTime(window: Window): Evidence[] {
  const times = window.interval.machine.cpuTimes;
  if (isMissing(times)) return [];
  const workedNs = times.userNs + times.niceNs + times.systemNs;
  const seenNs = window.interval.processes.reduce((total, process) => total + known(process.runTimeNs), 0);
  const text = { en: 'CPU time of tasks that came and went', ko: '나타났다 사라진 태스크의 CPU 시간' };
  return [evidence(text, Math.max(0, workedNs - seenNs), 'Ns', UNSEEN_SOURCE)];
}
