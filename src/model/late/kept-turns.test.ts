import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LateAnalysis } from './analysis.ts';
import { type KeptTurn, type LateEvent, type TaskName, type TurnsEvent, turnsUntil } from './events.ts';
import {
  HOG,
  IDLE,
  interrupted,
  OTHER,
  played,
  SISTER,
  switched,
  TARGET,
  waking,
  wokenUp,
} from './testing/scenes.ts';

const TIMER = { level: 'interrupt', name: 'local timer' } as const;
const STEAL_NS = 0;

/** In the words of a turn, without its times. */
interface Plan {
  readonly before: KeptTurn['before'];
  readonly sleepNs: number;
  readonly wakeNs: number;
  readonly waitNs: number;
  readonly runNs: number;
  readonly from: TaskName;
  readonly waker: TaskName;
  readonly byTimer: boolean;
}

/** The first turn begins when TARGET left its CPU, at `sinceNs`; it had been told how it slept before. */
function turnsOf(plans: readonly Plan[], sinceNs: number): KeptTurn[] {
  let atNs = sinceNs;
  return plans.map(({ before, sleepNs, wakeNs, waitNs, runNs, from, waker, byTimer }) => {
    const isSleep = before !== 'preempted';
    const wakingNs = atNs + (isSleep ? sleepNs : 0);
    const queuedNs = wakingNs + (isSleep ? wakeNs : 0);
    const cameNs = queuedNs + waitNs;
    atNs = cameNs + runNs;
    const context = byTimer ? ('interrupt' as const) : ('task' as const);
    return {
      before,
      wakingNs,
      queuedNs,
      cameNs,
      toNs: atNs,
      from,
      waking: isSleep
        ? { timeNs: wakingNs, waker, context, interrupt: byTimer ? TIMER : null, sleep: null }
        : null,
      interrupt: isSleep && byTimer ? { sinceNs: wakingNs, untilNs: queuedNs, name: TIMER } : null,
    };
  });
}

/** The same one by one, as it is told where nothing is kept. */
function oneByOne(turns: readonly KeptTurn[], sleep: 'condition' | 'intended'): LateEvent[] {
  const events: LateEvent[] = [];
  for (const [i, turn] of turns.entries()) {
    const { from, wakingNs, queuedNs, cameNs, toNs } = turn;
    if (turn.waking !== null) {
      const told = turn.before === 'sleep-as-before' ? sleep : null;
      events.push(waking(wakingNs, { ...turn.waking, sleep: told }), wokenUp(queuedNs));
      if (turn.interrupt !== null) events.push(interrupted(wakingNs, queuedNs, from));
    }
    events.push(switched(cameNs, from, TARGET, { left: 'runnable' }));
    const next = turns[i + 1];
    const left = next?.before === 'preempted' ? 'runnable' : 'asleep';
    events.push(switched(toNs, TARGET, next?.from ?? IDLE, { left }));
  }
  return events;
}

function together(turns: readonly KeptTurn[], sinceNs: number): TurnsEvent {
  const timeNs = turns.at(-1)?.toNs ?? sinceNs;
  return {
    kind: 'turns',
    timeNs,
    tid: TARGET.tid,
    cpu: 0,
    sinceNs,
    turns,
    after: 'sleeps',
    stealNs: STEAL_NS,
  };
}

const length = fc.integer({ min: 1, max: 40_000 });
const plan: fc.Arbitrary<Plan> = fc.record({
  before: fc.constantFrom('short-sleep', 'sleep-as-before', 'preempted'),
  sleepNs: fc.integer({ min: 1, max: 900_000 }),
  wakeNs: fc.integer({ min: 1, max: 9_000 }),
  waitNs: length,
  runNs: fc.integer({ min: 1, max: 300_000 }),
  from: fc.constantFrom(SISTER, OTHER, HOG),
  waker: fc.constantFrom(SISTER, OTHER),
  byTimer: fc.boolean(),
});

/** A first sleep is told as a whole, so that it is known how it sleeps. */
function scene(sleep: 'condition' | 'intended', sinceNs: number): LateEvent[] {
  return [
    switched(1_000, IDLE, TARGET),
    switched(20_000, TARGET, IDLE),
    waking(180_000, { sleep, waker: SISTER }),
    wokenUp(182_000),
    switched(190_000, IDLE, TARGET),
    switched(sinceNs, TARGET, IDLE),
  ];
}

