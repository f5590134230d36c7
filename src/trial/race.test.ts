import { describe, expect, it } from 'vitest';
import { type BlockValue, NO_GUARDS, waitingPerWakeUpNs } from './block.ts';
import { RUN_TIME, WAITING } from './objective.ts';
import { Race, type RaceDesign, type RoundRecord, replay, tell } from './race.ts';
import { BUDGET_NS, looksUpTo, roundsWithin } from './rules.ts';

const design = (parts: Partial<RaceDesign> = {}): RaceDesign => ({
  objective: WAITING,
  candidates: [{ name: 'a', waivedGuards: [] }],
  mostRounds: 130,
  budgetNs: BUDGET_NS,
  seed: 1,
  ...parts,
});

const block = (value: number, parts: Partial<BlockValue> = {}): BlockValue => ({
  value,
  elapsedNs: 0.6e9,
  guards: NO_GUARDS,
  ...parts,
});

/** Runs a race to its end with what `measure` says of an arm in a round. */
function run(of: RaceDesign, measure: (arm: number, round: number) => BlockValue) {
  const race = new Race(of);
  const records: RoundRecord[] = [];
  for (let order = race.nextRound(); order !== null; order = race.nextRound()) {
    const record = { order, blocks: order.map((arm) => measure(arm, records.length)) };
    records.push(record);
    tell(race, record);
  }
  return { result: race.result(), records };
}

const two = [
  { name: 'a', waivedGuards: [] },
  { name: 'b', waivedGuards: [] },
];

/** A little different each round, as real blocks are. */
const jitter = (round: number) => 1 + (((round * 7919) % 13) - 6) / 100;

describe('a race', () => {
  it('keeps what is better every time, at the first look that can prove it', () => {
    const { result } = run(design(), (arm, round) => block((arm === 1 ? 1e6 : 4e6) * jitter(round + arm)));
    expect(result).toMatchObject({ end: 'won', keptArm: 1, rounds: 10 });
    expect(result.results[0]?.verdict).toBe('helps');
    expect(result.results[0]?.candidate.shift?.estimate).toBeCloseTo(Math.log(1.05 / 4.05), 1);
  });

  it('keeps the larger gain where two are proven at once', () => {
    const levels = [4e6, 2e6, 1e6];
    const { result } = run(design({ candidates: two }), (arm, round) =>
      block((levels[arm] as number) * jitter(round + arm)),
    );
    expect(result.keptArm).toBe(2);
    expect(result.results.map((one) => one.verdict)).toEqual(['helps', 'helps']);
  });

  it('calls harm what is worse every time, and does not keep it', () => {
    const { result } = run(design(), (arm, round) => block((arm === 1 ? 3e6 : 1e6) * jitter(round + arm)));
    expect(result).toMatchObject({ end: 'settled', keptArm: null });
    expect(result.results[0]?.verdict).toBe('hurts');
  });

  it('stops six rounds after something dangerous began', () => {
    const { result } = run(design(), (arm) => block(arm === 1 ? 50e6 : 1e6));
    expect(result).toMatchObject({ end: 'settled', rounds: 6 });
    expect(result.results[0]?.because.en).toContain('six rounds');
  });

  it('is not alarmed by what is bad and below the alarm', () => {
    const { result } = run(design(), (arm) => block(arm === 1 ? 1.5e6 : 0.1e6));
    expect(result.rounds).toBeGreaterThan(6);
  });

  it('says no difference where gains vanish below the floor', () => {
    const { result } = run(design(), (arm, round) => block((arm === 1 ? 10e3 : 45e3) * jitter(round)));
    expect(result.results[0]).toMatchObject({ verdict: 'no-difference' });
    expect(result.keptArm).toBeNull();
  });

  it('is mixed where the typical block is better and the total is worse', () => {
    const stalls = (round: number) => (round % 9 === 8 ? 900e6 : 1e6);
    const { result } = run(design({ mostRounds: 40 }), (arm, round) =>
      block(arm === 1 ? stalls(round) : 4e6),
    );
    expect(result.keptArm).toBeNull();
    expect(result.results[0]?.verdict).toBe('mixed');
  });

  it('is mixed where others pay, unless that is what it is about', () => {
    const costly = (arm: number, round: number) =>
      block((arm === 1 ? 1e6 : 4e6) * jitter(round + arm), {
        guards: { ...NO_GUARDS, othersDelayNs: arm === 1 ? 900e6 : 100e6 },
      });
    expect(run(design({ mostRounds: 20 }), costly).result.results[0]?.verdict).toBe('mixed');
    const waived = design({ candidates: [{ name: 'a', waivedGuards: ['othersDelayNs'] }] });
    expect(run(waived, costly).result.keptArm).toBe(1);
  });

  it('turns round where more is better', () => {
    const { result } = run(design({ objective: RUN_TIME }), (arm, round) =>
      block((arm === 1 ? 95 : 50) * jitter(round + arm)),
    );
    expect(result.keptArm).toBe(1);
  });

  it('halves the field after 12 and 36 rounds, to the best', () => {
    const candidates = [1, 2, 3, 4].map((i) => ({ name: `${i}`, waivedGuards: [] }));
    const noisy = (arm: number, round: number) =>
      block(1e6 * Math.exp(Math.sin(round * 12.9898 + arm * 78.233) * 2));
    const { records } = run(design({ candidates }), noisy);
    expect(records[11]?.order.length).toBe(5);
    expect(records[12]?.order.length).toBeLessThanOrEqual(3);
    expect(records[36]?.order.length ?? 2).toBeLessThanOrEqual(2);
  });

  it('ends before a round that would exceed the budget, void rounds included', () => {
    const race = new Race(design({ budgetNs: 5e9 }));
    for (let round = 0; round < 3; round += 1) {
      expect(race.nextRound()?.length).toBe(2);
      race.addVoidRound([0.6e9, 0.6e9]);
    }
    race.nextRound();
    race.addRound(new Map([0, 1].map((arm) => [arm, block(1)])));
    expect(race.nextRound()).toBeNull();
    expect(race.result()).toMatchObject({ end: 'budget', rounds: 1, usedNs: 4.8e9 });
  });

  it('draws the order anew each round, from the seed alone', () => {
    const orders = (seed: number) =>
      run(design({ seed }), (_, round) => block(1e6 * jitter(round))).records.map((r) => r.order.join());
    expect(orders(5)).toEqual(orders(5));
    expect(orders(5)).not.toEqual(orders(6));
    expect(new Set(orders(5)).size).toBe(2);
  });
});

