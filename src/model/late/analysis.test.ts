import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LateAnalysis } from './analysis.ts';
import type { LateEvent } from './events.ts';
import type { LateMoment, MomentShare, TellMoment } from './moments.ts';
import {
  HOG,
  IDLE,
  interrupted,
  labelsOf,
  OTHER,
  played,
  SISTER,
  switched,
  TARGET,
  waking,
  wokenUp,
} from './testing/scenes.ts';

const RUNNABLE = { left: 'runnable' } as const;

describe('moments that are told as they end', () => {
  const preempted = (atNs: number) => [
    switched(atNs, TARGET, HOG, RUNNABLE),
    switched(atNs + 400_000, HOG, TARGET, RUNNABLE),
  ];

  it('are those over the limit, and nothing is kept of them', () => {
    const told: LateMoment[] = [];
    const shares: MomentShare[] = [];
    const tell: TellMoment = (moment, of) => {
      told.push(moment);
      shares.push(...of);
    };
    const events = [switched(100, IDLE, TARGET), ...preempted(1_000), ...preempted(501_000)];
    const analysis = played(events, 2_000_000, { overNs: 300_000, tell });
    expect(told).toMatchObject([
      { tid: TARGET.tid, fromNs: 1_000, lateNs: 400_000, parts: [{ label: 'preempted', by: { tid: 20 } }] },
      { fromNs: 501_000, lateNs: 400_000 },
    ]);
    expect(shares).toMatchObject(
      [1, 2].map(() => ({ cause: 'preempted', by: { tid: 20 }, lateNs: 400_000 })),
    );
    const [ledger] = analysis.ledgers;
    expect(ledger?.moments('stretches').kept).toEqual([]);
    expect(ledger?.moments('activations').kept).toEqual([]);
    expect(ledger?.activations.count).toBe(0);
  });
});

