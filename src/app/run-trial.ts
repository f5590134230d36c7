/** Runs a trial on the running machine: switches, waits, measures, and asks the race what comes next. */
import { Refused } from '../actions/refused.ts';
import { KeelError } from '../base/errors.ts';
import { orNull } from '../base/missing.ts';
import type { Sentence } from '../base/sentence.ts';
import { cpuPressure } from '../kernel/proc/pressure.ts';
import { machineStat } from '../kernel/proc/stat.ts';
import type { MachineNoise } from '../trial/noise.ts';
import type { Race, RoundRecord } from '../trial/race.ts';
import { tell } from '../trial/race.ts';
import type { BlockTiming } from '../trial/rules.ts';
import { refusedChange } from './change-errors.ts';
import type { DelayMeter } from './run-delays.ts';
import type { BlockMeter } from './trial-meters.ts';
import type { TrialSession } from './trial-session.ts';
import type { Workshop } from './workshop.ts';

/** What switches between leaving alone and each of the others. */
export type Switches = Pick<TrialSession, 'switchTo'>;

export interface TrialRun {
  readonly workshop: Workshop;
  readonly session: Switches;
  readonly meter: BlockMeter;
  readonly delays: DelayMeter;
  readonly timing: BlockTiming;
  readonly target: { readonly tgid: number; readonly startTicks: bigint; readonly comm: string };
  /** The placements of the session that take part, by the number they have in the race; the first is leaving alone. */
  readonly arms: readonly number[];
  /** After each block. */
  readonly onBlock: () => void;
}

export interface RanTrial {
  readonly rounds: readonly RoundRecord[];
  readonly machine: readonly MachineNoise[];
}

type Block = RoundRecord['blocks'][number];

/** So many rounds in a row in which a watched thread slept throughout. */
const MOST_VOID_ROUNDS = 5;

/**
 * Until the race is over.
 * @throws KeelError E_INTERRUPTED, E_GONE, E_CONFLICT; whoever holds the session puts everything back
 */
export async function runTrial(run: TrialRun, race: Race): Promise<RanTrial> {
  const rounds: RoundRecord[] = [];
  const machine: MachineNoise[] = [];
  let voids = 0;
  for (let order = race.nextRound(); order !== null; order = race.nextRound()) {
    const before = machineNow(run);
    const blocks: Block[] = [];
    for (const arm of order) {
      blocks.push(await runBlock(run, arm));
      run.onBlock();
    }
    const record = { order, blocks };
    rounds.push(record);
    machine.push(noiseBetween(before, machineNow(run)));
    voids = tell(race, record) ? 0 : voids + 1;
    if (voids >= MOST_VOID_ROUNDS) throw slept(run, race);
  }
  return { rounds, machine };
}

/** One block: the switch, the washout, the measurement. Also used after a change is kept, without a switch. */
async function runBlock(run: TrialRun, arm: number): Promise<Block> {
  const { workshop, session } = run;
  const beganNs = workshop.clock.monotonicNs();
  refuseEnded(run);
  switchTo(session, run.arms[arm] ?? 0, run);
  const measured = await measureBlock(run);
  return { ...measured, elapsedNs: Number(workshop.clock.monotonicNs() - beganNs) };
}

/** @throws KeelError E_INTERRUPTED where it was cut short */
export async function measureBlock(run: Omit<TrialRun, 'session' | 'onBlock' | 'arms'>): Promise<Block> {
  const { workshop, meter, delays, timing } = run;
  const { clock, signal } = workshop;
  const beganNs = clock.monotonicNs();
  await clock.sleep(timing.washoutNs, signal);
  delays.start();
  meter.start();
  const measuredFromNs = clock.monotonicNs();
  const soFarNs = () => Number(clock.monotonicNs() - measuredFromNs);
  await clock.sleep(timing.blockNs, signal);
  // The same rule for every placement: on until there is evidence enough.
  while (!signal.aborted && soFarNs() < timing.mostBlockNs && meter.evidence() < timing.leastWakeUps) {
    await clock.sleep(Math.min(timing.blockNs / 2, timing.mostBlockNs - soFarNs()), signal);
  }
  const { value, probeErrors } = await meter.finish(soFarNs());
  const { processNsPerSec, othersNsPerSec } = delays.finish();
  if (signal.aborted) throw interrupted();
  return {
    value,
    elapsedNs: Number(clock.monotonicNs() - beganNs),
    guards: { processDelayNs: processNsPerSec, othersDelayNs: othersNsPerSec, probeErrors },
  };
}