describe('replay', () => {
  it('comes to the same verdict from the rounds of a report, void ones included', () => {
    const of = design({ candidates: two });
    const { result, records } = run(of, (arm, round) => ({
      ...block((arm === 1 ? 1e6 : 3e6) * jitter(round + arm)),
      ...(round === 3 && arm === 0 ? { value: null as never } : {}),
    }));
    const again = replay(of, JSON.parse(JSON.stringify(records)));
    expect(again.keptArm).toBe(result.keptArm);
    expect(again.results.map((one) => one.candidate.shift)).toEqual(
      result.results.map((one) => one.candidate.shift),
    );
    expect(() => replay({ ...of, seed: 2 }, records)).toThrow(RangeError);
  });
});

describe('rules', () => {
  it('has the looks of docs/trials.md, and more for a larger budget', () => {
    expect(looksUpTo(130)).toEqual([10, 12, 15, 18, 22, 27, 33, 40, 50, 62, 76, 92, 110, 130]);
    expect(looksUpTo(20)).toEqual([10, 12, 15, 18, 20]);
    expect(looksUpTo(3)).toEqual([]);
    expect(looksUpTo(roundsWithin(300e9))).toEqual([...looksUpTo(130), 156, 187, 217]);
  });
});

describe('waitingPerWakeUpNs', () => {
  const thread = { runTimeNs: 1e6, runDelayNs: 8e6, voluntarySwitches: 4, isRunnable: false };
  it('sums over threads', () => {
    expect(waitingPerWakeUpNs([thread, thread], 5e8)).toBe(2e6);
  });
  it('takes a starved block for a wait of the whole block', () => {
    const starved = { runTimeNs: 0, runDelayNs: 0, voluntarySwitches: 0, isRunnable: true };
    expect(waitingPerWakeUpNs([starved], 5e8)).toBe(5e8);
  });
  it('says nothing of a thread that slept', () => {
    const asleep = { runTimeNs: 0, runDelayNs: 0, voluntarySwitches: 0, isRunnable: false };
    expect(waitingPerWakeUpNs([asleep], 5e8)).toBeNull();
    expect(waitingPerWakeUpNs([asleep, thread], 5e8)).toBe(2e6);
  });
});
