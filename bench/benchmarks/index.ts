/** All benchmarks, in the order of docs/performance.md. */
import type { Benchmark } from '../benchmark.ts';
import { faultsOverhead } from './faults-overhead.ts';
import { startUp } from './start-up.ts';

export const benchmarks: readonly Benchmark[] = [startUp, faultsOverhead];
