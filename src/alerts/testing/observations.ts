/** Observations and incidents for tests: a quiet machine, with what the test is about put over it. */
import type { Incident } from '../incident.ts';
import type { Notification } from '../notification.ts';
import type { Observation, ObservedMachine, ObservedProcess } from '../observation.ts';

export function process(tgid: number, over: Partial<ObservedProcess> = {}): ObservedProcess {
  return {
    key: `${tgid}@100`,
    tgid,
    comm: 'arena',
    program: 'arena',
    unit: 'arena.service',
    target: 'arena',
    startNs: 0,
    minorPerSec: 0,
    majorPerSec: 0,
    runDelayPct: 0,
    stallPct: null,
    latePct: null,
    throttledPct: 0,
    swapBytes: 0,
    strayThreads: null,
    ...over,
  };
}

export function machine(over: Partial<ObservedMachine> = {}): ObservedMachine {
  return {
    upNs: 3600e9,
    refaultsPerSec: 0,
    swapInPerSec: 0,
    cpuPressurePct: 0,
    memoryPressurePct: 0,
    ioPressurePct: 0,
    lockedPct: 0,
    ...over,
  };
}

/** @param atSec the moment; the observation is over one second */
export function observation(
  atSec: number,
  processes: readonly ObservedProcess[],
  over: Partial<Observation> = {},
): Observation {
  return {
    monotonicNs: BigInt(Math.round(atSec * 1e9)),
    unixMs: 1_790_000_000_000 + atSec * 1000,
    elapsedNs: 1e9,
    processes,
    machine: machine(),
    ...over,
  };
}

export function incident(over: Partial<Incident> = {}): Incident {
  return {
    id: 'major-faults-4127-100-m9',
    rule: 'major-faults',
    signal: 'major-faults',
    severity: 'warning',
    subject: {
      key: '4127@100',
      process: { tgid: 4127, comm: 'arena', program: 'arena', unit: 'arena.service' },
      target: 'arena',
    },
    value: 42,
    peak: 58,
    limit: 10,
    unit: 'PerSec',
    source: '/proc/PID/stat',
    looksFor: {
      en: 'a process waits for pages from storage',
      ko: '저장 장치에서 페이지를 기다리는 프로세스',
    },
    startedUnixMs: 1_790_000_000_000,
    ended: null,
    findings: [
      {
        rule: 'fault-stalls',
        summary: {
          en: 'arena 4127 was held by page faults',
          ko: 'arena 4127: 페이지 폴트로 멈춤',
        },
        evidence: [
          {
            text: { en: 'maps/arena_03.pak', ko: 'maps/arena_03.pak' },
            value: 83e6,
            unit: 'Ns',
            source: 'perf page-faults',
          },
        ],
        stack: ['load_chunk (arena)', 'stream_assets (arena)', 'main (arena)'],
      },
    ],
    notExplained: null,
    remedies: [
      {
        text: { en: 'see which files the faults wait for', ko: '어느 파일을 기다리는지 확인' },
        command: 'keel faults record 4127 --for 10s',
        undo: null,
      },
    ],
    isEscalated: false,
    ...over,
  };
}

export function notification(over: Partial<Notification> = {}): Notification {
  return {
    id: 'db1-m9-1',
    host: 'db1',
    group: 'arena',
    reason: 'new',
    severity: 'warning',
    unixMs: 1_790_000_000_000,
    firing: [incident()],
    resolved: [],
    omitted: 0,
    link: 'http://db1:9464/incidents?group=arena',
    ...over,
  };
}