describe('turns that are told together', () => {
  const SINCE_NS = 230_000;

  function outcome(events: readonly LateEvent[], endNs: number, overNs: number) {
    const [ledger] = played(events, endNs, { overNs }).ledgers;
    if (ledger === undefined) throw new Error('no ledger');
    const moments = (['stretches', 'activations'] as const).map((as) => ({
      all: ledger.moments(as).all.byCause(),
      kept: ledger.moments(as).kept,
    }));
    return {
      totals: new Map([...ledger.totals].sort()),
      waits: [ledger.waits.count, ledger.waits.sum, ledger.waits.max],
      queuedNs: ledger.queuedNs,
      onCpuNs: ledger.onCpuNs,
      switches: ledger.states.counts.switches,
      activations: ledger.activations.heaviest(100),
      moments,
    };
  }

  it('come to the same as one by one', () => {
    fc.assert(
      fc.property(
        fc.array(plan, { minLength: 1, maxLength: 10 }),
        fc.constantFrom('condition' as const, 'intended' as const),
        fc.constantFrom(60_000, 1_000_000),
        (plans, sleep, overNs) => {
          const [first, ...rest] = plans as [Plan, ...Plan[]];
          // TARGET went to sleep before the first of them.
          const before = first.before === 'preempted' ? 'short-sleep' : first.before;
          const turns = turnsOf([{ ...first, before }, ...rest], SINCE_NS);
          const endNs = (turns.at(-1)?.toNs ?? 0) + 1_000;
          const kept = outcome([...scene(sleep, SINCE_NS), together(turns, SINCE_NS)], endNs, overNs);
          const told = outcome([...scene(sleep, SINCE_NS), ...oneByOne(turns, sleep)], endNs, overNs);
          expect(kept).toEqual(told);
        },
      ),
      { numRuns: 1000 },
    );
  });
});

const SHORT: Plan = {
  before: 'short-sleep',
  sleepNs: 10_000,
  wakeNs: 1_000,
  waitNs: 4_000,
  runNs: 5_000,
  from: SISTER,
  waker: SISTER,
  byTimer: false,
};

describe('the turns up to a time', () => {
  const whole = together(turnsOf([SHORT, { ...SHORT, before: 'preempted' }, SHORT], 100_000), 100_000);

  it('are those that are over, and say how it went on', () => {
    expect(turnsUntil(whole, 119_999)).toBeNull();
    expect(turnsUntil(whole, 120_000)).toMatchObject({ timeNs: 120_000, after: 'waits' });
    expect(turnsUntil(whole, 140_000)).toMatchObject({ timeNs: 129_000, after: 'sleeps' });
    expect(turnsUntil(whole, 140_000)?.turns).toHaveLength(2);
    expect(turnsUntil(whole, whole.timeNs)).toBe(whole);
  });
});

it('a turn that goes on is followed from its coming', () => {
  const turns = turnsOf([SHORT, { ...SHORT, runNs: 0 }], 10_000);
  const event = { ...together(turns, 10_000), after: 'runs' as const };
  const events = [
    switched(0, IDLE, TARGET),
    switched(10_000, TARGET, IDLE),
    event,
    interrupted(50_000, 60_000, TARGET),
    switched(100_000, TARGET, IDLE),
  ];
  const [ledger] = played(events, 100_000).ledgers;
  expect(Object.fromEntries(ledger?.totals ?? [])).toEqual({
    run: 10_000 + 5_000 + 45_000,
    idle: 20_000,
    'wake-up': 10_000,
    interrupt: 10_000,
  });
  expect(ledger?.states.counts.switches).toBe(3);
});

it('turns that begin before the accounts count from there', () => {
  const turns = turnsOf([SHORT, SHORT, SHORT], 10_000);
  const options = { tgid: 10, tid: null, startNs: 0, overNs: 1, entryNs: 0, distance: () => null };
  const analysis = new LateAnalysis(options);
  analysis.add(switched(0, IDLE, TARGET));
  analysis.add(switched(10_000, TARGET, IDLE));
  analysis.countFrom(45_000);
  analysis.add(together(turns, 10_000));
  analysis.finish(80_000);
  const [ledger] = analysis.ledgers;
  expect([...(ledger?.totals.values() ?? [])].reduce((sum, ns) => sum + ns, 0)).toBe(35_000);
  expect(ledger?.states.counts.switches).toBe(2);
});
