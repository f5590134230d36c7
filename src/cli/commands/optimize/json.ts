/** `keel optimize` as a document. With its seed and blocks the verdicts can be computed again. */
import type { OptimizePlan } from '../../../app/optimize.ts';
import type { Gap } from '../../../base/missing.ts';
import type { Move, Proposal } from '../../../placement/proposal.ts';
import type { NoiseSummary } from '../../../trial/noise.ts';
import type { RoundRecord } from '../../../trial/race.ts';
import type { CandidateReport, TrialReport } from '../../../trial/report.ts';
import type { BlockTiming } from '../../../trial/rules.ts';
import type { Watched } from '../../../trial/watched.ts';
import type { Json } from '../../command.ts';

export type Document = { readonly schema: string; readonly [key: string]: Json | undefined };

const SCHEMA = 'keel.optimize/1';

export function reportJson(report: TrialReport): Document {
  return {
    schema: SCHEMA,
    outcome: report.keptChange === null ? 'nothing-kept' : 'kept',
    target: { ...report.target },
    goal: report.goal,
    ...objectiveJson(report.objective, report.watched),
    candidates: report.candidates.map(candidateJson),
    skipped: report.skipped.map(({ name, because }) => ({ name, because: because.en })),
    kept:
      report.keptChange === null
        ? null
        : (report.candidates.find((one) => one.isKept)?.proposal.name ?? null),
    trial: report.trial,
    change: report.keptChange,
    undo: report.keptChange === null ? null : `keel undo ${report.keptChange}`,
    afterwards: report.afterwards === null ? null : { ...report.afterwards },
    end: report.end,
    usedNs: report.usedNs,
    budgetNs: report.design.budgetNs,
    mostRounds: report.design.mostRounds,
    seed: report.design.seed,
    timing: timingJson(report.timing),
    switches: report.switches,
    trialChange: report.trialChange,
    noise: noiseJson(report.noise),
    rounds: report.rounds.map(roundJson),
    gaps: gapsOf(report).map((gap) => ({ ...gap })),
  };
}

/** With `--dry-run`, and where the answer was no. */
export function planJson(plan: OptimizePlan, outcome: 'planned' | 'declined'): Document {
  return {
    schema: SCHEMA,
    outcome,
    target: { tgid: plan.target.tgid, comm: plan.target.comm },
    goal: plan.goal,
    ...objectiveJson(plan.meter.objective, plan.watched),
    candidates: plan.proposals.map((proposal) => ({
      ...proposalJson(proposal),
      verdict: null,
      effectPct: null,
      intervalPct: null,
      blocks: 0,
      because: null,
    })),
    skipped: plan.skipped.map(({ name, because }) => ({ name, because: because.en })),
    kept: null,
    trial: null,
    change: null,
    budgetNs: plan.budgetNs,
    mostRounds: plan.mostRounds,
    seed: plan.seed,
    timing: timingJson(plan.timing),
    noise: null,
    gaps: [],
  };
}

function objectiveJson(
  { id, label, unit, better, floor }: TrialReport['objective'],
  watched: Watched | null,
) {
  return {
    objective: id,
    signal: label.en,
    unit,
    better,
    floor,
    watched:
      watched === null
        ? null
        : {
            tids: [...watched.tids],
            comm: watched.comm,
            tickHz: watched.tickHz,
            tickBy: watched.tickBy,
            because: watched.because.en,
          },
  };
}

/** `mixed` is no proof of a gain; its reason says what it is. */
function candidateJson(one: CandidateReport): Json {
  return {
    ...proposalJson(one.proposal),
    verdict: one.verdict === 'mixed' ? 'inconclusive' : one.verdict,
    effectPct: one.effectPct,
    intervalPct: one.intervalPct === null ? null : [...one.intervalPct],
    blocks: one.rounds,
    because: one.verdict === 'mixed' ? `mixed: ${one.because.en}` : one.because.en,
    value: one.value,
    baselineValue: one.baseline,
    othersDelayNsPerSec: one.othersDelayNs,
  };
}

export function proposalJson({ name, strategy, summary, moves, groups }: Proposal) {
  return {
    name,
    strategy,
    summary: summary.en,
    plan: moves.map(moveJson),
    groups: groups.map((group) => ({ ...group })),
  };
}

function moveJson({ tgid, comm, threads, cpus, away, scheduling, memory }: Move): Json {
  return {
    tgid,
    comm,
    threads: threads === 'all' ? 'all' : [...threads],
    cpus: cpus === null ? null : cpus.toString(),
    ...(away === undefined ? {} : { away: away.toString() }),
    scheduling: scheduling === null ? null : { ...scheduling },
    memory: memory === null ? null : { mode: memory.mode, nodes: memory.nodes.toString() },
  };
}

function timingJson(timing: BlockTiming): Json {
  return { ...timing };
}

function noiseJson(noise: NoiseSummary): Json {
  const { selfIntervalPct, ...rest } = noise;
  return { ...rest, selfIntervalPct: selfIntervalPct === null ? null : [...selfIntervalPct] };
}

/** Arm 0 is to leave things alone, arm 1 the first of `candidates`. */
function roundJson({ order, blocks }: RoundRecord): Json {
  return {
    order: [...order],
    blocks: blocks.map(({ value, elapsedNs, guards }) => ({ value, elapsedNs, guards: { ...guards } })),
  };
}

function gapsOf({ unseenOthers, noise, trial }: TrialReport): readonly Gap[] {
  const gap = (field: string, path: string, hint: string): Gap => ({ field, path, reason: 'absent', hint });
  return [
    ...(unseenOthers === null
      ? []
      : [gap('candidates[].othersDelayNsPerSec', 'run delay of other processes', unseenOthers)]),
    ...(trial === null
      ? [gap('trial', 'state folder', 'it cannot be written to, so the trial is not remembered')]
      : []),
    ...(noise.pressureHighPct === null
      ? [gap('noise.pressureHighPct', 'pressure/cpu', 'this kernel has no pressure stall information')]
      : []),
  ];
}
