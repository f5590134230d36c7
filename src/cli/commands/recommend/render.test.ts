import { describe, expect, it } from 'vitest';
import type { MeasuredWork } from '../../../app/measure-work.ts';
import type { Recommended } from '../../../app/recommend-placement.ts';
import { NEVER_TRIED, type Tried } from '../../../app/tried-before.ts';
import { CpuSet } from '../../../base/cpu-set.ts';
import { classify } from '../../../diagnosis/classify.ts';
import { diagnose } from '../../../diagnosis/diagnose.ts';
import { processOf } from '../../../diagnosis/testing/process.ts';
import { windowOf } from '../../../diagnosis/testing/windows.ts';
import { processWork, threadWork } from '../../../diagnosis/testing/work.ts';
import { wantedBy } from '../../../placement/artefact.ts';
import { ARTEFACT_WRITERS } from '../../../placement/artefacts/index.ts';
import { recommend } from '../../../placement/recommend.ts';
import type { Situation } from '../../../placement/situation.ts';
import { captured } from '../../../placement/testing/machines.ts';
import { type Changes, other, situation, thread, tick } from '../../../placement/testing/situations.ts';
import type { KeptCandidate } from '../../../trial/kept-trial.ts';
import { trialOf } from '../../../trial/testing/kept-trials.ts';
import { cells, createLook } from '../../output/look.ts';
import { analyzeOutput } from '../analyze/render.ts';
import { recommendOutput } from './render.ts';

const look = (language: 'en' | 'ko' = 'en') =>
  createLook({ language, width: 80, unicode: true, colour: false });
const VIEW = { all: false, form: null, sysroot: undefined } as const;

function measuredOf(threads = [threadWork(100)]): MeasuredWork {
  const work = processWork({ threads, cacheMisses: { missing: 'absent', path: 'perf_event_open' } });
  const window = windowOf({ processes: [{ tgid: 100 }], target: new Set([100]) });
  return {
    target: { tgid: 100, comm: 'arena', startTicks: 1n, tid: null },
    process: processOf(),
    work,
    classification: classify(work),
    watched: {
      window,
      diagnosis: diagnose(window),
      obtainedBy: 'proc',
      processes: 1,
      threads: 1,
      ownRunNs: 2e8,
      ended: [],
      memory: null,
    },
    interruptsPerSec: new Map(),
    host: undefined as unknown as MeasuredWork['host'],
  };
}

function recommended(changes: Changes, tried: Tried = NEVER_TRIED): Recommended {
  const here: Situation = situation(captured('2s2c2t'), changes);
  const names = (all: Tried['helps']) => all.map(({ candidate }) => candidate.name);
  const recommendation = recommend(here, null, { helps: names(tried.helps), hurts: names(tried.hurts) });
  const wanted = recommendation.choice === null ? null : wantedBy(recommendation.choice, here);
  const artefacts =
    wanted === null ? [] : ARTEFACT_WRITERS.map(({ form, write }) => ({ form, answer: write(wanted) }));
  return { measured: measuredOf(), situation: here, recommendation, tried, groups: [], artefacts };
}

const hog = other({ unit: 'backup.service' });

