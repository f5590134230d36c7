/** `optimize --apply`: what a trial of the same program has proven, made again without a trial. */
import { CpuSet } from '../base/cpu-set.ts';
import { KeelError } from '../base/errors.ts';
import { orNull } from '../base/missing.ts';
import type { Sentence } from '../base/sentence.ts';
import { taskAutogroup } from '../kernel/task/autogroup.ts';
import { processList } from '../kernel/task/lists.ts';
import type { Proposal } from '../placement/proposal.ts';
import { type Judged, knownFrom, movesNow } from '../trial/kept-trial.ts';
import type { FoundTarget } from './find-targets.ts';
import { readIdentity, readKeptProcess } from './program-identity.ts';
import { TrialStore } from './trial-store.ts';
import type { Workshop } from './workshop.ts';

export interface ProvenPlan {
  readonly target: FoundTarget;
  readonly proposal: Proposal;
  readonly proof: Judged;
}

/** @throws KeelError E_USAGE for a candidate that was not proven, E_CONFLICT for one that cannot be made again */
export async function planProven(workshop: Workshop, target: FoundTarget, name: string): Promise<ProvenPlan> {
  const program = readIdentity(workshop.host, target);
  const known = knownFrom(await new TrialStore(workshop.journal.folder).of(program));
  const proof = known.helps.find(({ candidate }) => candidate.name === name);
  if (proof === undefined) throw notProven(name, target, known.helps, known.hurts);
  const { trial, candidate } = proof;
  const moves = movesNow(candidate, trial, {
    target: { ...target, unit: program.unit },
    isAlive: (process) => workshop.controls.isAlive(process),
    ofUnit: (unit, comm) => onlyOneOf(workshop, unit, comm),
    threads: (process) => workshop.controls.threads(process) ?? [],
    sessionOf: (pid) => orNull(workshop.host.read(taskAutogroup, { pid }))?.name ?? null,
    parseList: (list) => CpuSet.parseList(list),
  });
  if ('because' in moves) throw notAgain(name, trial.id, moves.because, target);
  return { target, proposal: asProposal(proof, moves), proof };
}

/** null where none or several processes of the service have that name. */
function onlyOneOf({ host }: Workshop, unit: string, comm: string) {
  const all = (orNull(host.read(processList)) ?? []).flatMap((tgid) => readKeptProcess(host, tgid) ?? []);
  const [one, ...more] = all.filter((process) => process.unit === unit && process.comm === comm);
  return one === undefined || more.length > 0 ? null : one;
}

function asProposal({ trial, candidate }: Judged, moves: Proposal['moves']): Proposal {
  const { name, strategy, summary, groups } = candidate;
  return {
    name,
    strategy,
    summary,
    moves,
    groups,
    why: { en: `proven by ${trial.id}`, ko: `${trial.id}에서 입증되었습니다` },
    expectedGain: { en: 'as in that trial', ko: '그 시험과 같습니다' },
    upToPct: null,
    risk: { en: 'as in that trial', ko: '그 시험과 같습니다' },
    isSlow: false,
  };
}

function notProven(
  name: string,
  { comm, tgid }: FoundTarget,
  helps: readonly Judged[],
  hurts: readonly Judged[],
): KeelError {
  const bad = hurts.find(({ candidate }) => candidate.name === name);
  const what: Sentence =
    bad === undefined
      ? {
          en: `no trial of ${comm} ${tgid} here has proven "${name}"; nothing was changed`,
          ko: `여기서 ${comm} ${tgid}의 시험으로 입증된 "${name}"이(가) 없습니다. 아무것도 바꾸지 않았습니다`,
        }
      : {
          en: `"${name}" hurts ${comm} ${tgid}: ${bad.trial.id}; nothing was changed`,
          ko: `"${name}"은(는) ${comm} ${tgid}에 해롭습니다 (${bad.trial.id}). 아무것도 바꾸지 않았습니다`,
        };
  const names = helps.map(({ candidate }) => candidate.name).join(', ');
  return new KeelError('E_USAGE', {
    what,
    next: [
      helps.length === 0
        ? { en: `First a trial: keel optimize ${tgid}`, ko: `먼저 시험하세요: keel optimize ${tgid}` }
        : { en: `Proven: ${names}`, ko: `입증된 것: ${names}` },
    ],
  });
}

function notAgain(name: string, trial: string, because: Sentence, { tgid }: FoundTarget): KeelError {
  return new KeelError('E_CONFLICT', {
    what: {
      en: `"${name}" of ${trial} cannot be made again: ${because.en}; nothing was changed`,
      ko: `${trial}의 "${name}"을(를) 다시 적용할 수 없습니다: ${because.ko}. 아무것도 바꾸지 않았습니다`,
    },
    next: [{ en: `Another trial: keel optimize ${tgid}`, ko: `다시 시험하세요: keel optimize ${tgid}` }],
  });
}
