/**
 * Late moments of the last seconds before the shown frame: for the panel and for the list. Of a recording that has single
 * moments these, which know every cause; else what the frames have.
 */
import { isMissing, type Maybe } from '../../base/missing.ts';
import type { Sentence } from '../../base/sentence.ts';
import { safeName } from '../../cli/output/look.ts';
import type { EventDetail, HistoryEvent } from '../../history/events.ts';
import { CAUSE_NAMES as FAULT_CAUSE_NAMES, type FaultCause } from '../../model/faults/cause.ts';
import { CAUSE_LETTERS, CAUSE_NAMES, type LateCause } from '../../model/late/causes.ts';
import type { FrameMoment } from '../../model/watch/late-moments.ts';
import { type Entry, type Shown, targetIn } from './state.ts';

export const MOMENTS_NS = 30e9;

export interface RecentMoment {
  readonly tid: number;
  /** CLOCK_MONOTONIC when it began. */
  readonly monotonicNs: bigint;
  readonly lateNs: number;
  /** Of its cause, as on every screen. */
  readonly letter: string;
  readonly why: Sentence;
}

export interface RecentMoments {
  /** CLOCK_MONOTONIC at the end of the shown frame. */
  readonly endNs: bigint;
  /** What the frames hold together, at most MOMENTS_NS; at least one frame. */
  readonly spanNs: number;
  readonly overNs: number;
  /** Also those that were too many to be kept. */
  readonly events: number;
  readonly kept: readonly RecentMoment[];
  /** They were recorded one by one. */
  readonly isRecorded: boolean;
}

/** Missing as in the shown frame. */
export function recentMoments(shown: Shown): Maybe<RecentMoments> {
  const { entry, target } = shown;
  const [span, spanNs] = recentEntries(shown);
  const endNs = entry.frame.monotonicNs;
  const now = target.lateMoments;
  const recorded = span.flatMap((one) =>
    one.moments.filter(({ tgid }) => tgid === target.tgid).map((event) => momentOfEvent(event, one)),
  );
  if (recorded.length > 0) {
    const overNs = Math.min(...recorded.map(({ lateNs }) => lateNs), isMissing(now) ? 1e6 : now.overNs);
    return { endNs, spanNs, overNs, events: recorded.length, kept: recorded, isRecorded: true };
  }
  if (isMissing(now)) return now;
  const all = span.flatMap(({ frame }) => {
    const then = targetIn(frame, target.tgid)?.lateMoments;
    return then === undefined || isMissing(then) ? [] : [then];
  });
  return {
    ...{ endNs, spanNs, overNs: now.overNs },
    events: all.reduce((sum, { events }) => sum + events, 0),
    kept: all.flatMap(({ kept }) => kept.map(momentOfFrame)),
    isRecorded: false,
  };
}

/** The newest first. */
function recentEntries({ past }: Shown): readonly [readonly Entry[], number] {
  const span: Entry[] = [];
  let spanNs = 0;
  for (const entry of past.toReversed()) {
    if (spanNs > 0 && spanNs + entry.frame.elapsedNs > MOMENTS_NS) break;
    spanNs += entry.frame.elapsedNs;
    span.push(entry);
  }
  return [span, spanNs];
}

function momentOfFrame({ tid, monotonicNs, lateNs, cause, by }: FrameMoment): RecentMoment {
  const why = by === null ? CAUSE_NAMES[cause] : behind(`${safeName(by.comm)} ${by.tid}`);
  return { tid, monotonicNs, lateNs, letter: CAUSE_LETTERS[cause], why };
}

function behind(holder: string): Sentence {
  return { en: `waiting behind ${holder}`, ko: `${holder} 뒤에서 대기` };
}

/** @param entry the one in whose interval it was: its two clocks tell when */
function momentOfEvent(event: HistoryEvent, { frame }: Entry): RecentMoment {
  const { tid, kind, unixMs, weight, details = {} } = event;
  const agoNs = BigInt(Math.round(((frame.unixMs ?? unixMs) - unixMs) * 1e6));
  return {
    tid: tid ?? 0,
    monotonicNs: frame.monotonicNs - agoNs,
    lateNs: weight,
    letter: kind === 'late' ? String(details.mark ?? '?') : CAUSE_LETTERS['page-fault'],
    why: kind === 'late' ? lateWhy(details) : faultWhy(details),
  };
}

type Details = NonNullable<HistoryEvent['details']>;

/** "lock held by another thread: net 4133". */
function lateWhy({ cause, by }: Details): Sentence {
  const { en, ko } = CAUSE_NAMES[cause as LateCause] ?? CAUSE_NAMES.unexplained;
  const holder = holderText(by);
  return holder === '' ? { en, ko } : { en: `${en}: ${holder}`, ko: `${ko}: ${holder}` };
}

function holderText(by: EventDetail | undefined): string {
  if (by === undefined || by === null || typeof by !== 'object' || !('comm' in by)) return '';
  return `${safeName(String(by.comm))}${by.tid === null ? '' : ` ${by.tid}`}`;
}

/** "file read: maps/arena_03.pak". */
function faultWhy({ cause, path, mapping }: Details): Sentence {
  const { en, ko } = FAULT_CAUSE_NAMES[cause as FaultCause] ?? FAULT_CAUSE_NAMES.unknown;
  const place = safeName(String(path ?? mapping ?? ''));
  return place === '' ? { en, ko } : { en: `${en}: ${place}`, ko: `${ko}: ${place}` };
}
