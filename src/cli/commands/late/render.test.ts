import { describe, expect, it } from 'vitest';
import { missing } from '../../../base/missing.ts';
import { summarizeLateness } from '../../../model/late/summary.ts';
import { HOG, IDLE, played, switched, TARGET, waking, wokenUp } from '../../../model/late/testing/scenes.ts';
import type { WatchedLate } from '../../../model/late/watched.ts';
import { cells, createLook } from '../../output/look.ts';
import { shownMoment } from './moment.ts';
import { lateOutput } from './render.ts';

const look = (language: 'en' | 'ko' = 'en') =>
  createLook({ language, width: 80, unicode: true, colour: false });
const VIEW = { target: 'arena', threads: true };
const hostile = { ...HOG, comm: 'x\u001b[2J\ny' };

/** Ten seconds in which the target is woken at 64 Hz, and each eighth tick waits for 3 ms behind another task. */
function ticking() {
  const events = Array.from({ length: 640 }, (_, i) => {
    const dueNs = 1e6 + (i * 1e9) / 64;
    const waitNs = i % 8 === 7 ? 3e6 : 5_000;
    const timer = { level: 'interrupt', name: 'local timer' } as const;
    return [
      waking(dueNs, { cpu: 0, witness: hostile.tid, context: 'interrupt', interrupt: timer }),
      wokenUp(dueNs, { cpu: 0, witness: hostile.tid }),
      switched(dueNs + waitNs, hostile, TARGET, { left: 'runnable' }),
      switched(dueNs + waitNs + 4e6, TARGET, hostile),
    ];
  }).flat();
  return played(events, 10e9, { overNs: 1e6 });
}

function watched(over: Partial<WatchedLate> = {}): WatchedLate {
  return {
    target: { tgid: 10, tid: null, comm: 'arena' },
    startedUnixMs: 0,
    startedNs: 0n,
    elapsedNs: 10e9,
    overNs: 1e6,
    obtainedBy: 'bpf',
    because: null,
    events: 2560,
    lost: 0,
    healedNs: 0,
    unseenSwitches: 0,
    incomplete: [],
    entryNs: 0,
    shortFaults: 0,
    shortFaultNs: 0,
    identities: [{ identity: 'run-delay', oursNs: 243e6, kernelNs: 240e6 }],
    counts: [{ count: 'switches', ours: 640, kernel: 640 }],
    ownCpuNs: 50e6,
    ended: false,
    summary: summarizeLateness(ticking(), 0, 1e6),
    ...over,
  };
}

describe('moves to other CPUs', () => {
  const analysis = played(
    [
      switched(1e6, TARGET, IDLE),
      waking(2e6),
      wokenUp(2e6),
      { kind: 'migrate', timeNs: 3e6, cpu: 2, witness: HOG.tid, tid: TARGET.tid, toCpu: 2 },
      switched(5e6, IDLE, TARGET, { cpu: 2 }),
    ],
    6e6,
    { distance: () => 'other-package' },
  );
  const output = lateOutput(watched({ summary: summarizeLateness(analysis, 0, 1e6) }), VIEW);

  it('are told with how far, in the language of the reader', () => {
    const lines = (language: 'en' | 'ko') => output.lines(look(language)).join('\n');
    expect(lines('en')).toContain('Moved to another CPU 1 time: other package 1.');
    expect(lines('en')).toMatch(/M migration .*\n {6}other package 2 ms/);
    expect(lines('ko')).toMatch(/M 마이그레이션 .*\n {6}다른 패키지 2 ms/);
  });

  it('are in the document', () => {
    expect(output.json).toMatchObject({ moves: [{ distance: 'other-package', moves: 1 }] });
  });
});

