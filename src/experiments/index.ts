/** The registry of experiments. One line each, loaded when it is run; `index.test.ts` compares it with the folder. */
import type { ExperimentEntry } from './experiment.ts';

// biome-ignore format: one line per experiment
export const EXPERIMENTS: readonly ExperimentEntry[] = [
  { name: 'cache', summary: { en: 'nanoseconds a load by working-set size: a plateau for each cache, then memory', ko: '작업 집합 크기별 로드 시간(ns): 캐시마다 평탄한 구간, 그다음 메모리' }, load: async () => (await import('./cache.ts')).default },
  { name: 'memory', summary: { en: 'how many bytes a second one CPU reads, writes and copies, by node', ko: 'CPU 하나가 읽고 쓰고 복사하는 대역폭, 노드별' }, load: async () => (await import('./memory.ts')).default },
  { name: 'cpu', summary: { en: 'fixed work, integer and floating: which CPUs are slower, and how steady they are', ko: '일정한 정수·실수 작업: 느린 CPU와 시간에 따른 고름' }, load: async () => (await import('./cpu.ts')).default },
  { name: 'c2c', summary: { en: 'how long a cache line takes from CPU to CPU, by what they share', ko: '캐시 라인이 CPU 사이를 건너는 시간, 공유 관계별' }, load: async () => (await import('./c2c.ts')).default },
  { name: 'noise', summary: { en: 'how much of its CPU a busy thread does not get, and who has it instead', ko: '바쁜 스레드가 받지 못하는 CPU 시간과 그것을 가져가는 것' }, load: async () => (await import('./noise.ts')).default },

  { name: 'access', summary: { en: 'what page faults cost: memory written in order, at random, with a stride, once a page', ko: '페이지 폴트의 비용: 순차, 무작위, 일정 간격, 페이지마다 한 번 쓰기' }, load: async () => (await import('./access.ts')).default },
  { name: 'prefault', summary: { en: 'ways of bringing memory in before it is used: set-up, first work, faults of each', ko: '쓰기 전에 메모리를 올리는 방법들: 준비 시간, 첫 작업 시간, 각각의 폴트' }, load: async () => (await import('./prefault.ts')).default },
  { name: 'mlock', summary: { en: 'what locking memory keeps, what it costs, and what fork and exec leave of it', ko: '메모리 잠금이 지키는 것과 비용, fork와 exec 후에 남는 것' }, load: async () => (await import('./mlock.ts')).default },
];
