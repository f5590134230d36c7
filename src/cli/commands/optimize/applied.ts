/** `keel optimize --apply` as lines and as a document. */
import type { ProvenPlan } from '../../../app/apply-proven.ts';
import { safeName } from '../../../base/safe-name.ts';
import type { Sentence } from '../../../base/sentence.ts';
import type { DocumentOutput } from '../../command.ts';
import type { Look } from '../../output/look.ts';
import { wrap } from '../../output/wrap.ts';
import { proposalJson } from './json.ts';
import { proofSentence } from './proof.ts';

export function provenPlanLines({ target, proposal, proof }: ProvenPlan, look: Look): readonly string[] {
  const say = (sentence: Sentence) => wrap(safeName(look.say(sentence)), look.width);
  const { en, ko } = proofSentence(proof);
  return [
    ...say({
      en: `On ${target.comm} ${target.tgid}: ${proposal.summary.en}. Nothing changed yet.`,
      ko: `${target.comm} ${target.tgid}: ${proposal.summary.ko}. 아직 바꾸지 않았습니다.`,
    }),
    ...say({ en: `proved   ${en}`, ko: `입증   ${ko}` }).map((line) => `  ${line}`),
  ];
}

/** @param change null where nothing was changed */
export function provenOutput(
  plan: ProvenPlan,
  outcome: 'planned' | 'declined' | 'applied',
  change: string | null,
): DocumentOutput {
  const { target, proposal, proof } = plan;
  const undo = change === null ? null : `keel undo ${change}`;
  return {
    kind: 'document',
    json: {
      schema: 'keel.optimize/1',
      outcome,
      target: { tgid: target.tgid, comm: target.comm },
      candidates: [
        {
          ...proposalJson(proposal),
          verdict: proof.candidate.verdict,
          effectPct: proof.candidate.effectPct,
          intervalPct: proof.candidate.intervalPct === null ? null : [...proof.candidate.intervalPct],
        },
      ],
      kept: change === null ? null : proposal.name,
      trial: proof.trial.id,
      change,
      undo,
      gaps: [],
    },
    lines: (look) =>
      undo === null
        ? outcome === 'planned'
          ? provenPlanLines(plan, look)
          : [look.say({ en: 'Nothing was changed.', ko: '아무것도 바꾸지 않았습니다.' })]
        : [
            ...wrap(
              safeName(
                look.say({
                  en: `${change} applied, read back: ${proposal.summary.en}.`,
                  ko: `${change} 적용, 확인함: ${proposal.summary.ko}.`,
                }),
              ),
              look.width,
            ),
            look.say({
              en: `Next: keel why ${target.tgid} --for 30s     ${undo}`,
              ko: `다음: keel why ${target.tgid} --for 30s     ${undo}`,
            }),
          ],
    ...(outcome === 'declined' ? { exitCode: 1 } : {}),
  };
}
