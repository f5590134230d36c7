/** Two snapshots with a wait between them, as the window that rules look at. */
import { KeelError } from '../base/errors.ts';
import { orNull } from '../base/missing.ts';
import { type Diagnosis, diagnose } from '../diagnosis/diagnose.ts';
import type { Window } from '../diagnosis/finding.ts';
import { computeInterval } from '../model/interval.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { Clock } from './clock.ts';
import type { OpenedHost } from './open-host.ts';
import { takeSnapshot } from './take-snapshot.ts';

export interface Watched {
  readonly window: Window;
  readonly diagnosis: Diagnosis;
}

/**
 * Watches the running machine for `durationNs`, or less where `signal` aborts; of a capture, takes its moments.
 * @throws KeelError E_USAGE for a capture of a single moment
 */
export async function watchWindow(
  opened: OpenedHost,
  clock: Clock,
  durationNs: number,
  signal: AbortSignal,
): Promise<Watched> {
  const { host } = opened;
  if (host.kind === 'captured') return windowOfMoments(opened);
  const before = takeSnapshot(host, clock.monotonicNs());
  await clock.sleep(durationNs, signal);
  const after = takeSnapshot(host, clock.monotonicNs());
  return watched(before, after);
}

function windowOfMoments({ moments }: OpenedHost): Watched {
  const [first, last] = [moments.at(0), moments.at(-1)];
  if (first === undefined || last === undefined || moments.length < 2) {
    throw new KeelError('E_USAGE', {
      what: {
        en: 'this captured machine holds a single moment, and a window needs two',
        ko: '캡처에 한 순간만 있습니다. 관찰 구간에는 두 순간이 필요합니다',
      },
      next: [
        {
          en: 'Capture two: keel capture --for 10s -o FILE',
          ko: '두 순간 캡처: keel capture --for 10s -o FILE',
        },
      ],
    });
  }
  return watched(takeSnapshot(first.host, first.monotonicNs), takeSnapshot(last.host, last.monotonicNs));
}

function watched(before: Snapshot, after: Snapshot): Watched {
  const onlineCpus = orNull(after.machine.stat)?.cpus.size ?? 1;
  const window: Window = { interval: computeInterval(before, after), onlineCpus, target: null };
  return { window, diagnosis: diagnose(window) };
}
