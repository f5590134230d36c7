/** The registry of kinds of work. One line per kind; `index.test.ts` compares it with the folder. */
import type { Classifier } from '../classifier.ts';
import { balanced } from './balanced.ts';
import { cacheSensitive } from './cache-sensitive.ts';
import { cpuIntensiveBursty } from './cpu-intensive-bursty.ts';
import { cpuIntensiveSteady } from './cpu-intensive-steady.ts';
import { ioBound } from './io-bound.ts';
import { latencyPeriodic } from './latency-periodic.ts';
import { memoryStalled } from './memory-stalled.ts';
import { migrationHeavy } from './migration-heavy.ts';
import { oversubscribed } from './oversubscribed.ts';
import { throttled } from './throttled.ts';

/** The first that fits is the class: what limits a process from outside comes before what it is like. */
export const CLASSIFIERS: readonly Classifier[] = [
  throttled,
  memoryStalled,
  oversubscribed,
  latencyPeriodic,
  ioBound,
  cacheSensitive,
  migrationHeavy,
  cpuIntensiveSteady,
  cpuIntensiveBursty,
  balanced,
];
