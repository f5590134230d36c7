/** Slow page faults as events of the history: what the flight recorder keeps of them. */
import type { HistoryEvent } from '../history/events.ts';
import type { WatchFrame } from '../model/watch/frame.ts';
import type { SlowFault } from './count-fault-latency.ts';

/** Of one interval, the slowest: a storm shall not grow the file faster than its limits are looked at. */
export const MOST_SLOW_FAULTS = 100;

/** @param frame the first one after them: its two clocks tell when they were. @returns in the order of time */
export function slowFaultEvents(
  faults: readonly SlowFault[],
  { monotonicNs, unixMs }: WatchFrame,
): readonly HistoryEvent[] {
  if (unixMs === null) return [];
  return [...faults]
    .sort((a, b) => b.latencyNs - a.latencyNs)
    .slice(0, MOST_SLOW_FAULTS)
    .sort((a, b) => Number(a.timeNs - b.timeNs))
    .map((fault) => eventOf(fault, unixMs - Number(monotonicNs - fault.timeNs) / 1e6));
}

function eventOf({ kind, tid, tgid, latencyNs, address, ip }: SlowFault, unixMs: number): HistoryEvent {
  const ms = (latencyNs / 1e6).toFixed(2);
  const at = `0x${address.toString(16)}`;
  return {
    unixMs,
    kind: 'slow-fault',
    tgid,
    tid,
    weight: latencyNs,
    text: {
      en: `a ${kind} fault at ${at} held thread ${tid} for ${ms} ms`,
      ko: `스레드 ${tid}이(가) ${at}의 ${kind === 'major' ? '메이저' : '마이너'} 폴트로 ${ms} ms 멈췄습니다`,
    },
    details: { fault: kind, latencyNs, address: at, ip: ip === null ? null : `0x${ip.toString(16)}` },
  };
}