describe('what an instant is', () => {
  it('is preempted by the task that came, and behind those that came after it', () => {
    const analysis = played(
      [
        switched(100, IDLE, TARGET),
        switched(1_000, TARGET, HOG, RUNNABLE),
        switched(501_000, HOG, OTHER, RUNNABLE),
        switched(801_000, OTHER, TARGET),
      ],
      900_000,
    );
    expect(labelsOf(analysis)).toEqual({ unseen: 100, run: 99_900, preempted: 500_000, behind: 300_000 });
    const tally = analysis.ledgers[0]?.moments('stretches').all;
    expect(tally?.byCause()).toMatchObject([
      { cause: 'preempted', by: [{ holder: { tid: 20, name: 'zstd' }, lateNs: 500_000 }] },
      { cause: 'behind', by: [{ holder: { tid: 30, name: 'cc1' }, lateNs: 300_000 }] },
    ]);
  });

  it('learns from the next switch who ran where it was queued', () => {
    const analysis = played(
      [
        switched(1_000, TARGET, IDLE),
        waking(10_000),
        wokenUp(12_000),
        switched(312_000, HOG, TARGET, RUNNABLE),
      ],
      400_000,
    );
    expect(labelsOf(analysis)).toEqual({ run: 89_000, idle: 9_000, 'wake-up': 2_000, behind: 300_000 });
  });

  it('is the same where the wake-up is told with the switch, or before the first one of others', () => {
    const waking = { timeNs: 10_000, waker: OTHER, context: 'task', interrupt: null, sleep: null } as const;
    const woken = { waking, queuedNs: 12_000, sleptAsBefore: false };
    const before = switched(1_000, TARGET, IDLE);
    const behindOne = [before, switched(312_000, HOG, TARGET, { left: 'runnable', woken })];
    expect(labelsOf(played(behindOne, 400_000))).toEqual({
      run: 89_000,
      idle: 9_000,
      'wake-up': 2_000,
      behind: 300_000,
    });
    const behindTwo = played(
      [
        before,
        { kind: 'woken', timeNs: 12_000, tid: TARGET.tid, onCpu: 0, ...woken },
        switched(112_000, HOG, OTHER, RUNNABLE),
        switched(312_000, OTHER, TARGET, RUNNABLE),
      ],
      400_000,
    );
    expect(behindTwo.ledgers[0]?.moments('stretches').all.byCause()[0]?.by).toMatchObject([
      { holder: { tid: OTHER.tid }, lateNs: 200_000 },
      { holder: { tid: HOG.tid }, lateNs: 100_000 },
    ]);
  });

  it('charges a short hand-over to the wake-up, and an idle CPU too', () => {
    const handOver = [
      switched(1_000, TARGET, HOG),
      waking(10_000),
      wokenUp(11_000),
      switched(41_000, HOG, TARGET, RUNNABLE),
    ];
    expect(labelsOf(played(handOver, 50_000))).toMatchObject({ 'wake-up': 31_000 });
    const idle = [
      switched(1_000, TARGET, IDLE),
      waking(10_000),
      wokenUp(11_000),
      switched(211_000, IDLE, TARGET),
    ];
    expect(labelsOf(played(idle, 250_000))).toMatchObject({ 'wake-up': 201_000 });
  });

  it('is the quota until its period timer expires, and a queue behind that', () => {
    const throttled = { ...RUNNABLE, throttled: true, quotaTimer: 7 };
    const events: LateEvent[] = [
      switched(0, IDLE, TARGET),
      switched(20_000_000, TARGET, IDLE, throttled),
      { kind: 'quota-expiry', timeNs: 60_000_000, timer: 8 },
      { kind: 'quota-expiry', timeNs: 100_000_000, timer: 7 },
      switched(100_010_000, IDLE, HOG),
      switched(101_000_000, HOG, TARGET, RUNNABLE),
    ];
    const labels = labelsOf(played(events, 102_000_000));
    expect(labels).toEqual({ run: 21e6, quota: 80e6, unexplained: 10_000, behind: 990_000 });
  });

  it('is the interrupt on the queue that it left, told by whoever moved it there', () => {
    const wakingOf = { timeNs: 20_000, waker: OTHER, context: 'interrupt', sleep: null } as const;
    const interrupt = { level: 'interrupt', name: 'local timer' } as const;
    const events: LateEvent[] = [
      switched(0, IDLE, TARGET),
      switched(10_000, TARGET, HOG),
      {
        kind: 'woken',
        timeNs: 21_000,
        tid: 10,
        onCpu: 0,
        waking: { ...wakingOf, interrupt },
        queuedNs: 21_000,
        sleptAsBefore: false,
      },
      { ...interrupted(19_000, 30_000, HOG), witness: null },
      { kind: 'migrate', timeNs: 40_000, cpu: 2, witness: SISTER.tid, tid: 10, toCpu: 1 },
      switched(50_000, SISTER, TARGET, { cpu: 1, left: 'runnable' }),
    ];
    const analysis = played(events, 60_000);
    expect(labelsOf(analysis)).toMatchObject({ interrupt: 10_000, run: 20_000, idle: 10_000 });
    expect([...(analysis.ledgers[0]?.totals.values() ?? [])].reduce((sum, ns) => sum + ns, 0)).toBe(60_000);
    expect(analysis.healed.unseenSwitches).toBe(0);
  });

  it('is an interrupt before anything that goes on below it, the innermost of nested ones', () => {
    const events = [
      switched(0, IDLE, TARGET),
      interrupted(30_000, 40_000, TARGET),
      interrupted(20_000, 60_000, TARGET, { interrupt: { level: 'softirq', name: 'NET_RX' } }),
      switched(100_000, TARGET, IDLE),
    ];
    expect(labelsOf(played(events, 100_000))).toEqual({ run: 60_000, interrupt: 10_000, softirq: 30_000 });
    expect(labelsOf(played(events, 100_000, { entryNs: 4_000 }))).toEqual({
      run: 56_000,
      'interrupt-entry': 4_000,
      interrupt: 10_000,
      softirq: 30_000,
    });
  });

  it('is what the hypervisor took, where the CPU lost time', () => {
    const events = [
      switched(0, IDLE, TARGET, { stealNs: 5_000_000 }),
      interrupted(999_000, 1_000_000, TARGET, { stealNs: 5_400_000 }),
      switched(2_000_000, TARGET, IDLE, { stealNs: 5_400_000 }),
    ];
    const labels = labelsOf(played(events, 2_000_000));
    expect(labels.steal).toBe(400_000);
    expect(labels.run).toBeGreaterThan(1_590_000);
  });

  it('is a page fault while it sleeps in one, and its cause in the queue while it waits there', () => {
    const events: LateEvent[] = [
      switched(0, IDLE, TARGET),
      switched(10_000, TARGET, HOG, { left: 'blocked', inFault: true }),
      waking(3_000_000, {
        context: 'interrupt',
        interrupt: { level: 'interrupt', name: 'vda' },
        sleep: 'storage',
      }),
      wokenUp(3_000_000),
      switched(4_000_000, HOG, TARGET, RUNNABLE),
      { kind: 'fault', timeNs: 4_010_000, sinceNs: 9_000, tid: TARGET.tid, major: true, place: '/srv/a.pak' },
      switched(4_100_000, TARGET, IDLE),
    ];
    const analysis = played(events, 4_100_000);
    expect(labelsOf(analysis)).toEqual({ run: 99_000, 'page-fault': 3_001_000, behind: 1_000_000 });
    const [moment] = analysis.ledgers[0]?.moments('stretches').kept ?? [];
    expect(moment).toMatchObject({
      lateNs: 4_001_000,
      parts: [{ by: { name: '/srv/a.pak' } }, { label: 'behind' }, {}],
    });
  });

  it.each([
    ['a lock that a thread of its own released', { sleep: 'lock', waker: SISTER }, 'lock'],
    ['a lock of another process', { sleep: 'lock', waker: OTHER }, 'idle'],
    ['a time-out of a lock', { sleep: 'lock', waker: SISTER, context: 'interrupt' }, 'idle'],
    ['a condition', { sleep: 'condition', waker: SISTER }, 'condition'],
    ['storage', { sleep: 'storage', context: 'interrupt' }, 'io'],
    ['something to read', { sleep: 'input', waker: OTHER }, 'idle'],
    ['a timer', { sleep: 'intended', context: 'interrupt' }, 'idle'],
    ['a wake-up that did not look, after a short sleep', { sleep: null }, 'idle'],
  ] as const)('sleeping for %s', (_, woken, label) => {
    const events = [
      switched(0, IDLE, TARGET),
      switched(10_000, TARGET, IDLE),
      waking(110_000, { ...woken }),
      wokenUp(110_000),
      switched(110_000, IDLE, TARGET),
    ];
    expect(labelsOf(played(events, 110_000))).toEqual({ run: 10_000, [label]: 100_000 });
  });

  it('tells how far a thread was moved, by the time it took and by the number of moves', () => {
    const analysis = played(
      [
        switched(1_000, TARGET, IDLE),
        waking(10_000),
        wokenUp(10_000, { onCpu: 0 }),
        switched(20_000, IDLE, HOG),
        { kind: 'migrate', timeNs: 150_000, cpu: 2, witness: OTHER.tid, tid: TARGET.tid, toCpu: 2 },
        switched(190_000, IDLE, TARGET, { cpu: 2 }),
      ],
      200_000,
      { distance: (from, to) => (from === 0 && to === 2 ? 'other-package' : null) },
    );
    expect(analysis.moves).toEqual(new Map([['other-package', 1]]));
    const tally = analysis.ledgers[0]?.moments('stretches').all.byCause();
    expect(tally?.find((one) => one.cause === 'migration')?.by).toMatchObject([
      { holder: { tid: null, name: 'other-package' }, lateNs: 50_000 },
    ]);
  });

  it('follows a thread that is moved while it waits', () => {
    const events: LateEvent[] = [
      switched(0, IDLE, TARGET),
      switched(10_000, TARGET, HOG, RUNNABLE),
      { kind: 'migrate', timeNs: 510_000, cpu: 1, witness: OTHER.tid, tid: TARGET.tid, toCpu: 1 },
      switched(1_010_000, OTHER, TARGET, { ...RUNNABLE, cpu: 1 }),
    ];
    const analysis = played(events, 1_010_000);
    expect(labelsOf(analysis)).toEqual({ run: 10_000, preempted: 500_000, behind: 500_000 });
    expect(analysis.ledgers[0]?.states.counts.migrations).toBe(1);
  });
});

