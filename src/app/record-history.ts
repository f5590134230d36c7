/** Records frames of processes into the history until they end or the signal aborts. */
import { eventsBetween } from '../history/events.ts';
import { DEFAULT_LIMITS, type HistoryLimits } from '../history/retention.ts';
import type { WatchFrame } from '../model/watch/frame.ts';
import type { Clock } from './clock.ts';
import type { SlowFault } from './count-fault-latency.ts';
import type { FoundTarget } from './find-targets.ts';
import { historyPath, storeError } from './history.ts';
import { HistoryKeeper, type KeeperNews } from './history-keeper.ts';
import type { OpenedHost } from './open-host.ts';
import { announceRecorder } from './recorders.ts';
import { slowFaultEvents } from './slow-fault-events.ts';
import { takerFor } from './snapshot-taker.ts';
import { ChangeWatch } from './watch-changes.ts';
import { LATE_OVER_NS, watchFrames } from './watch-frames.ts';

export interface RecordRequest {
  readonly title: string;
  readonly targets: readonly FoundTarget[];
  readonly everyNs: number;
  readonly durationNs: number | null;
  /** Single page faults that held a thread so long are kept, too; null for the default. */
  readonly slowOverNs: number | null;
  /** Of whole frames; null for the default. */
  readonly keepForNs: number | null;
  /** Of the whole history; null for the default. */
  readonly mostBytes: number | null;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
}

/** What the recorder tells while it works. */
export type RecorderNews =
  | { readonly kind: 'began'; readonly recording: number; readonly path: string }
  | KeeperNews
  | {
      readonly kind: 'ended';
      readonly recording: number;
      readonly frames: number;
      readonly lostFrames: number;
    };

/** @throws KeelError E_IO where the history cannot be written from the beginning */
export async function* recordHistory(
  opened: OpenedHost,
  clock: Clock,
  request: RecordRequest,
): AsyncGenerator<RecorderNews> {
  const { title, targets, everyNs, durationNs, env, signal } = request;
  const path = historyPath(env);
  const beganMs = clock.unixMs();
  const { bootId } = opened.host.facts;
  const news: KeeperNews[] = [];
  const plan = { path, limits: limitsOf(request), recording: { beganMs, bootId, everyNs, title } };
  const keeper = await HistoryKeeper.open(plan, (one) => news.push(one));
  if (!(keeper instanceof HistoryKeeper)) throw storeError(path, keeper.trouble, keeper.message);
  const { recording } = keeper;
  const retract = announceRecorder(opened.host, env, { recording, title, everyNs, beganMs });
  let frames = 0;
  let before: WatchFrame | null = null;
  try {
    yield* news.splice(0);
    yield { kind: 'began', recording, path };
    const taker = takerFor(opened.host, targets, undefined);
    const slow: SlowFault[] = [];
    const slowFaults = {
      overNs: request.slowOverNs ?? LATE_OVER_NS,
      tell: (faults: readonly SlowFault[]) => slow.push(...faults),
    };
    const watching = {
      targets,
      everyNs,
      durationNs,
      signal,
      taker,
      latencies: true,
      judged: true,
      changes: new ChangeWatch(opened.host, env),
      slowFaults,
    };
    for await (const frame of watchFrames(opened, clock, watching)) {
      keeper.add(frame, [...eventsBetween(before, frame), ...slowFaultEvents(slow.splice(0), frame)]);
      before = frame;
      frames += 1;
      yield* news.splice(0);
    }
  } finally {
    const lostFrames = await keeper.close(clock.unixMs());
    retract();
    yield { kind: 'ended', recording, frames: frames - lostFrames, lostFrames };
  }
}

function limitsOf({ keepForNs, mostBytes }: RecordRequest): HistoryLimits {
  return {
    ...DEFAULT_LIMITS,
    framesForMs: keepForNs === null ? DEFAULT_LIMITS.framesForMs : keepForNs / 1e6,
    mostBytes: mostBytes ?? DEFAULT_LIMITS.mostBytes,
  };
}
