/** The trials that are remembered, as they are shown: what was tried, what came of it, and how noisy it was. */
import type { Sentence } from '../base/sentence.ts';
import type { KeptTrial } from '../trial/kept-trial.ts';
import { TrialStore } from './trial-store.ts';

export interface ListedCandidate {
  readonly name: string;
  readonly summary: Sentence;
  readonly verdict: string;
  /** Of the value, against the baseline. */
  readonly effectPct: number | null;
  /** 90 %. */
  readonly intervalPct: readonly [number, number] | null;
  readonly rounds: number;
  /** In the unit of the trial. */
  readonly value: number | null;
  readonly because: Sentence | null;
  readonly isKept: boolean;
}

export interface ListedTrial {
  readonly trial: string;
  /** ISO 8601. */
  readonly at: string;
  readonly target: { readonly tgid: number; readonly comm: string; readonly unit: string | null };
  readonly signal: Sentence;
  readonly unit: string | null;
  readonly better: 'lower' | 'higher';
  /** Median of leaving things alone. */
  readonly baseline: number | null;
  readonly candidates: readonly ListedCandidate[];
  readonly noise: KeptTrial['noise'];
  readonly change: string | null;
}

/** The newest first; what happened to moves and threads is left out. */
export async function listTrials(stateFolder: string): Promise<readonly ListedTrial[]> {
  return (await new TrialStore(stateFolder).all()).map(listed);
}

function listed({ id, at, target, objective, candidates, baseline, noise, change }: KeptTrial): ListedTrial {
  return {
    trial: id,
    at,
    target: { tgid: target.tgid, comm: target.comm, unit: target.unit },
    signal: objective.label,
    unit: objective.unit,
    better: objective.better,
    baseline,
    candidates: candidates.map(listedCandidate),
    noise,
    change,
  };
}

function listedCandidate({ moves: _moves, groups: _groups, ...shown }: KeptTrial['candidates'][number]) {
  return shown satisfies ListedCandidate;
}
