import { describe, expect, it } from 'vitest';
import { isLate } from '../model/late/causes.ts';
import type { MomentPart } from '../model/late/moments.ts';
import { lateMomentEvent } from './late-moment-events.ts';

const HOG = { tid: 20, tgid: 20, name: 'zstd' };
const OTHER = { tid: 30, tgid: 30, name: 'cc1' };

function momentOf(parts: readonly MomentPart[], furtherNs = 0) {
  const lateNs = parts.reduce((sum, part) => sum + (part.label === 'run' ? 0 : part.lengthNs), furtherNs);
  const shares = parts.flatMap(({ label, by, lengthNs }) =>
    isLate(label) ? [{ cause: label, by, lateNs: lengthNs }] : [],
  );
  return {
    shares,
    tid: 8,
    comm: 'tick',
    fromNs: 100,
    toNs: 9_000_100,
    lateNs,
    parts,
    furtherNs,
    monotonicNs: 1n,
  };
}

const part = (label: MomentPart['label'], lengthNs: number, by: MomentPart['by'] = null) => ({
  ...{ atNs: 0, lengthNs, label, by },
});

describe('a late moment as an event', () => {
  it('is called after the cause with most of the time, and after who had most of that', () => {
    const moment = momentOf([
      part('behind', 2e6, OTHER),
      part('interrupt', 3e6, { tid: null, tgid: null, name: 'local timer' }),
      part('behind', 1e6, HOG),
      part('behind', 1.5e6, HOG),
    ]);
    expect(lateMomentEvent(moment, 7, 1000)).toMatchObject({
      ...{ unixMs: 1000, kind: 'late', tgid: 7, tid: 8, weight: 7.5e6 },
      text: { en: 'tick 8 was 7.50 ms late: waiting behind other tasks, zstd 20' },
      details: { cause: 'behind', mark: 'T', by: { tid: 20, comm: 'zstd' }, lateNs: 7.5e6, lengthNs: 9e6 },
    });
    expect(lateMomentEvent(moment, 7, 0).details).toMatchObject({
      shares: [
        { cause: 'interrupt', by: { tid: null, comm: 'local timer' }, lateNs: 3e6 },
        { cause: 'behind', by: { tid: 20 }, lateNs: 2.5e6 },
        { cause: 'behind', by: { tid: 30 }, lateNs: 2e6 },
      ],
    });
  });

  it('names an interrupt without a number, and needs nobody to blame', () => {
    const timer = { tid: null, tgid: null, name: 'local timer' };
    expect(lateMomentEvent(momentOf([part('interrupt', 1e6, timer)]), 7, 0).text.en).toMatch(/local timer$/);
    expect(lateMomentEvent(momentOf([part('unexplained', 1e6)]), 7, 0).text.en).toMatch(/unexplained$/);
  });

  it('of very many parts keeps the longest in the order of time, and the sum of the other late ones', () => {
    const parts = Array.from({ length: 30 }, (_, i) => ({
      ...part(i % 2 === 0 ? 'behind' : 'run', i < 6 ? 1e6 : 2e6),
      atNs: i,
    }));
    const { details } = lateMomentEvent(momentOf(parts, 5e6), 7, 0);
    expect(details?.parts).toMatchObject(parts.slice(6).map(({ atNs }) => ({ atNs })));
    expect(details?.furtherNs).toBe(5e6 + 3e6);
  });
});
