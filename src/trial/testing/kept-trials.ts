/** Remembered trials for tests: arena, whose tick thread is better off on CPUs 2-3. */
import type { KeptTrial } from '../kept-trial.ts';

export function trialOf(changes: Partial<KeptTrial> = {}): KeptTrial {
  const target = { tgid: 100, startTicks: 7n, comm: 'arena', unit: 'arena.service' };
  return {
    id: 't-6',
    at: '2026-01-01T00:00:00.000Z',
    program: {
      comm: 'arena',
      executable: '/srv/arena',
      commandDigest: 'a'.repeat(64),
      unit: 'arena.service',
    },
    target,
    objective: {
      id: 'waiting',
      label: { en: 'waiting per wake-up', ko: '깨어날 때마다 기다린 시간' },
      unit: 'Ns',
      better: 'lower',
    },
    candidates: [
      {
        name: 'tick:2-3',
        strategy: 'tick-alone',
        summary: { en: 'pin thread tick 101 to core:1', ko: '스레드 tick 101을 core:1에 고정' },
        verdict: 'helps',
        effectPct: -83,
        intervalPct: [-89, -75],
        rounds: 12,
        value: 1.9e6,
        because: { en: 'better in 12 of 12 rounds', ko: '12번 중 12번 나음' },
        isKept: true,
        moves: [
          {
            process: target,
            threads: [{ tid: 101, comm: 'tick' }],
            cpus: '2-3',
            scheduling: null,
            memory: null,
          },
        ],
        groups: [],
      },
    ],
    baseline: 11.4e6,
    noise: {
      pressureLowPct: 38,
      pressureHighPct: 41,
      stealNs: 0,
      driftPct: -3.6,
      spreadLog: 0.1,
      selfIntervalPct: [-6.9, 5.3],
    },
    change: 'c-20',
    ...changes,
  };
}
