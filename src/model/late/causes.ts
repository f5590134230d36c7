/** Why a thread did not execute at an instant. Exactly one applies; which, is decided in accounting.ts. */
import type { Sentence } from '../../base/sentence.ts';

/** Causes of lateness, in the order in which equal ones are listed. */
export const LATE_CAUSES = [
  'preempted',
  'behind',
  'quota',
  'lock',
  'condition',
  'io',
  'page-fault',
  'migration',
  'wake-up',
  'interrupt',
  'softirq',
  'interrupt-entry',
  'steal',
  'unexplained',
] as const;
export type LateCause = (typeof LATE_CAUSES)[number];

/** What an instant is that is not late. `unseen` is the time before the first event of a thread. */
export const CALM_STATES = ['run', 'idle', 'unseen', 'ended'] as const;
export type CalmState = (typeof CALM_STATES)[number];

export type Label = LateCause | CalmState;

const CALM: ReadonlySet<Label> = new Set(CALM_STATES);

export function isLate(label: Label): label is LateCause {
  return !CALM.has(label);
}

/** The letter of each, the same on every screen; W, woken late, is of this one alone. */
export const CAUSE_LETTERS: Readonly<Record<LateCause, string>> = {
  preempted: 'T',
  behind: 'T',
  quota: 'Q',
  lock: 'L',
  condition: 'L',
  io: 'L',
  'page-fault': 'F',
  migration: 'M',
  'wake-up': 'W',
  interrupt: 'I',
  softirq: 'I',
  'interrupt-entry': 'I',
  steal: 'H',
  unexplained: '?',
};

export const CAUSE_NAMES: Readonly<Record<LateCause, Sentence>> = {
  preempted: { en: 'preempted by another task', ko: '다른 태스크에 선점됨' },
  behind: { en: 'waiting behind other tasks', ko: '다른 태스크 뒤에서 대기' },
  quota: { en: 'CPU quota used up', ko: 'CPU 할당량 소진' },
  lock: { en: 'lock held by another thread', ko: '다른 스레드가 쥔 락' },
  condition: { en: 'waiting for its own threads', ko: '자기 스레드를 기다림' },
  io: { en: 'waiting for I/O', ko: 'I/O 대기' },
  'page-fault': { en: 'page fault', ko: '페이지 폴트' },
  migration: { en: 'migration', ko: '마이그레이션' },
  'wake-up': { en: 'waking up', ko: '깨어나는 데 걸린 시간' },
  interrupt: { en: 'interrupt', ko: '인터럽트' },
  softirq: { en: 'softirq', ko: 'softirq' },
  'interrupt-entry': { en: 'way into interrupts', ko: '인터럽트 진입' },
  steal: { en: 'hypervisor took the CPU', ko: '하이퍼바이저가 CPU를 가져감' },
  unexplained: { en: 'unexplained', ko: '설명되지 않음' },
};
