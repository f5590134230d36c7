/** Watches the late moments of a target while something else goes on. */
import { KeelError } from '../base/errors.ts';
import { type Maybe, missing } from '../base/missing.ts';
import type { Host } from '../host/host.ts';
import type { WatchedLate } from '../model/late/watched.ts';
import type { Clock } from './clock.ts';
import type { FoundTarget } from './find-targets.ts';

export interface LateWatchMeanwhile {
  /** Resolves when it watches, or cannot. */
  readonly started: Promise<void>;
  /** Ends it; the same each time. Missing where there is no BPF, or the target was gone. */
  readonly finish: () => Promise<Maybe<WatchedLate>>;
}

/** What `keel late` takes without --over. */
const OVER_NS = 1e6;

export interface LatePlan {
  readonly late?: boolean;
  readonly targets: readonly FoundTarget[] | null;
}

/** @returns null where it is not asked for, or not one process is looked at */
export function startLateWatch(
  host: Host,
  clock: Clock,
  { late = false, targets }: LatePlan,
): LateWatchMeanwhile | null {
  const [target] = targets ?? [];
  if (!late || target === undefined || targets?.length !== 1) return null;
  const stop = new AbortController();
  const { signal } = stop;
  const all = { target, durationNs: Number.POSITIVE_INFINITY, overNs: OVER_NS, signal };
  let watching: Promise<Maybe<WatchedLate>> | undefined;
  const started = new Promise<void>((onStart) => {
    watching = watched(host, clock, { ...all, onStart });
    void watching.finally(onStart).catch(() => {});
  });
  return {
    started,
    finish() {
      stop.abort();
      return watching as Promise<Maybe<WatchedLate>>;
    },
  };
}

async function watched(
  host: Host,
  clock: Clock,
  request: Parameters<typeof import('./watch-late.ts').watchLateByBpf>[2],
): Promise<Maybe<WatchedLate>> {
  // What it needs is loaded where it is asked for: keel check and others do not.
  const { watchLateByBpf } = await import('./watch-late.ts');
  try {
    return await watchLateByBpf(host, clock, request);
  } catch (error) {
    if (!(error instanceof KeelError)) throw error;
    return missing(error.code === 'E_GONE' ? 'gone' : 'unreadable', 'bpf(2)', error.parts.what.en);
  }
}
