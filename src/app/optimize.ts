/** The closed loop: plans a trial, runs it, keeps a change that is proven and puts everything else back. */
import { randomInt } from 'node:crypto';
import { KeelError } from '../base/errors.ts';
import type { Sentence } from '../base/sentence.ts';
import type { Proposal } from '../placement/proposal.ts';
import { MOST_SEED } from '../stats/random.ts';
import type { GuardId } from '../trial/guards.ts';
import { type Acquaintance, keptTrial } from '../trial/kept-trial.ts';
import { summariseNoise } from '../trial/noise.ts';
import { Race, type RaceDesign, type RoundRecord } from '../trial/race.ts';
import {
  type Afterwards,
  candidateReports,
  type Skipped,
  type Standing,
  standings,
  type TrialReport,
} from '../trial/report.ts';
import type { BlockTiming } from '../trial/rules.ts';
import { BUDGET_NS, roundsWithin, SLOW_BUDGET_NS, SLOW_TIMING, TIMING } from '../trial/rules.ts';
import type { Watched } from '../trial/watched.ts';
import { acquaint } from './acquaint.ts';
import type { FoundTarget } from './find-targets.ts';
import { keepProposal, processesOf } from './keep-proposal.ts';
import { whyPagesStay } from './page-moves.ts';
import { openDelayMeter } from './run-delays.ts';
import { rehearse, runTrial } from './run-trial.ts';
import type { BlockMeter } from './trial-meters.ts';
import { type Closed, TrialSession } from './trial-session.ts';
import { TrialStore } from './trial-store.ts';
import { watchKept } from './watch-kept.ts';
import type { Workshop } from './workshop.ts';

export interface OptimizePlan {
  readonly target: FoundTarget;
  /** As the user wrote it, for the journal and the next command. */
  readonly targetText: string;
  readonly goal: string;
  readonly watched: Watched | null;
  readonly meter: BlockMeter;
  /** What could be tried. */
  readonly proposals: readonly Proposal[];
  /** What is left out already. */
  readonly skipped: readonly Skipped[];
  readonly timing: BlockTiming;
  readonly budgetNs: number;
  readonly mostRounds: number;
  readonly seed: number;
  /** After a change is kept; 0 not to watch it. */
  readonly watchNs: number;
}

export interface PlanParts {
  readonly target: FoundTarget;
  readonly targetText: string;
  readonly goal: string;
  readonly watched: Watched | null;
  readonly meter: BlockMeter;
  /** Best first. */
  readonly candidates: readonly Proposal[];
  /** Each candidate makes it harder to prove the others. */
  readonly mostCandidates: number;
  readonly budgetNs: number | undefined;
  readonly mostRounds: number | undefined;
  readonly seed: number | undefined;
  readonly watchNs: number;
}

/** @throws KeelError E_UNSUPPORTED where nothing is left to try */
export function planTrial(workshop: Workshop, parts: PlanParts): OptimizePlan {
  const skipped: Skipped[] = [];
  const triable = parts.candidates.filter((proposal) => {
    const because = whyNot(workshop, parts.target, proposal);
    if (because !== null) skipped.push({ name: proposal.name, because });
    return because === null;
  });
  for (const { name } of triable.slice(parts.mostCandidates)) skipped.push({ name, because: TOO_MANY });
  const proposals = triable.slice(0, parts.mostCandidates);
  if (proposals.length === 0) throw nothingToTry(parts.target, skipped);
  const isSlow = proposals.some((proposal) => proposal.isSlow);
  const budgetNs = parts.budgetNs ?? (isSlow ? SLOW_BUDGET_NS : BUDGET_NS);
  return {
    ...parts,
    proposals,
    skipped,
    timing: isSlow ? SLOW_TIMING : TIMING,
    budgetNs,
    mostRounds: parts.mostRounds ?? roundsWithin(budgetNs),
    seed: parts.seed ?? randomInt(MOST_SEED),
  };
}

