/** What a report rests on: the same window seen for late moments, and for findings and advice. */

import type { FoundTarget } from '../../../app/find-targets.ts';
import { type Recommended, recommendPlacement } from '../../../app/recommend-placement.ts';
import { type Identity, type Inclusion, readIdentity } from '../../../app/report-identity.ts';
import { ownStateFolder } from '../../../app/state-folder.ts';
import { watchFrames } from '../../../app/watch-frames.ts';
import { watchLate } from '../../../app/watch-late.ts';
import type { WatchedLate } from '../../../model/late/watched.ts';
import type { WatchFrame } from '../../../model/watch/frame.ts';
import type { Context } from '../../command.ts';

const OVER_NS = 1e6;
const EVERY_NS = 100e6;
/** What the width of a page shows. */
const MOST_FRAMES = 120;
const LEAST_FRAME_NS = 200e6;

export interface Seen {
  readonly late: WatchedLate;
  readonly recommended: Recommended;
  /** When it began, by the wall clock. */
  readonly startedUnixMs: number;
  readonly identity: Identity;
  /** The process over the window. */
  readonly frames: readonly WatchFrame[];
}

/** @throws KeelError E_GONE where the target ends meanwhile, E_INTERRUPTED */
export async function lookAt(
  context: Context,
  target: FoundTarget,
  durationNs: number,
  included: readonly Inclusion[],
): Promise<Seen> {
  const host = context.openLive();
  const { clock, signal } = context;
  const startedUnixMs = clock.unixMs();
  // Before the watch: the process may end in it.
  const identity = readIdentity(host, target.tgid, included);
  const whole = { ...target, tid: null };
  const stateFolder = ownStateFolder(context.env);
  const measuring = { target: whole, durationNs, everyNs: EVERY_NS, signal };
  const plan = { ...measuring, goal: null, form: null, stateFolder };
  const [late, recommended, frames] = await Promise.all([
    watchLate(host, clock, { target, durationNs, overNs: OVER_NS, signal }, undefined),
    recommendPlacement(context.open(), clock, plan),
    framesOf(context, whole, durationNs),
  ]);
  return { late, recommended, startedUnixMs, identity, frames };
}

async function framesOf(context: Context, target: FoundTarget, durationNs: number): Promise<WatchFrame[]> {
  const found: WatchFrame[] = [];
  for await (const frame of watchFrames(context.open(), context.clock, {
    targets: [target],
    everyNs: Math.max(LEAST_FRAME_NS, durationNs / MOST_FRAMES),
    durationNs,
    signal: context.signal,
    latencies: true,
    judged: false,
  }))
    found.push(frame);
  return found;
}
