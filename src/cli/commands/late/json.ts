/** What was watched for late moments, as a document. */
import { GapList, missing } from '../../../base/missing.ts';
import type { LateMoment } from '../../../model/late/moments.ts';
import type { LateThread } from '../../../model/late/summary.ts';
import type { WatchedLate } from '../../../model/late/watched.ts';
import type { DocumentOutput, Json } from '../../command.ts';

/** The same that --show can look at. */
const MOST_LISTED = 2000;

/** `keel.late/1`, as docs/commands/late.md says. */
export function lateJson(watched: WatchedLate): DocumentOutput['json'] {
  const { summary } = watched;
  const gaps = new GapList();
  if (watched.obtainedBy === 'ring') takeUntold(watched, gaps);
  else if (watched.because !== null) gaps.take('moments', watched.because);
  return {
    schema: 'keel.late/1',
    startedMonotonicNs: `${watched.startedNs}`,
    elapsedNs: watched.elapsedNs,
    overNs: watched.overNs,
    tgid: watched.target.tgid,
    comm: watched.target.comm,
    moments: summary.moments,
    lateNs: summary.lateNs,
    byCause: summary.byCause.map(({ cause, moments, lateNs, by }) => ({
      cause,
      moments,
      lateNs,
      by: by.map(({ holder, lateNs: ns }) => ({
        tid: holder.tid,
        tgid: holder.tgid,
        comm: holder.name,
        lateNs: ns,
      })),
    })),
    threads: summary.threads.map((thread) => threadJson(thread, watched)),
    tick: tickJson(watched),
    freeRunning: freeRunningJson(watched),
    momentList: summary.kept.slice(0, MOST_LISTED).map(momentJson),
    totals: Object.fromEntries(summary.totals.map(({ label, ns }) => [label, ns])),
    reconciliation: watched.identities.map(({ identity, oursNs, kernelNs }) => ({
      identity,
      oursNs,
      kernelNs: gaps.take(`reconciliation.${identity}`, kernelNs),
    })),
    counts: watched.counts.map(({ count, ours, kernel }) => ({
      count,
      ours,
      kernel: gaps.take(`counts.${count}`, kernel),
    })),
    moves: summary.moves.map((one) => ({ ...one })),
    events: watched.events,
    lost: watched.lost,
    healedNs: watched.healedNs,
    unseenSwitches: watched.unseenSwitches,
    incomplete: watched.incomplete.map((one) => ({ ...one })),
    entryNs: watched.entryNs,
    shortFaults: watched.shortFaults,
    shortFaultNs: watched.shortFaultNs,
    obtainedBy: watched.obtainedBy,
    overheadPct: overheadPct(watched),
    ended: watched.ended,
    gaps: gaps.gaps.map((gap) => ({ ...gap })),
  };
}

/** What rings of tracepoints cannot tell; the time of it is `unexplained`, or counts as sleep. */
const UNTOLD_BY_RING = ['lock', 'condition', 'io', 'quota', 'steal'] as const;

function takeUntold({ because }: WatchedLate, gaps: GapList): void {
  const why = because === null ? '' : `, and ${because.detail ?? because.path}`;
  const untold = missing(because?.missing ?? 'absent', 'perf rings', `only BPF tells it${why}`);
  for (const cause of UNTOLD_BY_RING) gaps.take(`byCause.${cause}`, untold);
}

/** What only events tell is null where there were none. */
function threadJson(thread: LateThread, { obtainedBy }: WatchedLate): Json {
  const byEvents = obtainedBy !== 'proc';
  return {
    tid: thread.task.tid,
    comm: thread.task.comm,
    runDelayNs: thread.runDelayNs,
    waits: byEvents ? thread.waits : null,
    p50Ns: thread.p50Ns,
    p90Ns: thread.p90Ns,
    p99Ns: thread.p99Ns,
    p999Ns: thread.p999Ns,
    maxNs: thread.maxNs,
    moments: byEvents ? thread.moments : null,
    lateNs: byEvents ? thread.lateNs : null,
    onCpuNs: thread.onCpuNs,
    switches: thread.switches,
    migrations: byEvents ? thread.migrations : null,
    isWorker: thread.isWorker,
  };
}

function tickJson({ summary: { tick } }: WatchedLate): Json {
  if (tick === null) return null;
  return {
    tid: tick.task.tid,
    comm: tick.task.comm,
    hz: tick.hz,
    timer: tick.timer,
    ticks: tick.ticks,
    periods: tick.periods,
    latenessP50Ns: tick.latenessP50Ns,
    latenessP99Ns: tick.latenessP99Ns,
    latenessMaxNs: tick.latenessMaxNs,
    usualRunNs: tick.usualRunNs,
  };
}

function freeRunningJson({ summary: { freeRunning } }: WatchedLate): Json {
  if (freeRunning === null) return null;
  const { task, medianHz } = freeRunning;
  return { tid: task.tid, comm: task.comm, medianHz };
}

function momentJson(moment: LateMoment, i: number): Json {
  return {
    moment: i + 1,
    tid: moment.tid,
    fromNs: moment.fromNs,
    lengthNs: moment.toNs - moment.fromNs,
    lateNs: moment.lateNs,
    parts: moment.parts.map(({ atNs, lengthNs, label, by }) => ({
      atNs,
      lengthNs,
      cause: label,
      by: by === null ? null : { tid: by.tid, comm: by.name },
    })),
    furtherNs: moment.furtherNs,
  };
}

/** CPU time of keel while it watched, of one CPU. */
export function overheadPct({ ownCpuNs, elapsedNs }: WatchedLate): number {
  return Math.round((1000 * ownCpuNs) / Math.max(1, elapsedNs)) / 10;
}
