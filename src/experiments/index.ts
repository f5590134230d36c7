/** The registry of experiments. One line each, loaded when it is run; `index.test.ts` compares it with the folder. */
import type { ExperimentEntry } from './experiment.ts';

// biome-ignore format: one line per experiment
export const EXPERIMENTS: readonly ExperimentEntry[] = [
  { name: 'cache', summary: { en: 'nanoseconds a load by working-set size: a plateau for each cache, then memory', ko: '작업 집합 크기별 로드 시간(ns): 캐시마다 평탄한 구간, 그다음 메모리' }, load: async () => (await import('./cache.ts')).default },
];
