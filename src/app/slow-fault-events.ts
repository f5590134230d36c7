/** Slow page faults as events of the history: what the flight recorder keeps of them. */
import type { HistoryEvent } from '../history/events.ts';
import { CAUSE_NAMES } from '../model/faults/cause.ts';
import type { Place } from '../model/faults/places.ts';
import { frameLabel } from '../model/stacks/names.ts';
import type { FollowedFault } from './follow-faults.ts';

/** Of a stack, the innermost: what called what is told by these, and a recursion fills no file. */
const MOST_FRAMES = 24;

/** @param unixMs when it began */
export function slowFaultEvent(fault: FollowedFault, unixMs: number): HistoryEvent {
  const { kind, tid, tgid, latencyNs, cause, place, comm, code, ip } = fault;
  const ms = (latencyNs / 1e6).toFixed(2);
  const [name, where] = [CAUSE_NAMES[cause], placeName(place)];
  const of = where === '' ? '' : ` ${where}`;
  const who = comm === null ? `${tid}` : `${comm} ${tid}`;
  return {
    unixMs,
    kind: 'slow-fault',
    tgid,
    tid,
    weight: latencyNs,
    text: {
      en: `${name.en}${of}: a ${kind} fault held ${who} for ${ms} ms`,
      ko: `${name.ko}${of}: ${kind === 'major' ? '메이저' : '마이너'} 폴트가 ${who}을(를) ${ms} ms 멈췄습니다`,
    },
    details: {
      fault: kind,
      cause,
      latencyNs,
      comm,
      mapping: place.kind,
      path: place.path === '' ? null : place.path,
      fileOffset: fault.fileOffset,
      address: `0x${fault.address.toString(16)}`,
      ip: ip === null ? null : `0x${ip.toString(16)}`,
      function: code?.function ?? null,
      binary: code?.binary ?? null,
      stack: fault.frames.slice(0, MOST_FRAMES).map(frameLabel),
    },
  };
}

function placeName({ kind, path }: Place): string {
  if (path !== '') return path;
  return kind === 'unknown' ? '' : kind;
}
