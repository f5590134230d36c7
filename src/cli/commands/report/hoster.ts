/** What only the hoster can change, and how to ask for it: a quota that is too small, CPUs that others get. */
import { NOTABLE_RATIO, RULE_IDS } from '../../../app/rule-ids.ts';
import { formatDuration } from '../../../base/format.ts';
import type { Sentence } from '../../../base/sentence.ts';
import type { Finding } from '../../../diagnosis/finding.ts';
import type { LateCause } from '../../../model/late/causes.ts';
import type { WatchedLate } from '../../../model/late/watched.ts';
import type { Block, Section } from '../../../report/page.ts';
import { formatEvidence } from '../../output/evidence.ts';
import type { Look } from '../../output/look.ts';
import { paragraph } from './phrases.ts';

interface Request {
  readonly rule: string;
  readonly cause: LateCause;
  readonly seen: Sentence;
  readonly ask: Sentence;
}

const REQUESTS: readonly Request[] = [
  {
    rule: RULE_IDS.throttled,
    cause: 'quota',
    seen: { en: 'CPU quota used up', ko: 'CPU 할당량 소진' },
    ask: {
      en: 'Please raise the CPU quota (cpu.max, CPUQuota= of the unit, or the CPU limit of the container), or allow short bursts over it (cpu.max.burst). No placement inside the quota helps.',
      ko: 'CPU 할당량(cpu.max, 유닛의 CPUQuota=, 컨테이너의 CPU 제한)을 늘리거나 짧은 초과(cpu.max.burst)를 허용해 주세요. 할당량 안에서는 배치를 바꾸어도 나아지지 않습니다.',
    },
  },
  {
    rule: RULE_IDS.steal,
    cause: 'steal',
    seen: { en: 'CPU time given to other machines (steal)', ko: '다른 가상 머신에 준 CPU 시간(steal)' },
    ask: {
      en: 'How far are the CPUs of this host shared? Please give this machine dedicated CPUs, or move it to a host with fewer neighbours. Nothing inside the machine can change it.',
      ko: '이 호스트의 CPU를 몇 대가 나누어 씁니까? 전용 CPU를 배정하거나 덜 붐비는 호스트로 옮겨 주세요. 가상 머신 안에서는 바꿀 수 없습니다.',
    },
  },
];

/** null where nothing that was found is the hoster's to change. */
export function hosterSection(late: WatchedLate, findings: readonly Finding[], look: Look): Section | null {
  const blocks = REQUESTS.flatMap(({ rule, cause, seen, ask }): Block[] => {
    const evidence = evidenceOf(findings.find((one) => one.rule === rule) ?? null, cause, late, look);
    return evidence === null
      ? []
      : [
          paragraph({
            en: `${seen.en} (${evidence.en}). ${ask.en}`,
            ko: `${seen.ko} (${evidence.ko}). ${ask.ko}`,
          }),
        ];
  });
  const title = { en: 'What to ask the hoster for', ko: '호스팅 업체에 요청할 것' };
  return blocks.length === 0 ? null : { title, blocks };
}

/** Of a finding, or else of late time; null where neither is notable. */
function evidenceOf(
  finding: Finding | null,
  cause: LateCause,
  { summary, elapsedNs }: WatchedLate,
  look: Look,
): Sentence | null {
  if (finding !== null) {
    const join = (language: 'en' | 'ko') =>
      finding.evidence.map((one) => `${one.text[language]} ${formatEvidence(one, look)}`).join(', ');
    return { en: join('en'), ko: join('ko') };
  }
  const lateNs = summary.byCause.find((one) => one.cause === cause)?.lateNs ?? 0;
  if (lateNs < elapsedNs * NOTABLE_RATIO) return null;
  const [sum, window] = [formatDuration(lateNs), formatDuration(elapsedNs)];
  return { en: `${sum} of ${window}`, ko: `${window} 중 ${sum}` };
}
