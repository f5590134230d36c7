/** Records frames of processes into the history until they end or the signal aborts. */
import { eventsBetween } from '../history/events.ts';
import { DEFAULT_LIMITS, type HistoryLimits } from '../history/retention.ts';
import type { WatchFrame } from '../model/watch/frame.ts';
import type { Clock } from './clock.ts';
import type { FoundTarget } from './find-targets.ts';
import { FlightRecorder } from './flight-recorder.ts';
import { historyPath, storeError } from './history.ts';
import { HistoryKeeper, type KeeperNews } from './history-keeper.ts';
import type { OpenedHost } from './open-host.ts';
import { announceRecorder } from './recorders.ts';
import { takerFor } from './snapshot-taker.ts';
import { ChangeWatch } from './watch-changes.ts';
import { watchFrames } from './watch-frames.ts';

export interface RecordRequest {
  readonly title: string;
  readonly targets: readonly FoundTarget[];
  readonly everyNs: number;
  readonly durationNs: number | null;
  /** Single page faults that held a thread so long are kept, too; null for the default. */
  readonly slowOverNs: number | null;
  /** Single moments in which a thread was late by so much are kept, too; null for the default. */
  readonly lateOverNs: number | null;
  /** Whether single faults and moments are kept at all. */
  readonly withMoments: boolean;
  /** Of whole frames; null for the default. */
  readonly keepForNs: number | null;
  /** Of the whole history; null for the default. */
  readonly mostBytes: number | null;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
}

/** A tenth of the frame of a game, and far above what memory alone takes. */
const SLOW_NS = 1e6;
/** What `keel late` takes without --over. */
const LATE_NS = 1e6;

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
  const flight = startFlight(opened, clock, request);
  let frames = 0;
  let before: WatchFrame | null = null;
  try {
    yield* news.splice(0);
    yield { kind: 'began', recording, path };
    const taker = takerFor(opened.host, targets, undefined);
    const changes = new ChangeWatch(opened.host, env);
    const watching = { targets, everyNs, durationNs, signal, taker, latencies: true, judged: true, changes };
    for await (const frame of watchFrames(opened, clock, watching)) {
      keeper.add(frame, [...eventsBetween(before, frame), ...(flight?.take(frame) ?? [])]);
      before = frame;
      frames += 1;
      yield* news.splice(0);
    }
  } finally {
    try {
      await flight?.stop();
    } finally {
      const lostFrames = await keeper.close(clock.unixMs());
      retract();
      yield { kind: 'ended', recording, frames: frames - lostFrames, lostFrames };
    }
  }
}

function startFlight(
  { host }: OpenedHost,
  clock: Clock,
  { withMoments, targets, slowOverNs, lateOverNs }: RecordRequest,
): FlightRecorder | null {
  if (!withMoments) return null;
  const plan = { targets, slowOverNs: slowOverNs ?? SLOW_NS, lateOverNs: lateOverNs ?? LATE_NS };
  return new FlightRecorder(host, clock, plan);
}

function limitsOf({ keepForNs, mostBytes }: RecordRequest): HistoryLimits {
  return {
    ...DEFAULT_LIMITS,
    framesForMs: keepForNs === null ? DEFAULT_LIMITS.framesForMs : keepForNs / 1e6,
    mostBytes: mostBytes ?? DEFAULT_LIMITS.mostBytes,
  };
}
