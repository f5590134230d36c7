/** `keel why --prove` of a setting that is switched: the plan that is asked about, and what came of it. */
import { type Proof, type ProvePlan, remedyName } from '../../../app/prove-remedy.ts';
import type { Sentence } from '../../../base/sentence.ts';
import type { SettingAction } from '../../../diagnosis/remedy-action.ts';
import type { DocumentOutput } from '../../command.ts';
import { formatPct } from '../../output/format.ts';
import { type Look, safeName } from '../../output/look.ts';
import { wrap } from '../../output/wrap.ts';

export function provePlanLines({ finding, action }: ProvePlan<SettingAction>, look: Look): string[] {
  const place = action.at === '' ? '' : ` ${safeName(action.at)}`;
  return [
    ...wrap(safeName(look.say(finding.verdict)), look.width),
    ...wrap(
      look.say({
        en: `  ~ ${action.setting}${place} -> ${action.value}, on and off for half seconds, 1.5 min at most; for the whole machine or group`,
        ko: `  ~ ${action.setting}${place} -> ${action.value}, 0.5초씩 번갈아 최대 1분 30초. 컴퓨터나 그룹 전체에 적용됩니다`,
      }),
      look.width,
    ),
    look.say({
      en: `Could gain ${formatPct(finding.weightRatio * 100)} at most. Kept only where proven.   undo: keel undo`,
      ko: `최대 ${formatPct(finding.weightRatio * 100)} 개선. 입증될 때만 유지합니다.   되돌리기: keel undo`,
    }),
  ];
}

export const VERDICTS: Readonly<Record<Proof['verdict'], Sentence>> = {
  helps: { en: 'IT HELPS', ko: '효과 있음' },
  hurts: { en: 'IT HURTS', ko: '악화됨' },
  'no-difference': { en: 'NO DIFFERENCE', ko: '차이 없음' },
  mixed: { en: 'MIXED', ko: '엇갈림' },
  inconclusive: { en: 'INCONCLUSIVE', ko: '판단할 수 없음' },
};

export function proofOutput(proof: Proof): DocumentOutput {
  const { plan, verdict, because, before, keptChange, end } = proof;
  const { rounds, value, baseline, effectPct, intervalPct } = proof;
  return {
    kind: 'document',
    json: {
      schema: 'keel.why.prove/1',
      rule: plan.finding.rule,
      remedy: remedyName(plan.action),
      setting: plan.action.setting,
      at: plan.action.at,
      before,
      tried: plan.action.value,
      verdict,
      because: because.en,
      end,
      rounds,
      stallPct: value,
      baselineStallPct: baseline,
      effectPct,
      intervalPct: intervalPct === null ? null : [...intervalPct],
      change: keptChange,
    },
    lines: (look) => proofLines(proof, look),
  };
}

function proofLines(proof: Proof, look: Look): string[] {
  const { plan, verdict, because, before, keptChange, rounds, value, baseline, effectPct, intervalPct } =
    proof;
  const { setting, value: tried } = plan.action;
  const head = `${look.say(VERDICTS[verdict])}: ${setting} ${before} -> ${tried}`;
  const known = value !== null && baseline !== null && effectPct !== null && intervalPct !== null;
  const [low, high] = intervalPct ?? [0, 0];
  const effect = known
    ? look.say({
        en: `held by page faults ${formatPct(baseline)} -> ${formatPct(value)} of the time: ${effectPct.toFixed(0)} % (${low.toFixed(0)} to ${high.toFixed(0)}), ${rounds} rounds`,
        ko: `페이지 폴트로 멈춤 ${formatPct(baseline)} -> ${formatPct(value)}: ${effectPct.toFixed(0)} % (${low.toFixed(0)} ~ ${high.toFixed(0)}), ${rounds}회`,
      })
    : look.say({ en: 'nothing was measured', ko: '측정되지 않음' });
  const kept =
    keptChange === null
      ? look.say({ en: 'It was put back, and read back.', ko: '원래대로 되돌리고 확인했습니다.' })
      : look.say({
          en: `Kept as ${keptChange} until the machine restarts. undo: keel undo ${keptChange}`,
          ko: `${keptChange}(으)로 유지합니다(재부팅 전까지). 되돌리기: keel undo ${keptChange}`,
        });
  return [
    look.colors.bold(head),
    ...wrap(effect, look.width),
    ...wrap(look.say(because), look.width),
    ...wrap(kept, look.width),
  ];
}

export function plannedProof(plan: ProvePlan<SettingAction>): DocumentOutput {
  return { kind: 'document', json: planJson(plan), lines: (look) => provePlanLines(plan, look) };
}

export function declinedProof(plan: ProvePlan<SettingAction>): DocumentOutput {
  return {
    kind: 'document',
    json: planJson(plan),
    lines: (look) => [look.say({ en: 'Nothing was changed.', ko: '아무것도 바꾸지 않았습니다.' })],
    exitCode: 1,
  };
}

function planJson({ finding, action }: ProvePlan<SettingAction>) {
  return {
    schema: 'keel.why.prove/1',
    rule: finding.rule,
    remedy: remedyName(action),
    setting: action.setting,
    at: action.at,
    tried: null,
    change: null,
  };
}