describe('keel late as text', () => {
  it('says the answer, the histogram, the causes, and how it was obtained', () => {
    expect(
      lateOutput(watched(), { ...VIEW, threads: false })
        .lines(look())
        .join('\n'),
    ).toMatchInlineSnapshot(`
      "80 LATE MOMENTS of 640 ticks (12.5 %), 240 ms in all: arena 10, 64 Hz
        lateness        ticks
        under 50 µs       560  ████████████████████████████████
        50 µs - 250 µs      0
        250 µs - 1 ms       0
        1 ms - 2 ms         0   late
        2 ms - 4 ms        80  ████▋
        late time by cause            moments    time    share
        T waiting behind other tasks       80  240 ms  100.0 %  ██████████████
            x\\x1b[2J\\ny 20 240 ms
        ? unexplained                       0    0 ns    0.0 %
        total                              80  240 ms  100.0 %
      Obtained by BPF: 2,560 events, 0 lost; keel itself used 0.5 % of one CPU.
      Checked: waited for CPUs 243 ms, kernel 240 ms (+1.3 %); switches 640, kernel
      640.
      Next: keel late arena --show 1     the worst moment, part by part"
    `);
  });

  it('says that there is no tick, and no moment', () => {
    const quiet = played([switched(0, IDLE, TARGET), switched(1_000, TARGET, IDLE)], 10e9, { overNs: 1e6 });
    const lines = lateOutput(watched({ summary: summarizeLateness(quiet, 0, 1e6) }), VIEW).lines(look());
    expect(lines[0]).toBe('NO LATE MOMENTS over 1 ms in 10 s: arena 10');
    expect(lines[1]).toMatch(/^NO TICK FOUND/);
  });

  it('says of a thread that sleeps and works that it is free-running, in the language of the reader', () => {
    const freeRunning = { task: hostile, medianHz: 57.31 };
    const summary = { ...watched().summary, tick: null, freeRunning };
    const output = lateOutput(watched({ summary }), VIEW);
    const text = (language: 'en' | 'ko') => output.lines(look(language)).slice(1, 6).join(' ');
    expect(text('en')).toContain('x\\x1b[2J\\ny 20 is free-running, median 57.3 Hz');
    expect(text('ko')).toMatch(/정해진 시각 없이 .*57\.3 Hz/);
    expect(output.json).toMatchObject({ tick: null, freeRunning: { tid: 20, medianHz: 57.31 } });
  });

  it('says of a timer that is set again what a late tick does', () => {
    const { tick } = watched().summary;
    if (tick === null) throw new Error('no tick');
    const summary = { ...watched().summary, tick: { ...tick, timer: 'restarts' as const } };
    const output = lateOutput(watched({ summary }), VIEW);
    expect(output.lines(look())[1]).toMatch(/^Its timer is set again when it fires/);
    expect(output.json).toMatchObject({ tick: { timer: 'restarts' }, freeRunning: null });
  });

  it('names missing records, and a target that ended', () => {
    const incomplete = [{ tid: 10, comm: 'arena', missing: 40 }];
    const output = lateOutput(watched({ incomplete, ended: true, elapsedNs: 4e9 }), VIEW);
    const text = output.lines(look()).join('\n');
    expect(text).toContain('RECORDS ARE MISSING: 40 switches of arena 10; the times above are low.');
    expect(text).toContain('arena 10 ended after 4.0 s');
    expect(output.exitCode).toBe(5);
  });

  it.each(['en', 'ko'] as const)('fits 80 columns in %s, and no name steers the terminal', (language) => {
    const moments = shownMoment(
      {
        format: 'keel-late 1',
        target: { tgid: 10, tid: null, comm: 'arena' },
        startedUnixMs: 0,
        moments: watched().summary.kept,
        usualRunNs: null,
      },
      'arena',
      1,
    );
    for (const line of [
      ...lateOutput(watched(), VIEW).lines(look(language)),
      ...moments.lines(look(language)),
    ]) {
      expect([line, cells(line) <= 80]).toEqual([line, true]);
      expect(line).not.toMatch(/[\u001b\n]/);
    }
  });
});

describe('keel late as JSON', () => {
  it('has the fields that others rely on', () => {
    const { json, findings } = lateOutput(watched(), VIEW);
    expect(findings).toBe(80);
    expect(json).toMatchObject({
      schema: 'keel.late/1',
      elapsedNs: 10e9,
      moments: 80,
      byCause: [{ cause: 'behind', moments: 80, by: [{ tid: 20, comm: hostile.comm }] }],
      tick: { tid: 10, comm: 'arena' },
      reconciliation: [{ identity: 'run-delay', oursNs: 243e6, kernelNs: 240e6 }],
      lost: 0,
      obtainedBy: 'bpf',
      overheadPct: 0.5,
      gaps: [],
    });
    expect((json.tick as { hz: number }).hz).toBeCloseTo(64, 3);
  });

  it('tells why moments are not known', () => {
    const because = missing('denied', 'bpf(2)');
    const summary = { ...watched().summary, moments: null };
    const { json } = lateOutput(watched({ obtainedBy: 'proc', because, summary }), VIEW);
    expect(json).toMatchObject({ moments: null, gaps: [{ field: 'moments', reason: 'denied' }] });
  });

  it('tells which causes rings of tracepoints know nothing of, and why not by BPF', () => {
    const because = missing('denied', 'bpf(2)', 'EPERM');
    const output = lateOutput(watched({ obtainedBy: 'ring', because }), VIEW);
    expect(output.json).toMatchObject({ obtainedBy: 'ring', moments: 80 });
    const gaps = output.json.gaps as readonly { field: string; reason: string; hint: string }[];
    expect(gaps.map(({ field }) => field)).toEqual(
      ['lock', 'condition', 'io', 'quota', 'steal'].map((cause) => `byCause.${cause}`),
    );
    expect(gaps[0]).toMatchObject({ reason: 'denied', hint: expect.stringContaining('only BPF tells it') });
    expect(output.lines(look()).join(' ')).toMatch(
      /Obtained by perf rings: .* Only BPF \(EPERM\) tells locks/,
    );
    expect(output.lines(look('ko')).join(' ')).toContain('perf 링으로 측정');
  });
});

it('refuses to show a moment of another watch, or one that is not there', () => {
  expect(() => shownMoment(null, 'arena', 1)).toThrow('no watch is kept');
  const kept = {
    format: 'keel-late 1',
    target: { tgid: 9, tid: null, comm: 'net' },
    startedUnixMs: 0,
    moments: [],
    usualRunNs: null,
  } as const;
  expect(() => shownMoment(kept, 'arena', 1)).toThrow('the last watch was of net 9, not of arena');
  expect(() => shownMoment(kept, '9', 1)).toThrow('there is no moment 1');
});