describe('keel recommend as text', () => {
  it('is the answer, why, now, for good, and undo, for the one who holds the CPU', () => {
    expect(
      recommendOutput(recommended({ others: [hog] }), VIEW)
        .lines(look())
        .join('\n'),
    ).toMatchInlineSnapshot(`
      "DO NOT PIN. Run backup.service in the idle class.
        here     backup.service ran 90.0 % of a CPU while the target waited 2.0 % of
                 the time
        gain     at most the 2.0 % of the time in which it waited for a CPU. Not
                 proved here yet: only a trial on this process proves it
        price    backup.service gets only what others leave, and takes longer
        now      keel pin 900 --policy idle --for 10m    undone by itself after 10 min
        systemd  /etc/systemd/system/backup.service.d/50-evenkeel.conf
                   [Service]
                   CPUSchedulingPolicy=idle
                 systemctl daemon-reload
                 systemctl restart backup.service
        undo     rm /etc/systemd/system/backup.service.d/50-evenkeel.conf
                 systemctl daemon-reload
                 systemctl restart backup.service
        forms    --as taskset, docker, podman
        or       ≤2.0 %  pin thread tick 100 to core:3 (6-7), the others to 0-5
        or       ≤2.0 %  pin every thread to core:3 (6-7), one core with its siblings
        or       ≤2.0 %  keep others off core:3 (6-7), and pin every thread there
      Measured for 10 s; that took 2.0 % of one CPU. Nothing was changed.
      Next: keel optimize 100"
    `);
  });

  it('asks for a look at it while it works, where it did not', () => {
    const lines = recommendOutput(
      recommended({ target: { threads: [thread(100, { runPct: 0 })] } }),
      VIEW,
    ).lines(look());
    expect(lines[0]).toMatch(/^NO ADVICE YET/);
    expect(lines.at(-1)).toBe('Next: keel why 100 --for 30s');
  });

  it('pins with our own command, and says so where a form cannot', () => {
    const pinned = recommended({ target: { threads: [tick(100, { affinity: CpuSet.of(1) })] } });
    const lines = recommendOutput(pinned, { ...VIEW, form: 'libvirt' }).lines(look());
    expect(lines.join('\n')).toContain('keel pin 100 0-7 --for 10m');
    expect(lines.join('\n')).toContain('libvirt  it is no guest of QEMU');
  });

  it('has a line for each move, and each thread is in one only', () => {
    const threads = [tick(100), thread(101, { runPct: 3 }), thread(102, { runPct: 2 })];
    const moved = recommended({ target: { threads } });
    const lines = recommendOutput(moved, VIEW).lines(look()).join('\n');
    expect(lines).toMatch(/now +keel pin 100 \S+ --threads 100 --for 10m/);
    expect(lines).toMatch(/now +keel pin 100 \S+ --threads 101,102 --for 10m/);
    expect(recommendOutput(moved, VIEW).json).toMatchObject({
      now: expect.stringMatching(/^keel pin 100 \S+ --threads 100 .* && keel pin 100 \S+ --threads 101,102 /),
    });
  });

  it.each(['en', 'ko'] as const)(
    'wraps prose at 80 columns in %s, and no name steers the terminal',
    (language) => {
      const hostile = other({ comm: 'x\u001b[2J\ny' });
      const lines = recommendOutput(recommended({ others: [hostile] }), { ...VIEW, all: true }).lines(
        look(language),
      );
      for (const line of lines) {
        expect([line, cells(line) <= 80]).toEqual([line, true]);
        expect(line).not.toMatch(/[\u001b\n]/);
      }
    },
  );
});

describe('keel recommend after trials', () => {
  const judged = (name: string, effectPct: number, ends: readonly [number, number]) => {
    const trial = trialOf();
    const summary = { en: `do ${name}`, ko: `${name} 적용` };
    return {
      trial,
      candidate: { ...(trial.candidates[0] as KeptCandidate), name, summary, effectPct, intervalPct: ends },
    };
  };
  const helps = [judged('one core:6-7', -83, [-89, -75])];
  const hurts = [judged('idle:backup.service', 64, [31, 102])];
  const text = (tried: Partial<Tried>) =>
    recommendOutput(recommended({ others: [hog] }, { ...NEVER_TRIED, ...tried }), VIEW)
      .lines(look())
      .join('\n');

  it('follows a proof before any bound, and says what hurts and how to have it again', () => {
    const lines = text({ helps, hurts });
    expect(lines).toMatch(/^PROVEN: pin every thread to core:3/);
    expect(lines).toContain('proved   one core:6-7: waiting per wake-up -83 % (-89 to -75 %), t-6; do');
    expect(lines).not.toContain('Not proved here yet');
  });

  it('does not advise what hurts', () => {
    expect(text({ hurts })).not.toMatch(/^DO NOT PIN. Run backup.service/);
  });

  it('says that it is in force, and its undo', () => {
    const lines = text({ helps, inForce: 'c-20' });
    expect(lines).toMatch(/t-6, in force\s+as c-20/);
    expect(lines).toContain('keel undo c-20');
    expect(lines).not.toContain('--apply');
  });
});

