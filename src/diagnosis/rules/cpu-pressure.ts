/** CPUs were short for the machine as a whole: also where the tasks that waited are hidden or too short-lived to see. */
import { evidence } from '../finding.ts';
import { known, nameOf, pctOfWindow } from '../look.ts';
import { pressureRule } from '../pressure.ts';

const RUN_SOURCE = '/proc/PID/task/TID/schedstat';
const SHOWN_PROCESSES = 2;

export const cpuPressure = pressureRule({
  id: 'cpu-pressure',
  mark: 'T',
  looksFor: { en: 'a machine without enough CPUs for its tasks', ko: '태스크에 비해 CPU가 모자란 컴퓨터' },
  resource: 'cpu',
  // A tenth of the time: two tasks that overlap now and then stay below.
  limitPct: 10,
  name: { en: 'CPU pressure', ko: 'CPU 압박' },
  verdict: () => ({ en: 'CPUS ARE SHORT', ko: 'CPU가 모자람' }),
  summary: { en: 'there were more tasks ready to run than CPUs', ko: '실행할 태스크가 CPU보다 많았음' },
  evidence: (window) =>
    [...window.interval.processes]
      .sort((a, b) => known(b.runTimeNs) - known(a.runTimeNs))
      .slice(0, SHOWN_PROCESSES)
      .map((process) => {
        const name = nameOf(process, window);
        return evidence(
          { en: `${name} ran`, ko: `${name} 실행` },
          pctOfWindow(known(process.runTimeNs), window),
          'Pct',
          RUN_SOURCE,
        );
      }),
  remedy: (window) => {
    const [most] = [...window.interval.processes].sort((a, b) => known(b.runTimeNs) - known(a.runTimeNs));
    if (most === undefined) return null;
    return {
      text: { en: 'see the one that uses most', ko: '가장 많이 쓰는 프로세스를 확인' },
      command: `keel check ${most.tgid}`,
      undo: null,
    };
  },
});