const TOO_MANY: Sentence = {
  en: 'others promise more; each candidate makes it harder to prove the rest',
  ko: '다른 후보가 더 유망합니다. 후보가 많을수록 입증하기 어렵습니다',
};

/** null where it can be tried. */
function whyNot(workshop: Workshop, target: FoundTarget, proposal: Proposal): Skipped['because'] | null {
  const { moves, groups } = proposal;
  const pagesStay = whyPagesStay(workshop.host, processesOf(workshop, target, [proposal]), moves);
  if (pagesStay !== null) return pagesStay;
  if (!workshop.mayRaisePriority && (moves.some(lowersPriority) || groups.length > 0)) {
    return {
      en: 'without CAP_SYS_NICE it could not be taken back',
      ko: 'CAP_SYS_NICE 없이는 되돌릴 수 없습니다',
    };
  }
  return null;
}

/** Whoever is nicer, or idle, needs a privilege to be as before. */
function lowersPriority({ scheduling }: Proposal['moves'][number]): boolean {
  return scheduling !== null && (scheduling.policy === 'idle' || (scheduling.nice ?? 0) > 0);
}

function nothingToTry({ comm, tgid }: FoundTarget, skipped: readonly Skipped[]): KeelError {
  return new KeelError('E_UNSUPPORTED', {
    what: {
      en: `there is nothing to try for ${comm} ${tgid} here; nothing was changed`,
      ko: `${comm} ${tgid}에 시험할 것이 없습니다. 아무것도 바꾸지 않았습니다`,
    },
    next: [
      ...skipped.map(({ name, because }) => ({
        en: `   ${name}: ${because.en}`,
        ko: `   ${name}: ${because.ko}`,
      })),
      {
        en: 'A candidate of your own: keel optimize TARGET --try "nice=-5"',
        ko: '직접 후보 지정: keel optimize 대상 --try "nice=-5"',
      },
    ],
  });
}

export interface Progress {
  readonly plan: OptimizePlan;
  readonly rounds: number;
  readonly standings: readonly Standing[];
  readonly elapsedNs: number;
}

/**
 * Runs the trial, and keeps what is proven.
 * @throws KeelError with everything put back: E_INTERRUPTED, E_GONE, E_CONFLICT, E_PRIVILEGE
 */
export async function optimize(
  workshop: Workshop,
  plan: OptimizePlan,
  onProgress: (progress: Progress) => void,
): Promise<TrialReport> {
  const delays = openDelayMeter(workshop.host, workshop.clock, plan.target.tgid, workshop.self.tgid);
  const known = acquaint(workshop.host, plan.target, plan.proposals);
  try {
    const ran = await tryOut(workshop, plan, delays, onProgress);
    const { keptArm } = ran.race.result();
    const kept = keptArm === null ? null : ran.proposals[keptArm - 1];
    const keptChange = kept === undefined || kept === null ? null : await keepProposal(workshop, plan, kept);
    const report = reportOf(plan, ran, keptChange, delays.because);
    return await remembered(workshop, await watched(workshop, plan, report, delays), known);
  } finally {
    delays.close();
  }
}

/** After a change was kept, for a while: it goes where it makes things worse. */
async function watched(
  workshop: Workshop,
  plan: OptimizePlan,
  report: TrialReport,
  delays: ReturnType<typeof openDelayMeter>,
): Promise<TrialReport> {
  const { keptChange } = report;
  if (keptChange === null || plan.watchNs === 0) return report;
  const run = { workshop, meter: plan.meter, delays, timing: plan.timing, target: plan.target };
  const afterwards: Afterwards = await watchKept(run, keptChange, report, plan.watchNs);
  return { ...report, afterwards, ...(afterwards.wasUndone ? { keptChange: null } : {}) };
}

