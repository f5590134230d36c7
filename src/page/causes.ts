/** The causes of lateness as they look everywhere: a letter, a colour, words. */
import type { Sentence } from '../base/sentence.ts';

export interface CauseLook {
  readonly letter: string;
  readonly className: string;
  readonly name: Sentence;
}

const UNEXPLAINED: CauseLook = {
  letter: '?',
  className: 'c-none',
  name: { en: 'unexplained', ko: '설명되지 않음' },
};

const LOOKS: Readonly<Record<string, CauseLook>> = {
  preempted: {
    letter: 'T',
    className: 'c-task',
    name: { en: 'another task held the CPU', ko: '다른 태스크가 CPU 점유' },
  },
  behind: {
    letter: 'T',
    className: 'c-task',
    name: { en: 'waited behind another task', ko: '다른 태스크 뒤에서 대기' },
  },
  quota: { letter: 'Q', className: 'c-quota', name: { en: 'CPU quota used up', ko: 'CPU 할당량 소진' } },
  lock: { letter: 'L', className: 'c-lock', name: { en: 'lock', ko: '락' } },
  condition: {
    letter: 'L',
    className: 'c-lock',
    name: { en: 'waited for another thread', ko: '다른 스레드를 기다림' },
  },
  io: { letter: 'L', className: 'c-lock', name: { en: 'I/O', ko: 'I/O' } },
  'page-fault': { letter: 'F', className: 'c-fault', name: { en: 'page fault', ko: '페이지 폴트' } },
  migration: { letter: 'M', className: 'c-move', name: { en: 'migration', ko: '마이그레이션' } },
  'wake-up': { letter: 'W', className: 'c-task', name: { en: 'woken late', ko: '늦게 깨어남' } },
  interrupt: { letter: 'I', className: 'c-irq', name: { en: 'interrupt', ko: '인터럽트' } },
  softirq: { letter: 'I', className: 'c-irq', name: { en: 'softirq', ko: '소프트 인터럽트' } },
  'interrupt-entry': {
    letter: 'I',
    className: 'c-irq',
    name: { en: 'way into interrupts', ko: '인터럽트 진입' },
  },
  steal: { letter: 'H', className: 'c-steal', name: { en: 'hypervisor', ko: '하이퍼바이저' } },
};

/** A cause that this page does not know yet is shown as it is called. */
export function lookOf(cause: string): CauseLook {
  if (cause === 'unexplained') return UNEXPLAINED;
  return LOOKS[cause] ?? { ...UNEXPLAINED, name: { en: cause, ko: cause } };
}
