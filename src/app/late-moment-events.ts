/** Late moments as events of the history: what the flight recorder keeps of them. */
import type { EventDetail, HistoryEvent } from '../history/events.ts';
import type { Holder } from '../model/late/accounting.ts';
import { CAUSE_LETTERS, CAUSE_NAMES, isLate, type LateCause } from '../model/late/causes.ts';
import type { MomentPart, MomentShare } from '../model/late/moments.ts';
import type { RecordedMoment } from './record-late.ts';

/** Of a moment, the longest: the rest is kept as a sum. */
const MOST_PARTS = 24;
const MOST_SHARES = 8;

/** @param unixMs when it began */
export function lateMomentEvent(moment: RecordedMoment, tgid: number, unixMs: number): HistoryEvent {
  const { tid, comm, lateNs } = moment;
  const shares = added(moment.shares);
  const { cause, by } = heaviestOf(shares);
  const name = CAUSE_NAMES[cause];
  const ms = (lateNs / 1e6).toFixed(2);
  const who = by === null ? '' : `, ${holderName(by)}`;
  const byLength = [...moment.parts].sort((a, b) => b.lengthNs - a.lengthNs);
  const kept = byLength.slice(0, MOST_PARTS).sort((a, b) => a.atNs - b.atNs);
  const furtherNs = byLength
    .slice(MOST_PARTS)
    .reduce((sum, part) => sum + (isLate(part.label) ? part.lengthNs : 0), moment.furtherNs);
  return {
    unixMs,
    kind: 'late',
    tgid,
    tid,
    weight: lateNs,
    text: {
      en: `${comm} ${tid} was ${ms} ms late: ${name.en}${who}`,
      ko: `${comm} ${tid}이(가) ${ms} ms 늦었습니다: ${name.ko}${who}`,
    },
    details: {
      comm,
      cause,
      mark: CAUSE_LETTERS[cause],
      by: by === null ? null : holderDetail(by),
      lateNs,
      lengthNs: moment.toNs - moment.fromNs,
      shares: shares.slice(0, MOST_SHARES).map(shareDetail),
      parts: kept.map(partDetail),
      furtherNs,
    },
  };
}

/** The heaviest first. */
function added(shares: readonly MomentShare[]): readonly MomentShare[] {
  const sums = new Map<string, MomentShare>();
  for (const share of shares) {
    const key = `${share.cause} ${holderKey(share.by)}`;
    const lateNs = share.lateNs + (sums.get(key)?.lateNs ?? 0);
    sums.set(key, { ...share, lateNs });
  }
  return [...sums.values()].sort((a, b) => b.lateNs - a.lateNs);
}

/** The cause with most of the time, and of it the one who had most. */
function heaviestOf(shares: readonly MomentShare[]): Pick<MomentShare, 'cause' | 'by'> {
  const sums = new Map<LateCause, number>();
  for (const { cause, lateNs } of shares) sums.set(cause, (sums.get(cause) ?? 0) + lateNs);
  const [cause = 'unexplained'] = [...sums].sort((a, b) => b[1] - a[1])[0] ?? [];
  return { cause, by: shares.find((one) => one.cause === cause && one.by !== null)?.by ?? null };
}

function holderKey(by: Holder | null): string {
  return by === null ? '' : `${by.tid} ${by.name}`;
}

function holderName({ name, tid }: Holder): string {
  return tid === null ? name : `${name} ${tid}`;
}

function holderDetail({ tid, tgid, name }: Holder): EventDetail {
  return { tid, tgid, comm: name };
}

function shareDetail({ cause, by, lateNs }: MomentShare): EventDetail {
  return { cause, by: by === null ? null : holderDetail(by), lateNs };
}

/** As in `keel.late/1`. */
function partDetail({ atNs, lengthNs, label, by }: MomentPart): EventDetail {
  return { atNs, lengthNs, cause: label, by: by === null ? null : holderDetail(by) };
}
