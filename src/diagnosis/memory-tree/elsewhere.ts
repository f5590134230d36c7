/** The last question, and an answer of its own: it is not memory; where its threads were instead. */
import { isMissing } from '../../base/missing.ts';
import type { Sentence } from '../../base/sentence.ts';
import type { ThreadInterval } from '../../model/task-interval.ts';
import { placesOf, type ThreadWaits } from '../../model/waits/sampled-waits.ts';
import { MEMORY_WAITS, WAIT_NAMES, type WaitPlace } from '../../model/waits/wait-place.ts';
import { type Evidence, evidence, type Window } from '../finding.ts';
import { known, pctOfWindow, subjectsOf } from '../look.ts';
import type { Branch } from './branch.ts';

export interface Elsewhere {
  readonly kind: 'cpu' | 'run-delay' | Exclude<WaitPlace, (typeof MEMORY_WAITS)[number]>;
  readonly thread: { readonly tid: number; readonly comm: string };
  readonly text: Sentence;
  readonly evidence: Evidence;
  /** The command that looks there. */
  readonly command: string;
}

/** A thread that has a CPU for half the time is busy, one that is kept from it for a fifth is not served. */
const BUSY_PCT = 50;
const UNSERVED_PCT = 20;

const SCHEDSTAT_SOURCE = '/proc/PID/task/TID/schedstat';
const STACK_SOURCE = '/proc/PID/task/TID/stack';

/** Of the thread that wants a CPU most, or of the one that wakes up most; null where there is none. */
export function elsewhereOf(window: Window): Elsewhere | null {
  const [process] = subjectsOf(window);
  if (process === undefined) return null;
  const pct = (value: ThreadInterval['runTimeNs']) => pctOfWindow(known(value), window);
  const byWant = [...process.threads].sort(
    (a, b) => pct(b.runTimeNs) + pct(b.runDelayNs) - pct(a.runTimeNs) - pct(a.runDelayNs),
  );
  const [busiest] = byWant;
  if (busiest === undefined) return null;
  const { tid, comm } = busiest;
  const [runPct, delayPct] = [pct(busiest.runTimeNs), pct(busiest.runDelayNs)];
  if (delayPct >= UNSERVED_PCT) {
    const text = { en: 'ready, and waiting for a CPU', ko: 'CPU를 기다림' };
    return {
      kind: 'run-delay',
      thread: { tid, comm },
      text,
      evidence: evidence(text, delayPct, 'Pct', SCHEDSTAT_SOURCE),
      command: `keel late ${process.tgid}`,
    };
  }
  if (runPct >= BUSY_PCT) {
    const text = { en: 'running on a CPU', ko: 'CPU에서 실행됨' };
    return {
      kind: 'cpu',
      thread: { tid, comm },
      text,
      evidence: evidence(text, runPct, 'Pct', SCHEDSTAT_SOURCE),
      command: `keel analyze ${process.tgid}`,
    };
  }
  return waitingElsewhere(window, process.tgid, busiest);
}

function waitingElsewhere({ waits }: Window, tgid: number, busiest: ThreadInterval): Elsewhere | null {
  if (waits === null || isMissing(waits)) return null;
  const thread = waits.threads.find((one) => one.tid === busiest.tid) ?? mostLookedAt(waits.threads);
  if (thread === undefined) return null;
  const found = placesOf(thread).find(([place]) => !isMemory(place));
  if (found === undefined) return null;
  const [place, ratio] = found;
  return {
    kind: place as Exclude<WaitPlace, (typeof MEMORY_WAITS)[number]>,
    thread: { tid: thread.tid, comm: thread.comm },
    text: { en: `waiting for ${WAIT_NAMES[place].en}`, ko: `${WAIT_NAMES[place].ko} 대기` },
    evidence: evidence(WAIT_NAMES[place], 100 * ratio, 'Pct', STACK_SOURCE),
    command: `keel late ${tgid}`,
  };
}

function mostLookedAt(threads: readonly ThreadWaits[]): ThreadWaits | undefined {
  return [...threads].sort((a, b) => b.looks - a.looks)[0];
}

function isMemory(place: WaitPlace): boolean {
  return MEMORY_WAITS.some((one) => one === place);
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
