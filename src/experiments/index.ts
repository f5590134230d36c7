/** The registry of experiments. One line each, loaded when it is run; `index.test.ts` compares it with the folder. */
import type { ExperimentEntry } from './experiment.ts';

// biome-ignore format: one line per experiment
export const EXPERIMENTS: readonly ExperimentEntry[] = [
  { name: 'cache', summary: { en: 'nanoseconds a load by working-set size: a plateau for each cache, then memory', ko: '작업 집합 크기별 로드 시간(ns): 캐시마다 평탄한 구간, 그다음 메모리' }, load: async () => (await import('./cache.ts')).default },
  { name: 'memory', summary: { en: 'how many bytes a second one CPU reads, writes and copies, by node', ko: 'CPU 하나가 읽고 쓰고 복사하는 대역폭, 노드별' }, load: async () => (await import('./memory.ts')).default },
  { name: 'cpu', summary: { en: 'fixed work, integer and floating: which CPUs are slower, and how steady they are', ko: '일정한 정수·실수 작업: 느린 CPU와 시간에 따른 고름' }, load: async () => (await import('./cpu.ts')).default },
  { name: 'c2c', summary: { en: 'how long a cache line takes from CPU to CPU, by what they share', ko: '캐시 라인이 CPU 사이를 건너는 시간, 공유 관계별' }, load: async () => (await import('./c2c.ts')).default },
  { name: 'noise', summary: { en: 'how much of its CPU a busy thread does not get, and who has it instead', ko: '바쁜 스레드가 받지 못하는 CPU 시간과 그것을 가져가는 것' }, load: async () => (await import('./noise.ts')).default },
];
