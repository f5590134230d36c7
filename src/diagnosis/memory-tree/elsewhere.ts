/** The last question, and an answer of its own: it is not memory; where its threads were instead. */
import { isMissing } from '../../base/missing.ts';
import type { Sentence } from '../../base/sentence.ts';
import type { ThreadInterval } from '../../model/task-interval.ts';
import { placesOf } from '../../model/waits/sampled-waits.ts';
import { MEMORY_WAITS, type MemoryWait, WAIT_NAMES, type WaitPlace } from '../../model/waits/wait-place.ts';
import { type Evidence, evidence, type Window } from '../finding.ts';
import { known, pctOfWindow, subjectsOf } from '../look.ts';
import type { Branch } from './branch.ts';

type Place = 'cpu' | 'run-delay' | WaitPlace;

export interface Elsewhere {
  readonly kind: Exclude<Place, MemoryWait>;
  readonly thread: { readonly tid: number; readonly comm: string };
  readonly text: Sentence;
  readonly evidence: Evidence;
  /** The command that looks there. */
  readonly command: string;
}

const SCHEDSTAT_SOURCE = '/proc/PID/task/TID/schedstat';
const STACK_SOURCE = '/proc/PID/task/TID/stack';

/**
 * Of the thread that wants a CPU most: what it did for the largest part of the window. null where there is none, or
 * it waited for memory.
 */
export function elsewhereOf(window: Window): Elsewhere | null {
  const [process] = subjectsOf(window);
  if (process === undefined) return null;
  const pct = (value: ThreadInterval['runTimeNs']) => pctOfWindow(known(value), window);
  const [busiest] = [...process.threads].sort(
    (a, b) => pct(b.runTimeNs) + pct(b.runDelayNs) - pct(a.runTimeNs) - pct(a.runDelayNs),
  );
  if (busiest === undefined) return null;
  const found = [
    { kind: 'cpu' as const, text: RUNNING, value: pct(busiest.runTimeNs), source: SCHEDSTAT_SOURCE },
    { kind: 'run-delay' as const, text: READY, value: pct(busiest.runDelayNs), source: SCHEDSTAT_SOURCE },
    ...waitsOf(window, busiest.tid),
  ];
  const [most] = found.sort((a, b) => b.value - a.value);
  if (most === undefined || most.value === 0 || isMemory(most.kind)) return null;
  const { kind, text, value, source } = most;
  return {
    kind,
    thread: { tid: busiest.tid, comm: busiest.comm },
    text,
    evidence: evidence(text, value, 'Pct', source),
    command: `keel ${kind === 'cpu' ? 'analyze' : 'late'} ${process.tgid}`,
  };
}

const RUNNING: Sentence = { en: 'running on a CPU', ko: 'CPU에서 실행됨' };
const READY: Sentence = { en: 'ready, and waiting for a CPU', ko: 'CPU 대기' };

function waitsOf({ waits }: Window, tid: number) {
  const thread =
    waits === null || isMissing(waits) ? undefined : waits.threads.find((one) => one.tid === tid);
  if (thread === undefined) return [];
  return placesOf(thread).map(([place, ratio]) => ({
    kind: place,
    text: { en: `waiting for ${WAIT_NAMES[place].en}`, ko: `${WAIT_NAMES[place].ko} 대기` },
    value: 100 * ratio,
    source: STACK_SOURCE,
  }));
}

function isMemory(kind: Place): kind is MemoryWait {
  return MEMORY_WAITS.some((one) => one === kind);
}

export const elsewhereQuestion: Branch = {
  id: 'elsewhere',
  question: { en: 'or are they somewhere else?', ko: '아니면 다른 곳에 있습니까?' },
  next: [],
  ask(window) {
    const found = elsewhereOf(window);
    if (found === null) return { answer: 'unknown', evidence: [], findings: [] };
    return { answer: 'yes', evidence: [found.evidence], findings: [] };
  },
};
