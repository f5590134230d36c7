import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { LANGUAGES } from '../../base/sentence.ts';
import { diagnose } from '../diagnose.ts';
import { lateOf, stallsOf, waitsOf, windowOf, workOf } from '../testing/windows.ts';
import { RULES } from './index.ts';

describe('the registry of rules', () => {
  it('holds each file of the folder, by its name', () => {
    const files = readdirSync(import.meta.dirname)
      .filter((name) => !/(^index|\.test)\.ts$/.test(name))
      .map((name) => name.replace(/\.ts$/, ''));
    expect(RULES.map((rule) => rule.id).sort()).toEqual(files.filter((name) => !name.includes('.')).sort());
  });
});

/** Everything at once. */
const storm = windowOf({
  processes: [
    {
      tgid: 10,
      threads: [{ runDelayNs: 4_000_000_000n, runTimeNs: 3_000_000_000n, migrations: 9000n }],
      stat: { minorFaults: 900_000n, majorFaults: 900n },
    },
  ],
  vmstat: { pswpin: 90_000, pswpout: 0, numa_hint_faults: 9_000_000 },
  pressurePct: { cpu: 90, memory: 50, io: 50 },
  cpus: [{ stealNs: 3, softirqNs: 3 }, {}],
  forks: 9_000,
  stalls: stallsOf(
    {
      'read-ahead-wait': { stallNs: 1e9, faults: 90 },
      'huge-page': { stallNs: 5e8, faults: 90 },
      'copy-on-write': { stallNs: 4e8, faults: 9000 },
      'first-touch': { stallNs: 3e8, faults: 90_000 },
      'swap-in': { stallNs: 2e8, faults: 90 },
    },
    { refaultRatio: 20, file: '/srv/a' },
  ),
  waits: waitsOf({ userfaultfd: 100 }),
  memoryWork: workOf({ reclaim: 900, groupReclaim: 800, compaction: 700, mapLock: 600 }),
  late: lateOf({
    behind: { lateNs: 2e9, by: { tid: 20, tgid: 20, name: 'zstd' } },
    lock: { lateNs: 1e9, by: { tid: 11, tgid: 10, name: 'saver' } },
    'wake-up': { lateNs: 9e8, by: { tid: 20, tgid: 20, name: 'zstd' } },
    softirq: { lateNs: 8e8, by: { tid: null, tgid: null, name: 'NET_RX' } },
  }),
  throttling: [{ cgroup: '/a', cpus: 1, tgids: [10], periods: 10, throttledPeriods: 9, throttledNs: 1e9 }],
  memoryLimits: [
    {
      at: { version: 2, cgroup: '/a', folder: '/cg/a' },
      limit: { kind: 'high', bytes: 1n << 30n },
      usedBytes: 1n << 30n,
      hits: 900,
      refaults: 9000,
      stalledNs: 1e9,
      tgids: [10],
    },
  ],
  memory: new Map([
    [
      10,
      {
        swapBytes: 4096,
        lockedBytes: 4096,
        lockLimit: { soft: 4096n, hard: 'unlimited' },
        mayLockBeyond: false,
      },
    ],
  ]),
});

describe('a diagnosis', () => {
  it('has every rule speak in a storm, each in every language, the heaviest first', () => {
    const { findings, closest } = diagnose(storm);
    // Memory is either taken again, or new; and new when it starts, or later.
    const others = RULES.map((rule) => rule.id).filter((id) => id !== 'cold-start' && id !== 'new-memory');
    expect(new Set(findings.map((one) => one.rule))).toEqual(new Set(others));
    expect(closest.map((one) => one.text.en)).toEqual([
      'touching all for the first time',
      'touching new memory',
    ]);
    const ranks = findings.map((one) => one.rankRatio);
    expect(ranks).toEqual([...ranks].sort((a, b) => b - a));
    expect(findings[0]?.rule).toBe('throttled');
    for (const finding of findings) {
      expect(finding.weightRatio).toBeGreaterThan(0);
      expect(finding.weightRatio).toBeLessThanOrEqual(1);
      const texts = [finding.verdict, finding.summary, ...finding.evidence.map((one) => one.text)];
      for (const text of texts) for (const language of LANGUAGES) expect(text[language].trim()).not.toBe('');
      expect(finding.summary.ko).toMatch(/\p{Script=Hangul}/u);
    }
  });

  it('finds nothing in a quiet window, and says how close each rule came', () => {
    const { findings, closest, gaps } = diagnose(
      windowOf({ processes: [{ tgid: 10 }], target: new Set([10]), late: lateOf({}) }),
    );
    expect([findings, gaps]).toEqual([[], []]);
    expect(closest).toHaveLength(RULES.length);
  });

  it('lists with each finding the causes that were ruled out', () => {
    const window = windowOf({ pressurePct: { memory: 50 } });
    const against = diagnose(window).findings[0]?.against.map((one) => one.text.en);
    expect(against).toContain('steal');
    expect(against).not.toContain('memory pressure');
  });
});
