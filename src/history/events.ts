/** What happened at a moment, kept beside the frames. */
import { isMissing } from '../base/missing.ts';
import type { Sentence } from '../base/sentence.ts';
import type { FrameChange, WatchFrame } from '../model/watch/frame.ts';

export const EVENT_KINDS = ['finding', 'slow-fault', 'late', 'change', 'ended', 'trouble'] as const;
export type EventKind = (typeof EVENT_KINDS)[number];

export interface HistoryEvent {
  readonly unixMs: number;
  readonly kind: EventKind;
  readonly tgid: number | null;
  readonly tid: number | null;
  /** To rank events of a kind by: nanoseconds held for a slow fault or a late moment, a share for a finding. */
  readonly weight: number;
  readonly text: Sentence;
  /** What a reader of JSON needs besides. */
  readonly details?: EventDetails;
}

export type EventDetail =
  | string
  | number
  | null
  | readonly EventDetail[]
  | { readonly [name: string]: EventDetail };
export type EventDetails = Readonly<Record<string, EventDetail>>;

/**
 * What a frame tells that the one before did not: findings that are new, changes by keel, and targets that ended.
 * @param before null for the first frame of a recording
 */
export function eventsBetween(before: WatchFrame | null, after: WatchFrame): readonly HistoryEvent[] {
  if (after.unixMs === null) return [];
  const { unixMs } = after;
  const known = new Set(findingsOf(before).map(keyOf));
  return [
    ...findingsOf(after)
      .filter((finding) => !known.has(keyOf(finding)))
      .map(
        (finding): HistoryEvent => ({
          unixMs,
          kind: 'finding',
          tgid: finding.subject?.tgid ?? null,
          tid: finding.subject?.tid ?? null,
          weight: finding.weightRatio,
          text: finding.summary,
          details: { rule: finding.rule, mark: finding.mark, severity: finding.severity },
        }),
      ),
    ...changesBetween(before, after),
    ...after.ended.map(
      ({ tgid, comm }): HistoryEvent => ({
        unixMs,
        kind: 'ended',
        tgid,
        tid: null,
        weight: 0,
        text: { en: `${comm} ${tgid} ended`, ko: `${comm} ${tgid}이(가) 끝났습니다` },
      }),
    ),
  ];
}

/** Of what was changed before the recording began nothing is told: that is no event of it. */
function changesBetween(before: WatchFrame | null, after: WatchFrame): readonly HistoryEvent[] {
  if (before === null || isMissing(before.changes) || isMissing(after.changes)) return [];
  const known = new Map(before.changes.map((change) => [change.id, change.state]));
  const sinceMs = (before.unixMs ?? 0) - before.elapsedNs / 1e6;
  return (
    after.changes
      .filter(({ id, state }) => known.get(id) !== state)
      .map((change) => changeEvent(change, after.unixMs ?? 0))
      // One that was made long ago comes into the list when a newer one is forgotten.
      .filter(({ unixMs }) => unixMs >= sinceMs)
  );
}

const CHANGE_STATES: Readonly<Record<FrameChange['state'], Sentence>> = {
  active: { en: 'made', ko: '적용' },
  done: { en: 'done', ko: '완료' },
  undone: { en: 'undone', ko: '되돌림' },
  refused: { en: 'refused', ko: '거부됨' },
  forgotten: { en: 'forgotten', ko: '잊음' },
};

function changeEvent({ id, command, state, unixMs, endedUnixMs }: FrameChange, nowMs: number): HistoryEvent {
  const how = CHANGE_STATES[state];
  return {
    unixMs: state === 'active' ? unixMs : (endedUnixMs ?? nowMs),
    kind: 'change',
    tgid: null,
    tid: null,
    weight: 0,
    text: { en: `${id} ${how.en}: keel ${command}`, ko: `${id} ${how.ko}: keel ${command}` },
    details: { change: id, state, command },
  };
}

type Finding = Extract<WatchFrame['judgement'], { findings: unknown }>['findings'][number];

function findingsOf(frame: WatchFrame | null): readonly Finding[] {
  return frame !== null && 'findings' in frame.judgement ? frame.judgement.findings : [];
}

function keyOf({ rule, subject }: Finding): string {
  return `${rule} ${subject?.tgid ?? ''} ${subject?.tid ?? ''}`;
}
