/** All benchmarks, in the order of docs/performance.md. */
import type { Benchmark } from '../benchmark.ts';
import { agent } from './agent.ts';
import { faultsExact } from './faults-exact.ts';
import { faultsOverhead } from './faults-overhead.ts';
import { faultsSummary } from './faults-summary.ts';
import { fourPhases } from './four-phases.ts';
import { history } from './history.ts';
import { late } from './late.ts';
import { monitor } from './monitor.ts';
import { startUp } from './start-up.ts';
import { sweep } from './sweep.ts';
import { watch } from './watch.ts';

export const benchmarks: readonly Benchmark[] = [
  startUp,
  faultsOverhead,
  faultsExact,
  faultsSummary,
  sweep,
  monitor,
  watch,
  agent,
  late,
  history,
  fourPhases,
];