describe('keel recommend as JSON', () => {
  it('has every strategy either among the proposals or among the refusals', () => {
    const { json } = recommendOutput(recommended({ others: [hog] }), VIEW);
    expect(json).toMatchObject({
      schema: 'keel.recommend/1',
      answer: 'do-not-pin',
      choice: {
        strategy: 'lower-hog',
        moves: [{ tgid: 900, threads: 'all', scheduling: { policy: 'idle' } }],
      },
      now: 'keel pin 900 --policy idle --for 10m',
    });
    const named = [json.choice, ...(json.others as unknown[]), ...(json.notApplied as unknown[])] as {
      strategy: string;
    }[];
    expect(new Set(named.map((one) => one.strategy)).size).toBe(18);
  });
});

describe('keel analyze', () => {
  const clock = { perSec: 64, events: 640, errorEvents: 0.3, randomnessRatio: 0.03 };
  const arena = measuredOf([threadWork(100, { comm: 'tick', runPct: 38, wakeUps: clock }), threadWork(101)]);

  it('says the class, its numbers, what it is not, what is unknown, and the threads', () => {
    expect(analyzeOutput(arena, 6).lines(look()).join('\n')).toMatchInlineSnapshot(`
      "PERIODIC, LATENCY-BOUND: arena 100, 2 threads, 43.0 % of a CPU
        for      tick 100 wakes at a steady 64.0 Hz (or a multiple of its tick), off
                 by 0.3 wake-ups at most times
        for      share of the work that tick 100 does 88.4 % (limit 20.0 %); wake-ups
                 counted 640 (limit 200)
        against  cpu-bound, steady: the busiest thread ran or waited for a CPU 38.0 %
                 (limit 80.0 %)
        against  oversubscribed: its threads wanted, of the 4 CPUs it may use 10.8 %
                 (limit 110.0 %)
        against  cpu-bound, in bursts: in the busiest tenth of the intervals it wanted
                 6.0 % (limit 80.0 %)
        —        cache-sensitive: perf_event_open, this kernel or machine does not
                 provide it
      TID  thread  role       run  delay  wakes/s  moves/s  class
      100  tick    tick    38.0 %  0.0 %       10        0  latency_periodic
      101  t101    helper   5.0 %  0.0 %       10        0  balanced
      10 s in 100 intervals; that took 2.0 % of one CPU.
      Next: keel why 100"
    `);
  });

  it('has the fields that others rely on', () => {
    const { json } = analyzeOutput(arena, 6);
    expect(json).toMatchObject({
      schema: 'keel.analyze/1',
      class: 'latency_periodic',
      threads: [{ tid: 100, role: 'tick', class: 'latency_periodic', tickHz: 64 }, { role: 'helper' }],
      gaps: [{ field: 'cacheMisses', reason: 'absent' }],
    });
  });

  it('names the time that would tell', () => {
    const short = measuredOf([threadWork(100, { comm: 'tick', wakeUps: { ...clock, events: 41 } })]);
    const lines = analyzeOutput(short, 6).lines(look());
    expect(lines[0]).toBe('UNKNOWN: tick 100 woke 41 times in 10 s; 200 wake-ups are needed to call it');
    expect(lines.at(-1)).toBe('Next: keel analyze 100 --for 4s');
  });

  it('fits 80 columns in Korean', () => {
    for (const line of analyzeOutput(arena, 6).lines(look('ko')))
      expect([line, cells(line) <= 80]).toEqual([line, true]);
  });
});
