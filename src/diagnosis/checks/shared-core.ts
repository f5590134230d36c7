/** Two busy threads, each pinned to one CPU, that share the core or even the CPU. */
import { isMissing, present } from '../../base/missing.ts';
import type { CheckedMachine, ProcessCheck, ThreadCheck } from '../../model/process-check.ts';
import { type Check, type Warning, wholeProcess } from '../check.ts';

/** Two threads below a quarter of a CPU seldom want the core at the same moment (0.25 x 0.25 = 6 % of the time). */
const BUSY_RATIO = 0.25;

interface BusyThread {
  readonly thread: ThreadCheck;
  readonly cpu: number;
  readonly busyRatio: number;
}

export const sharedCore: Check = {
  id: 'shared-core',
  looksFor: {
    en: 'two busy threads that are pinned to the same core',
    ko: '같은 코어에 고정된 바쁜 스레드 둘',
  },
  check(process, machine) {
    const busy = process.threads.flatMap((thread) => pinnedAndBusy(thread, process));
    for (const [i, one] of busy.entries()) {
      const other = busy.slice(i + 1).find((two) => share(one, two, machine));
      if (other !== undefined) return [warning(process, one, other)];
    }
    return [];
  },
};

function share(one: BusyThread, two: BusyThread, machine: CheckedMachine): boolean {
  return one.cpu === two.cpu || machine.coreOf.get(one.cpu)?.has(two.cpu) === true;
}

function pinnedAndBusy(thread: ThreadCheck, process: ProcessCheck): readonly BusyThread[] {
  const { allowed, runTimeNs } = thread;
  if (isMissing(allowed) || allowed.size !== 1 || isMissing(runTimeNs) || isMissing(process.ageNs)) return [];
  const ageNs = process.ageNs - Number(thread.startNs - process.startNs);
  const busyRatio = ageNs > 0 ? Number(runTimeNs) / ageNs : 0;
  return busyRatio >= BUSY_RATIO ? [{ thread, cpu: allowed.first ?? 0, busyRatio }] : [];
}

function warning(process: ProcessCheck, one: BusyThread, two: BusyThread): Omit<Warning, 'check'> {
  const names = `${one.thread.comm} ${one.thread.tid}`;
  const others = `${two.thread.comm} ${two.thread.tid}`;
  const same = one.cpu === two.cpu;
  const delays = [one, two].map(({ thread }) => thread.runDelayNs).filter(present);
  return {
    severity: 'warning',
    subject: wholeProcess(process),
    summary: {
      en: same
        ? `busy threads ${names} and ${others} are both pinned to CPU ${one.cpu}`
        : `busy threads ${names} and ${others} are pinned to CPUs ${one.cpu} and ${two.cpu}, SMT siblings of one core`,
      ko: same
        ? `바쁜 스레드 ${names}와(과) ${others}이(가) 모두 CPU ${one.cpu}에 고정되어 있습니다`
        : `바쁜 스레드 ${names}와(과) ${others}이(가) 한 코어의 SMT 형제인 CPU ${one.cpu}와 ${two.cpu}에 고정되어 있습니다`,
    },
    evidence: [
      ...[one, two].map((busy) => ({
        text: {
          en: `share of its life that ${busy.thread.tid} ran`,
          ko: `스레드 ${busy.thread.tid}이(가) 실행된 비율`,
        },
        value: busy.busyRatio * 100,
        unit: 'Pct',
        source: '/proc/PID/task/TID/schedstat',
      })),
      {
        text: { en: 'run delay of both', ko: '두 스레드의 실행 지연' },
        value: delays.reduce((sum, delay) => sum + Number(delay), 0),
        unit: 'Ns',
        source: '/proc/PID/task/TID/schedstat',
      },
    ],
    remedies: [
      {
        text: { en: 'choose CPUs of different cores', ko: '서로 다른 코어의 CPU를 고르세요' },
        command: 'keel topo',
        undo: null,
      },
    ],
  };
}