function switchTo(session: Switches, arm: number, run: TrialRun): void {
  try {
    session.switchTo(arm);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    // It worked at the rehearsal: the machine is another one now.
    refuseEnded(run);
    throw new KeelError('E_CONFLICT', {
      what: {
        en: `a placement that worked at first was refused: ${error.because.en}`,
        ko: `처음에는 되던 배치가 거부되었습니다: ${error.because.ko}`,
      },
      cause: error,
    });
  }
}

const IN_PLACE: Sentence = {
  en: 'every thread is there already',
  ko: '모든 스레드가 이미 그렇게 되어 있습니다',
};

/**
 * Each placement once, for a moment: what the kernel will not take is left out of the race.
 * @returns candidates that cannot be, by index, with the reason
 * @throws KeelError E_PRIVILEGE, E_GONE where the threads cannot even be given what they have
 */
export function rehearse(
  { workshop, session, target }: Pick<TrialRun, 'workshop' | 'target'> & { readonly session: TrialSession },
  candidates: number,
): ReadonlyMap<number, Sentence> {
  const refused = new Map<number, Sentence>();
  try {
    session.switchTo(0);
  } catch (error) {
    throw refusedChange(workshop, error, [target]);
  }
  for (let arm = 1; arm <= candidates; arm += 1) {
    const because = session.changesSomething(arm) ? tryOnce(session, arm) : IN_PLACE;
    if (because !== null) refused.set(arm - 1, because);
    session.switchTo(0);
  }
  return refused;
}

function tryOnce(session: TrialSession, arm: number): Sentence | null {
  try {
    session.switchTo(arm);
  } catch (error) {
    if (error instanceof Refused) return error.because;
    throw error;
  }
  const [first] = session.mismatches();
  if (first === undefined) return null;
  return {
    en: `thread ${first.tid} was given ${first.given} and has ${first.found}`,
    ko: `스레드 ${first.tid}에 ${first.given}을(를) 설정했으나 ${first.found}입니다`,
  };
}

export function refuseEnded({ workshop, target }: Pick<TrialRun, 'workshop' | 'target'>): void {
  if (workshop.controls.isAlive(target)) return;
  throw new KeelError('E_GONE', {
    what: {
      en: `${target.comm} ${target.tgid} ended during the trial; nothing else is left changed`,
      ko: `시험 중에 ${target.comm} ${target.tgid}이(가) 끝났습니다. 그 밖에 바뀐 채로 남은 것은 없습니다`,
    },
  });
}

function slept({ target }: TrialRun, race: Race): KeelError {
  return new KeelError('E_CONFLICT', {
    what: {
      en: `${target.comm} ${target.tgid} sleeps: in ${MOST_VOID_ROUNDS} rounds in a row there was nothing to measure (${race.rounds} counted before); everything is as it was`,
      ko: `${target.comm} ${target.tgid}이(가) 잠들어 있습니다. ${MOST_VOID_ROUNDS}번 연속 측정할 것이 없었습니다 (그 전에 ${race.rounds}번 측정). 모두 원래대로입니다`,
    },
    next: [
      {
        en: 'Try it while there is load, or judge by a signal of your own: --probe',
        ko: '부하가 있을 때 시험하거나 직접 고른 신호로 판단하세요: --probe',
      },
    ],
  });
}

function interrupted(): KeelError {
  return new KeelError('E_INTERRUPTED', {
    what: {
      en: 'interrupted; every thread is as it was, read back',
      ko: '중단되었습니다. 모든 스레드를 원래대로 되돌리고 확인했습니다',
    },
  });
}

interface MachineMoment {
  readonly atNs: bigint;
  readonly waitingUs: bigint | null;
  readonly stealNs: bigint | null;
}

function machineNow({ workshop: { host, clock } }: TrialRun): MachineMoment {
  return {
    atNs: clock.monotonicNs(),
    waitingUs: orNull(host.read(cpuPressure))?.some?.totalUs ?? null,
    stealNs: orNull(host.read(machineStat))?.total.stealNs ?? null,
  };
}

function noiseBetween(before: MachineMoment, after: MachineMoment): MachineNoise {
  const elapsedNs = Number(after.atNs - before.atNs);
  const waitedUs =
    before.waitingUs === null || after.waitingUs === null ? null : Number(after.waitingUs - before.waitingUs);
  return {
    pressurePct: waitedUs === null ? null : Math.min(100, (waitedUs * 1e5) / elapsedNs),
    stealNs:
      before.stealNs === null || after.stealNs === null ? null : Number(after.stealNs - before.stealNs),
  };
}
