/** Runs every classifier over the work of a process and of each of its threads, and chooses. */
import { type Gap, type Maybe, missing } from '../base/missing.ts';
import type { ThreadWork } from '../model/thread-work.ts';
import type { ThreadRole, WorkloadClass } from '../model/workload.ts';
import { CLASSIFIERS } from './classes/index.ts';
import type { Classifier, Judgement, ProcessWork } from './classifier.ts';
import { wantedPct } from './demand.ts';
import { known } from './look.ts';
import { isTick, waitsForStorage } from './thread-kinds.ts';

export interface Judged extends Judgement {
  readonly id: WorkloadClass;
  readonly name: Classifier['name'];
}

export interface ClassifiedThread {
  readonly work: ThreadWork;
  readonly role: ThreadRole;
  readonly class: WorkloadClass | 'unknown';
}

export interface Classification {
  readonly class: WorkloadClass | 'unknown';
  /** Of every class, in the order of the registry. */
  readonly judgements: readonly Judged[];
  readonly threads: readonly ClassifiedThread[];
  readonly gaps: readonly Gap[];
  /** Where more time would decide, how long. */
  readonly neededNs: number | null;
}

export function classify(work: ProcessWork): Classification {
  const judgements = CLASSIFIERS.map(({ id, name, judge }) => ({ id, name, ...judge(work) }));
  const fitting = judgements.find((one) => one.fits);
  const undecided = judgements.find((one) => one.neededNs !== null);
  return {
    class: classOf(fitting, undecided),
    judgements,
    threads: work.threads.map((thread) => ({
      work: thread,
      role: roleOf(thread),
      class: threadClass(thread, work),
    })),
    gaps: judgements.flatMap(({ gap }) => (gap === null ? [] : [gap])),
    neededNs: undecided?.neededNs ?? null,
  };
}

/** A possible tick outranks what stands behind it in the registry: then nothing is said rather than the second best. */
function classOf(fitting: Judged | undefined, undecided: Judged | undefined): WorkloadClass | 'unknown' {
  if (fitting === undefined) return 'unknown';
  const order = (one: Judged) => CLASSIFIERS.findIndex(({ id }) => id === one.id);
  return undecided !== undefined && order(undecided) < order(fitting) ? 'unknown' : fitting.id;
}

/** A quarter of a CPU: two such threads begin to meet on one core (0.25 x 0.25 = 6 % of the time). */
const WORKER_PCT = 25;

export function roleOf(thread: ThreadWork): ThreadRole {
  if (isTick(thread)) return 'tick';
  if (waitsForStorage(thread)) return 'storage';
  if (wantedPct(thread) >= WORKER_PCT) return 'worker';
  return known(thread.runPct) === 0 && known(thread.wakeUpsPerSec) === 0 ? 'asleep' : 'helper';
}

/** As if it were alone. What the process has as a whole (quota, faults, storage, misses) is not the thread's. */
function threadClass(thread: ThreadWork, work: ProcessWork): WorkloadClass | 'unknown' {
  const ofProcess: Maybe<never> = missing('absent', 'thread', 'known for the process only');
  const alone = {
    ...work,
    threads: [thread],
    throttling: null,
    faultStallPct: ofProcess,
    storage: ofProcess,
    cacheMisses: ofProcess,
  };
  const judgements = CLASSIFIERS.map(({ id, name, judge }) => ({ id, name, ...judge(alone) }));
  return classOf(
    judgements.find((one) => one.fits),
    judgements.find((one) => one.neededNs !== null),
  );
}
