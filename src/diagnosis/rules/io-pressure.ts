/** Tasks that wait for storage. */
import { isMissing } from '../../base/missing.ts';
import { type Evidence, evidence, type Window } from '../finding.ts';
import { subjectsOf } from '../look.ts';
import { pressureRule } from '../pressure.ts';

const TIMES_SOURCE = '/proc/stat';
const STATE_SOURCE = '/proc/PID/task/TID/stat';
const SHOWN_TASKS = 2;

export const ioPressure = pressureRule({
  id: 'io-pressure',
  mark: 'L',
  looksFor: { en: 'tasks that wait for storage', ko: '저장 장치를 기다리는 태스크' },
  resource: 'io',
  // Writing back in the background alone reaches a few per cent.
  limitPct: 5,
  name: { en: 'I/O pressure', ko: 'I/O 압박' },
  verdict: () => ({ en: 'LATE BECAUSE OF STORAGE', ko: '늦은 이유: 저장 장치' }),
  summary: { en: 'tasks waited for reads and writes to finish', ko: '태스크가 읽기와 쓰기를 기다림' },
  evidence: (window) => [...idleForStorage(window), ...waitingAtTheEnd(window)],
  remedy: (window) => {
    const [waiting] = blockedSubjects(window);
    if (waiting === undefined) return null;
    return {
      text: { en: 'see who reads and writes', ko: '읽고 쓰는 프로세스를 확인' },
      command: `keel monitor ${waiting.tgid} 10s`,
      undo: null,
    };
  },
});

function idleForStorage(window: Window): Evidence[] {
  const times = window.interval.machine.cpuTimes;
  if (isMissing(times)) return [];
  const all = Object.values(times).reduce((total, ns) => total + ns, 0);
  if (all === 0) return [];
  return [
    evidence(
      { en: 'CPUs idle for it', ko: '그 때문에 쉰 CPU 시간' },
      (times.iowaitNs / all) * 100,
      'Pct',
      TIMES_SOURCE,
    ),
  ];
}

/** Uninterruptible sleep at the second reading is a hint: most of it is storage. */
function blockedSubjects(window: Window) {
  return subjectsOf(window).filter((process) => process.threads.some((thread) => thread.state === 'D'));
}

function waitingAtTheEnd(window: Window): Evidence[] {
  return blockedSubjects(window)
    .slice(0, SHOWN_TASKS)
    .map((process) => {
      const threads = process.threads.filter((thread) => thread.state === 'D').length;
      const text = {
        en: `blocked at the end: ${process.comm} ${process.tgid}`,
        ko: `끝날 때 멈춰 있던 태스크: ${process.comm} ${process.tgid}`,
      };
      return evidence(text, threads, 'threads', STATE_SOURCE);
    });
}
