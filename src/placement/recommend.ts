/** From a situation to one answer: what to do, or not to, and why. "Do not pin" and "no advice yet" are answers. */
import type { Sentence } from '../base/sentence.ts';
import { ADVICE } from './advice/index.ts';
import type { Advised } from './advice.ts';
import { longestDelayPct, wantedCpus } from './demand.ts';
import { pct } from './phrases.ts';
import type { Proposal } from './proposal.ts';
import { type NotApplied, proposeAll } from './propose-all.ts';
import type { MeasuredCause, Situation } from './situation.ts';
import { pagesToThreads } from './strategies/pages-to-threads.ts';
import { singleNode } from './strategies/single-node.ts';
import type { Goal } from './strategy.ts';

/**
 * - `no-advice`: too little was seen
 * - `leave-alone`: nothing measured could be won back
 * - `do-not-pin`: something other than a place is the cause
 * - `pin`: a place is worth a trial
 */
export type AnswerKind = 'no-advice' | 'leave-alone' | 'do-not-pin' | 'pin';

export interface Recommendation {
  readonly kind: AnswerKind;
  readonly verdict: Sentence;
  /** The measured causes that it rests on, the heaviest first. */
  readonly because: readonly MeasuredCause[];
  readonly choice: Proposal | null;
  /** What else could be tried, the largest bound first. */
  readonly others: readonly Proposal[];
  readonly notApplied: readonly NotApplied[];
  readonly advice: readonly (Advised & { readonly id: string; readonly about: Sentence })[];
}

/** Below a hundredth of the time nothing is worth a change. */
const NOTABLE_PCT = 1;
/** With less work than this in the window, the next window may show anything. */
const LEAST_WANTED_CPUS = 0.005;
const SHOWN_CAUSES = 3;

/** What trials of this program said before, by the names of proposals. */
export interface TrialVerdicts {
  /** The largest effect first. */
  readonly helps: readonly string[];
  readonly hurts: readonly string[];
}

const NO_TRIALS: TrialVerdicts = { helps: [], hurts: [] };

/** A proof goes before every bound, and what was proven to hurt is no answer. */
export function recommend(
  situation: Situation,
  goal: Goal | null = null,
  tried: TrialVerdicts = NO_TRIALS,
): Recommendation {
  const { proposals, notApplied } = proposeAll(situation, goal);
  const ranked = proposals
    .filter((one) => one.strategy !== 'leave-alone')
    .sort((a, b) => (b.upToPct ?? 0) - (a.upToPct ?? 0));
  const best = bestOf(ranked, tried);
  const worth = best !== undefined && (best.upToPct ?? 0) >= NOTABLE_PCT;
  const enough = wantedCpus(situation) >= LEAST_WANTED_CPUS;
  const choice = worth && enough ? best : null;
  const kind = enough ? kindOf(choice) : 'no-advice';
  const far = ranked.find(({ strategy }) => strategy === pagesToThreads.id);
  const isFar = kind === 'leave-alone' && far !== undefined;
  return {
    kind,
    verdict: isFar
      ? farVerdict(far, situation)
      : verdict(kind, choice, situation, choice !== null && tried.helps.includes(choice.name)),
    because: situation.causes.slice(0, SHOWN_CAUSES),
    choice,
    others: (isFar ? nodesFirst(ranked) : ranked).filter((one) => one !== choice),
    notApplied,
    advice: ADVICE.flatMap(({ id, about, consider }) => {
      const said = consider(situation);
      return said === null ? [] : [{ id, about, ...said }];
    }),
  };
}

/** Nothing measured bounds what they bring, so they would stand last: they are what is to be tried here. */
function nodesFirst(ranked: readonly Proposal[]): readonly Proposal[] {
  const isAboutNodes = ({ strategy }: Proposal) => [pagesToThreads.id, singleNode.id].includes(strategy);
  return [...ranked.filter(isAboutNodes), ...ranked.filter((one) => !isAboutNodes(one))];
}

/** Waiting is low, and says nothing about memory on another node than the threads. */
function farVerdict({ why }: Proposal, situation: Situation): Sentence {
  const waited = pct(longestDelayPct(situation));
  const name = `${situation.target.comm} ${situation.target.tgid}`;
  return {
    en: `ITS MEMORY IS ON ANOTHER NODE. ${name} waited ${waited} of the time at most, but ${why.en}. What that costs, only a trial tells.`,
    ko: `메모리가 다른 노드에 있습니다. ${name}이(가) 기다린 시간은 많아야 ${waited}이지만, ${why.ko}. 그 비용은 시험해 보아야 압니다.`,
  };
}

function bestOf(ranked: readonly Proposal[], { helps, hurts }: TrialVerdicts): Proposal | undefined {
  const proven = helps.flatMap((name) => ranked.find((one) => one.name === name) ?? []);
  return [...proven, ...ranked].find(({ name }) => !hurts.includes(name));
}

/** These give threads a place; the others end what kept them from running. */
function kindOf(choice: Proposal | null): AnswerKind {
  if (choice === null) return 'leave-alone';
  const pins = choice.moves.some(({ cpus }) => cpus !== null) && choice.strategy !== 'unpin';
  return pins ? 'pin' : 'do-not-pin';
}

function verdict(
  kind: AnswerKind,
  choice: Proposal | null,
  situation: Situation,
  isProven: boolean,
): Sentence {
  const seconds = (situation.windowNs / 1e9).toFixed(0);
  const ran = pct(wantedCpus(situation) * 100);
  const name = `${situation.target.comm} ${situation.target.tgid}`;
  switch (kind) {
    case 'no-advice':
      return {
        en: `NO ADVICE YET: ${name} wanted ${ran} of a CPU in ${seconds} s. We do not guess from a name.`,
        ko: `아직 조언할 수 없음: ${name}은(는) ${seconds}초 동안 CPU의 ${ran}만 필요했습니다. 이름으로 추측하지 않습니다.`,
      };
    case 'leave-alone':
      return {
        en: `LEAVE IT ALONE. ${name} waited ${pct(longestDelayPct(situation))} of the time at most; no place can win back more.`,
        ko: `그대로 두세요. ${name}이(가) 기다린 시간은 많아야 ${pct(longestDelayPct(situation))}이고, 어디에 두어도 그보다 나아지지 않습니다.`,
      };
    case 'do-not-pin':
      return {
        en: `DO NOT PIN. ${sentence(choice?.summary.en)}`,
        ko: `고정하지 마세요. ${sentence(choice?.summary.ko)}`,
      };
    default:
      if (isProven) {
        return { en: `PROVEN: ${choice?.summary.en}.`, ko: `입증됨: ${sentence(choice?.summary.ko)}` };
      }
      return {
        en: `A PIN IS WORTH A TRIAL: ${choice?.summary.en}.`,
        ko: `고정을 시험해 볼 만합니다: ${sentence(choice?.summary.ko)}`,
      };
  }
}

function sentence(text = ''): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.다]$/.test(text) ? '' : '.'}`.replace(
    /다$/,
    '다.',
  );
}