describe('switches that were not told', () => {
  it('are found by the witness of another event, and placed at the event before it', () => {
    const events = [
      switched(0, IDLE, TARGET),
      switched(10_000, TARGET, HOG, RUNNABLE),
      interrupted(200_000, 210_000, HOG),
      interrupted(400_000, 410_000, OTHER),
      switched(510_000, OTHER, TARGET),
    ];
    const analysis = played(events, 510_000);
    expect(labelsOf(analysis)).toEqual({
      run: 10_000,
      preempted: 190_000,
      interrupt: 20_000,
      behind: 290_000,
    });
    expect(analysis.healed).toEqual({ healedNs: 200_000, unseenSwitches: 1 });
  });
});

const time = fc.integer({ min: 0, max: 100_000 });
const task = fc.constantFrom(TARGET, SISTER, HOG, OTHER, IDLE);
const target = fc.constantFrom(TARGET.tid, SISTER.tid);
const cpu = fc.integer({ min: 0, max: 2 });
const event: fc.Arbitrary<LateEvent> = fc.oneof(
  fc
    .record({
      timeNs: time,
      cpu,
      previous: task,
      next: task,
      left: fc.constantFrom('runnable', 'asleep', 'blocked', 'ended'),
      throttled: fc.boolean(),
      quotaTimer: fc.constantFrom(null, 7),
      inFault: fc.boolean(),
      stealNs: fc.option(time),
    })
    .map((one) => switched(one.timeNs, one.previous, one.next, one)),
  fc
    .record({ timeNs: time, cpu, tid: target, sleep: fc.constantFrom('lock', 'storage', 'unknown', null) })
    .map((one) => waking(one.timeNs, one)),
  fc.record({ timeNs: time, cpu, tid: target, onCpu: cpu }).map((one) => wokenUp(one.timeNs, one)),
  fc
    .record({ timeNs: time, cpu, witness: fc.constant(20), tid: target, toCpu: cpu })
    .map((one) => ({ kind: 'migrate' as const, ...one })),
  fc
    .record({ sinceNs: time, timeNs: time, task, cpu })
    .map((one) => interrupted(one.sinceNs, one.timeNs, one.task, { cpu: one.cpu })),
  fc
    .record({ timeNs: time, sinceNs: time, tid: target, major: fc.boolean() })
    .map((one) => ({ kind: 'fault' as const, place: 'a', ...one })),
  fc
    .record({ timeNs: time, timer: fc.constantFrom(7, 8) })
    .map((one) => ({ kind: 'quota-expiry' as const, ...one })),
);

