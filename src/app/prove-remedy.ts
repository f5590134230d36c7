/** Tries a remedy on the running machine: on and off in blocks of a random order, kept only where it is proven. */
import { randomInt } from 'node:crypto';
import type { MachineStep } from '../actions/machine/setting.ts';
import { KeelError } from '../base/errors.ts';
import { orNull } from '../base/missing.ts';
import { NS_PER_MS, NS_PER_SEC } from '../base/units.ts';
import type { Finding } from '../diagnosis/finding.ts';
import {
  type RemedyAction,
  type RemedyName,
  remedyName,
  type SettingAction,
} from '../diagnosis/remedy-action.ts';
import type { Host } from '../host/host.ts';
import { MOST_SEED } from '../stats/random.ts';
import type { Judgement } from '../trial/candidate.ts';
import { FAULT_STALL } from '../trial/objective.ts';
import { Race, type RaceEnd } from '../trial/race.ts';
import { type CandidateEffect, effectOf } from '../trial/report.ts';
import type { BlockTiming } from '../trial/rules.ts';
import { applyChange } from './apply-change.ts';
import type { FoundTarget } from './find-targets.ts';
import { startStallMeter } from './measure-stall.ts';
import { openCgroups } from './read-cgroup.ts';
import { openDelayMeter } from './run-delays.ts';
import { runTrial } from './run-trial.ts';
import { SettingSession } from './setting-session.ts';
import type { BlockMeter } from './trial-meters.ts';
import type { Workshop } from './workshop.ts';

export interface ProvePlan<Action extends RemedyAction = RemedyAction> {
  readonly target: FoundTarget;
  readonly finding: Finding;
  readonly action: Action;
}

export { remedyName };

export interface Proof extends CandidateEffect, Pick<Judgement, 'verdict' | 'because'> {
  readonly plan: ProvePlan<SettingAction>;
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

/** What can be tried, of the heaviest finding first, and in the order in which its remedies stand. */
export function safeRemedies(findings: readonly Finding[], target: FoundTarget): readonly ProvePlan[] {
  return findings.flatMap((finding) =>
    finding.remedies.flatMap(({ action }) => (action === undefined ? [] : [{ target, finding, action }])),
  );
}

/** The first, or the first of that name; null where there is none. */
export function chooseRemedy(plans: readonly ProvePlan[], name: RemedyName | undefined): ProvePlan | null {
  return plans.find(({ action }) => name === undefined || remedyName(action) === name) ?? null;
}

/** Of version 1, the target's group has a swappiness of its own, and that of the machine does not count for it. */
export function settledAction(host: Host, target: FoundTarget, action: SettingAction): SettingAction {
  if (action.setting !== 'swappiness') return action;
  const cgroup = orNull(openCgroups(host).of(target.tgid));
  const [own] = cgroup === null ? [] : (orNull(cgroup.memoryFolders) ?? []);
  return own?.version === 1 && own.cgroup !== '/'
    ? { ...action, setting: 'legacySwappiness', at: own.folder }
    : action;
}

/** @throws KeelError with everything put back: E_INTERRUPTED, E_GONE, E_CONFLICT, E_PRIVILEGE, E_UNSUPPORTED */
export async function proveRemedy(
  workshop: Workshop,
  plan: ProvePlan<SettingAction>,
  onBlock: () => void,
): Promise<Proof> {
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
    const session = await SettingSession.open(workshop, [wanted], command);
    const meter = stallMeterOf(stalls);
    const run = { workshop, session, meter, delays, timing: TIMING, target, arms: [0, 1], onBlock };
    await runTrial(run, race).finally(() => session.close());
    const result = race.result();
    const [judged] = result.results;
    if (judged === undefined) throw new RangeError('a race of one candidate has one result');
    const { verdict, because, candidate } = judged;
    const keptChange = result.keptArm === null ? null : await keep(workshop, session.steps, command);
    return {
      plan,
      end: result.end,
      before: session.steps[0]?.before ?? '',
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

async function keep(workshop: Workshop, steps: readonly MachineStep[], command: string): Promise<string> {
  const request = { targets: [], wishes: [], steps, migrations: [], command, endsAfterNs: null };
  const { change } = await applyChange(workshop, request);
  if (change !== null) return change.id;
  throw new KeelError('E_VERIFY', {
    what: { en: 'it helped, but now it is not taken', ko: '효과가 있었으나 지금은 받아들여지지 않습니다' },
  });
}
