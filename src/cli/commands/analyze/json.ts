/** `keel analyze` as a document. */
import type { MeasuredWork } from '../../../app/measure-work.ts';
import { GapList, orNull } from '../../../base/missing.ts';
import type { ClassifiedThread, Judged } from '../../../diagnosis/classify.ts';
import type { Json } from '../../command.ts';
import { evidenceJson } from '../../output/evidence.ts';

export function analyzeJson(measured: MeasuredWork, verdict: string, next: string | null) {
  const { classification, work, watched, target } = measured;
  const gaps = new GapList();
  const own = watched.ownRunNs;
  return {
    schema: 'keel.analyze/1',
    tgid: work.tgid,
    tid: target.tid,
    comm: work.comm,
    class: classification.class,
    verdict,
    also: alsoFitting(classification.judgements, classification.class).map((one) => one.id),
    elapsedNs: work.elapsedNs,
    intervals: work.intervals,
    neededNs: classification.neededNs,
    threads: classification.threads.map((thread) => threadJson(thread, gaps)),
    evidence: classification.judgements.flatMap(judgementJson),
    obtainedBy: watched.obtainedBy,
    overheadPct: own === null ? null : (own / watched.window.interval.elapsedNs) * 100,
    next,
    gaps: [...classification.gaps, ...gaps.gaps].map((gap) => ({ ...gap })),
  } as const;
}

export function alsoFitting(judgements: readonly Judged[], chosen: string): readonly Judged[] {
  return judgements.filter((one) => one.fits && one.id !== chosen && one.id !== 'balanced');
}

function threadJson({ work, role, class: kind }: ClassifiedThread, gaps: GapList): Json {
  const value = (
    name: 'runPct' | 'runDelayPct' | 'migrationsPerSec' | 'wakeUpsPerSec' | 'preemptionsPerSec',
  ) => gaps.take(`threads[${work.tid}].${name}`, work[name]);
  return {
    tid: work.tid,
    comm: work.comm,
    role,
    class: kind,
    runPct: value('runPct'),
    runDelayPct: value('runDelayPct'),
    wantedDeviationPct: work.wanted?.deviation ?? null,
    migrationsPerSec: value('migrationsPerSec'),
    wakeUpsPerSec: value('wakeUpsPerSec'),
    preemptionsPerSec: value('preemptionsPerSec'),
    majorFaultsPerSec: orNull(work.majorFaultsPerSec),
    storageWaitPct: work.storageWaitPct,
    tickHz: role === 'tick' ? (work.wakeUps?.perSec ?? null) : null,
  };
}

function judgementJson({ id, fits, measures }: Judged): readonly Json[] {
  return measures.map((one) => ({ class: id, fits, ...evidenceJson(one), limit: one.limit }));
}
