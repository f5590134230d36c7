/** Tries a remedy on the running machine: on and off in blocks of a random order, kept only where it is proven. */
import { randomInt } from 'node:crypto';
import type { MachineStep } from '../actions/machine/setting.ts';
import { KeelError } from '../base/errors.ts';
import { NS_PER_MS, NS_PER_SEC } from '../base/units.ts';
import type { Finding } from '../diagnosis/finding.ts';
import type { RemedyAction } from '../diagnosis/remedy-action.ts';
import { MOST_SEED } from '../stats/random.ts';
import type { Judgement } from '../trial/candidate.ts';
import { FAULT_STALL } from '../trial/objective.ts';
import { Race, type RaceEnd } from '../trial/race.ts';
import { type CandidateEffect, effectOf } from '../trial/report.ts';
import type { BlockTiming } from '../trial/rules.ts';
import { applyChange } from './apply-change.ts';
import type { FoundTarget } from './find-targets.ts';
import { startStallMeter } from './measure-stall.ts';
import { openDelayMeter } from './run-delays.ts';
import { runTrial } from './run-trial.ts';
import { SettingSession } from './setting-session.ts';
import type { BlockMeter } from './trial-meters.ts';
import type { Workshop } from './workshop.ts';

export interface ProvePlan {
  readonly target: FoundTarget;
  readonly finding: Finding;
  readonly action: RemedyAction;
}

export interface Proof extends CandidateEffect, Pick<Judgement, 'verdict' | 'because'> {
  readonly plan: ProvePlan;
  readonly end: RaceEnd;
  /** What the setting was. */
  readonly before: string;
  /** The change that keeps it; null where it was put back. */
  readonly keptChange: string | null;
}

/** Memory moves slower than threads: half a second to fill, or to be taken back. */
const TIMING: BlockTiming = {
  washoutNs: 400 * NS_PER_MS,
  blockNs: 500 * NS_PER_MS,
  mostBlockNs: 500 * NS_PER_MS,
  leastWakeUps: 0,
};
/** At most; most trials are settled sooner. */
export const PROVE_NS = 90 * NS_PER_SEC;
const MOST_ROUNDS = 40;

/** The first remedy, of the heaviest finding, that can be switched; null where there is none. */
export function firstSafeRemedy(findings: readonly Finding[], target: FoundTarget): ProvePlan | null {
  for (const finding of findings) {
    const action = finding.remedies.map((remedy) => remedy.action).find((one) => one !== undefined);
    if (action !== undefined) return { target, finding, action };
  }
  return null;
}

/** @throws KeelError with everything put back: E_INTERRUPTED, E_GONE, E_CONFLICT, E_PRIVILEGE, E_UNSUPPORTED */
export async function proveRemedy(workshop: Workshop, plan: ProvePlan, onBlock: () => void): Promise<Proof> {
  const { target, action } = plan;
  const { setting, at, value } = action;
  const wanted: MachineStep = { setting, at, set: value, before: '', mayStay: false };
  const command = `why ${target.tgid} --prove: ${action.setting}`;
  const stalls = startStallMeter(workshop.host, workshop.clock, [target.tgid]);
  const delays = openDelayMeter(workshop.host, workshop.clock, target.tgid, workshop.self.tgid);
  const race = new Race({
    objective: FAULT_STALL,
    candidates: [{ name: action.setting, waivedGuards: ['othersDelayNs'] }],
    mostRounds: MOST_ROUNDS,
    budgetNs: PROVE_NS,
    seed: randomInt(MOST_SEED),
  });
  try {
    const session = await SettingSession.open(workshop, wanted, command);
    const meter = stallMeterOf(stalls);
    const run = { workshop, session, meter, delays, timing: TIMING, target, arms: [0, 1], onBlock };
    await runTrial(run, race).finally(() => session.close());
    const result = race.result();
    const [judged] = result.results;
    if (judged === undefined) throw new RangeError('a race of one candidate has one result');
    const { verdict, because, candidate } = judged;
    const keptChange = result.keptArm === null ? null : await keep(workshop, session.step, command);
    return {
      plan,
      end: result.end,
      before: session.step.before,
      verdict,
      because,
      ...effectOf(FAULT_STALL, candidate),
      keptChange,
    };
  } finally {
    delays.close();
    await stalls.stop();
  }
}

function stallMeterOf(stalls: ReturnType<typeof startStallMeter>): BlockMeter {
  return {
    objective: FAULT_STALL,
    start: () => void stalls.take(),
    evidence: () => Number.POSITIVE_INFINITY,
    async finish(blockNs) {
      const heldNs = [...stalls.take().byProcess.values()].reduce((sum, ns) => sum + ns, 0);
      return { value: (100 * heldNs) / blockNs, probeErrors: null };
    },
  };
}

async function keep(workshop: Workshop, step: MachineStep, command: string): Promise<string> {
  const request = { targets: [], wishes: [], steps: [step], migrations: [], command, endsAfterNs: null };
  const { change } = await applyChange(workshop, request);
  if (change !== null) return change.id;
  throw new KeelError('E_VERIFY', {
    what: { en: 'it helped, but now it is not taken', ko: '효과가 있었으나 지금은 받아들여지지 않습니다' },
  });
}