describe('whatever comes in, in order or not', () => {
  it('every instant has exactly one label, to the nanosecond', () => {
    fc.assert(
      fc.property(
        fc.array(event, { maxLength: 60 }),
        fc.boolean(),
        fc.nat(5000),
        (events, inOrder, entryNs) => {
          const sent = inOrder ? [...events].sort((a, b) => a.timeNs - b.timeNs) : events;
          const analysis = played(sent, 100_000, { entryNs });
          for (const ledger of analysis.ledgers) {
            const lengths = [...ledger.totals.values()];
            expect(lengths.reduce((sum, ns) => sum + ns, 0)).toBe(100_000);
            expect(lengths.every((ns) => Number.isInteger(ns) && ns > 0)).toBe(true);
          }
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('the parts of each moment, and the causes of all moments, add up', () => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 80 }), (events) => {
        const analysis = played(
          [...events].sort((a, b) => a.timeNs - b.timeNs),
          100_000,
        );
        for (const ledger of analysis.ledgers) {
          for (const as of ['stretches', 'activations'] as const) {
            const { all, kept } = ledger.moments(as);
            const causesNs = all.byCause().reduce((sum, share) => sum + share.lateNs, 0);
            expect(causesNs).toBe(all.lateNs);
            expect(kept.reduce((sum, moment) => sum + moment.lateNs, 0)).toBe(all.lateNs);
            for (const { parts, lateNs, furtherNs } of kept) {
              const partsNs = parts
                .filter((part) => part.label !== 'run')
                .reduce((sum, part) => sum + part.lengthNs, 0);
              expect(partsNs + furtherNs).toBe(lateNs);
            }
          }
        }
      }),
      { numRuns: 500 },
    );
  });
});

it('follows what was before the accounts begin, and does not count it', () => {
  const options = { tgid: 10, tid: null, startNs: 0, overNs: 1, entryNs: 0, distance: () => null };
  const analysis = new LateAnalysis(options);
  analysis.expect(TARGET);
  analysis.add(switched(1_000, IDLE, TARGET));
  analysis.add(switched(10_000, TARGET, HOG, RUNNABLE));
  analysis.countFrom(50_000);
  analysis.add(switched(110_000, HOG, TARGET, RUNNABLE));
  analysis.finish(150_000);
  expect(labelsOf(analysis)).toEqual({ preempted: 60_000, run: 40_000 });
  expect(analysis.ledgers[0]?.queuedNs).toBe(60_000);
});

it('keeps the first parts of a moment of very many, and the sum of the rest', () => {
  const events: LateEvent[] = [switched(0, IDLE, TARGET), switched(1_000, TARGET, HOG, RUNNABLE)];
  for (let i = 0; i < 1000; i += 1) {
    const [from, to] = i % 2 === 0 ? [HOG, OTHER] : [OTHER, HOG];
    events.push(switched(101_000 + i * 100_000, from, to, RUNNABLE));
  }
  events.push(switched(100_101_000, HOG, TARGET, RUNNABLE));
  const [moment] = played(events, 100_101_000).ledgers[0]?.moments('stretches').kept ?? [];
  const partsNs = moment?.parts.reduce((sum, part) => sum + part.lengthNs, 0) ?? 0;
  expect(moment?.parts.length).toBeLessThan(1000);
  expect(partsNs + (moment?.furtherNs ?? 0)).toBe(moment?.lateNs);
  expect(moment?.lateNs).toBe(100_100_000);
});