async function remembered(
  workshop: Workshop,
  report: TrialReport,
  known: Acquaintance,
): Promise<TrialReport> {
  const store = new TrialStore(workshop.journal.folder);
  return { ...report, trial: await store.keep(keptTrial(report, known, workshop.now())) };
}

interface Ran {
  readonly race: Race;
  readonly design: RaceDesign;
  readonly proposals: readonly Proposal[];
  readonly skipped: readonly Skipped[];
  readonly rounds: readonly RoundRecord[];
  readonly machine: Awaited<ReturnType<typeof runTrial>>['machine'];
  readonly closed: Closed;
}

async function tryOut(
  workshop: Workshop,
  plan: OptimizePlan,
  delays: ReturnType<typeof openDelayMeter>,
  onProgress: (progress: Progress) => void,
): Promise<Ran> {
  const session = await TrialSession.open(workshop, {
    processes: processesOf(workshop, plan.target, plan.proposals),
    candidates: plan.proposals,
    command: `optimize ${plan.targetText}`,
  });
  const beganNs = workshop.clock.monotonicNs();
  let ran: Omit<Ran, 'closed'>;
  try {
    const refused = rehearse({ workshop, session, target: plan.target }, plan.proposals.length);
    const proposals = plan.proposals.filter((_, i) => !refused.has(i));
    const skipped = [
      ...plan.skipped,
      ...[...refused].map(([i, because]) => ({ name: plan.proposals[i]?.name ?? '', because })),
    ];
    if (proposals.length === 0) throw nothingToTry(plan.target, skipped);
    const design = designOf(plan, proposals);
    const race = new Race(design);
    const run = await runTrial(
      {
        workshop,
        session,
        meter: plan.meter,
        delays,
        timing: plan.timing,
        target: plan.target,
        arms: [0, ...proposals.map((one) => plan.proposals.indexOf(one) + 1)],
        onBlock: () =>
          onProgress({
            plan,
            rounds: race.rounds,
            standings: standings(design, race),
            elapsedNs: Number(workshop.clock.monotonicNs() - beganNs),
          }),
      },
      race,
    );
    ran = { race, design, proposals, skipped, ...run };
  } catch (error) {
    await session.close();
    throw error;
  }
  return { ...ran, closed: await session.close() };
}

function designOf(plan: OptimizePlan, proposals: readonly Proposal[]): RaceDesign {
  return {
    objective: plan.meter.objective,
    candidates: proposals.map((proposal) => ({
      name: proposal.name,
      waivedGuards: waivedGuards(proposal, plan.target),
    })),
    mostRounds: plan.mostRounds,
    budgetNs: plan.budgetNs,
    seed: plan.seed,
  };
}

/** What changes others on purpose has others' waiting for its price, which is shown and does not decide. */
function waivedGuards({ moves, groups }: Proposal, { tgid }: FoundTarget): readonly GuardId[] {
  return groups.length > 0 || moves.some((move) => move.tgid !== tgid) ? ['othersDelayNs'] : [];
}

function reportOf(
  plan: OptimizePlan,
  ran: Ran,
  keptChange: string | null,
  unseenOthers: string | null,
): TrialReport {
  const { race, design, proposals, skipped, rounds, machine, closed } = ran;
  const baseline = rounds.flatMap(({ order, blocks }) => {
    const value = blocks[order.indexOf(0)]?.value ?? null;
    return value === null ? [] : [value];
  });
  const { tgid, comm } = plan.target;
  return {
    target: { tgid, comm },
    watched: plan.watched,
    goal: plan.goal,
    objective: design.objective,
    design,
    timing: plan.timing,
    candidates: candidateReports(design.objective, proposals, race.result()),
    skipped,
    rounds,
    end: race.result().end,
    usedNs: race.usedNs,
    baseline,
    noise: summariseNoise(design.objective, baseline, machine, plan.seed),
    switches: closed.switches,
    trialChange: closed.change,
    keptChange,
    unseenOthers,
    afterwards: null,
    trial: null,
  };
}
