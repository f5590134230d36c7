import { describe, expect, it } from 'vitest';
import { watchFrame } from '../model/watch/testing/frames.ts';
import { MOST_SLOW_FAULTS, slowFaultEvents } from './slow-fault-events.ts';

const fault = (timeNs: bigint, latencyNs: number) => ({
  ...({ kind: 'major', tid: 8, tgid: 7, address: 0x7f00n, ip: null } as const),
  ...{ timeNs, latencyNs },
});

describe('slow faults as events', () => {
  const frame = watchFrame(10);
  const earlier = (ns: bigint) => frame.monotonicNs - ns;

  it('have the time of day when they began, and what they took', () => {
    const [event] = slowFaultEvents([fault(earlier(250_000_000n), 12_340_000)], frame);
    expect(event).toMatchObject({ kind: 'slow-fault', tgid: 7, tid: 8, weight: 12_340_000 });
    expect(event?.unixMs).toBe((frame.unixMs ?? 0) - 250);
    expect(event?.text.en).toBe('a major fault at 0x7f00 held thread 8 for 12.34 ms');
    expect(event?.details).toEqual({ fault: 'major', latencyNs: 12_340_000, address: '0x7f00', ip: null });
  });

  it('are the slowest of an interval, in the order of time', () => {
    const many = Array.from({ length: MOST_SLOW_FAULTS + 5 }, (_, i) =>
      fault(earlier(BigInt(1000 - i)), i + 1),
    );
    const weights = slowFaultEvents(many, frame).map((event) => event.weight);
    expect(weights).toEqual(Array.from({ length: MOST_SLOW_FAULTS }, (_, i) => i + 6));
  });

  it('are none of a captured machine, which has no time of day', () => {
    expect(slowFaultEvents([fault(0n, 1)], { ...frame, unixMs: null })).toEqual([]);
  });
});
