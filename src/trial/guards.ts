/** What a gain must not be bought with. A candidate that helps and fails one of these is "mixed", and is not kept. */
import type { Sentence } from '../base/sentence.ts';
import { NS_PER_MS } from '../base/units.ts';
import type { GuardValues } from './block.ts';

export type GuardId = keyof GuardValues;

interface Guard {
  readonly id: GuardId;
  /** What went wrong, behind "but". */
  readonly failure: Sentence;
  /** @param candidate mean over its rounds @param baseline mean over the same rounds */
  fails(candidate: number, baseline: number): boolean;
}

/**
 * The limits leave room for chance, because other threads' waiting is not what the trial equalises: the watched threads'
 * own mean is compared without any, see candidate.ts. Those of others may rise where the candidate is about them: that
 * is its price, which the report states.
 */
export const GUARDS: readonly Guard[] = [
  {
    id: 'processDelayNs',
    failure: { en: 'its other threads wait longer', ko: '다른 스레드가 더 오래 기다립니다' },
    fails: (candidate, baseline) => candidate > baseline * 1.1 + NS_PER_MS,
  },
  {
    id: 'othersDelayNs',
    failure: { en: 'other processes wait much longer', ko: '다른 프로세스가 훨씬 오래 기다립니다' },
    fails: (candidate, baseline) => candidate > baseline * 1.25 + 50 * NS_PER_MS,
  },
  {
    id: 'probeErrors',
    failure: { en: 'the probe fails more often', ko: '측정 신호가 더 자주 실패합니다' },
    fails: (candidate, baseline) => candidate > baseline + 0.1,
  },
];

export interface GuardMeans {
  readonly candidate: number;
  readonly baseline: number;
}

/** Means over the rounds in which both were read; null where there is none. */
export function guardMeans(
  id: GuardId,
  candidate: readonly GuardValues[],
  baseline: readonly GuardValues[],
): GuardMeans | null {
  let own = 0;
  let base = 0;
  let rounds = 0;
  candidate.forEach((values, i) => {
    const [a, b] = [values[id], baseline[i]?.[id] ?? null];
    if (a === null || b === null) return;
    own += a;
    base += b;
    rounds += 1;
  });
  return rounds === 0 ? null : { candidate: own / rounds, baseline: base / rounds };
}
