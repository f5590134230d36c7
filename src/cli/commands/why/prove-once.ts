/** `keel why --prove` of what is done once, warming and locking: the price that is asked about, and what came of it. */
import type { OncePlan, OnceProof } from '../../../app/prove-once.ts';
import { type ProvePlan, remedyName } from '../../../app/prove-remedy.ts';
import type { Sentence } from '../../../base/sentence.ts';
import { comesInBytes } from '../../../model/lock-price.ts';
import { missingBytes } from '../../../model/warming.ts';
import type { DocumentOutput } from '../../command.ts';
import { formatBytes, formatDuration, formatPct } from '../../output/format.ts';
import { type Look, safeName } from '../../output/look.ts';
import { markedLines } from '../../output/plan-lines.ts';
import { wrap } from '../../output/wrap.ts';
import { VERDICTS } from './prove.ts';

export function oncePlanLines({ finding }: ProvePlan, once: OncePlan, look: Look): string[] {
  return [
    ...wrap(safeName(look.say(finding.verdict)), look.width),
    ...markedLines('~', look.say(priceOf(once, look)), look),
    ...wrap(
      look.say({
        en: `Could gain ${formatPct(finding.weightRatio * 100)} at most. Measured for 4 s before and 4 s after.`,
        ko: `최대 ${formatPct(finding.weightRatio * 100)} 개선. 전과 후를 4초씩 측정합니다.`,
      }),
      look.width,
    ),
    ...wrap(look.say(once.what === 'warm' ? NOT_TAKEN_BACK : ONLY_WHERE_PROVEN), look.width),
  ];
}

const NOT_TAKEN_BACK: Sentence = {
  en: 'It changes no setting; what comes in stays until the kernel needs the room.',
  ko: '설정은 바꾸지 않습니다. 가져온 메모리는 커널이 자리를 필요로 할 때까지 남습니다.',
};
const ONLY_WHERE_PROVEN: Sentence = {
  en: 'Kept only where it helps.   undo: keel undo',
  ko: '효과가 있을 때만 유지합니다.   되돌리기: keel undo',
};

function priceOf(once: OncePlan, look: Look): Sentence {
  const { target } = once.plan;
  const name = `${safeName(target.comm)} ${target.tgid}`;
  switch (once.what) {
    case 'warm': {
      const bytes = formatBytes(missingBytes(once.plan.before));
      return { en: `warm ${name}: up to ${bytes} come in`, ko: `${name} 예열: 최대 ${bytes}를 가져옵니다` };
    }
    case 'lock-files': {
      const bytes = formatBytes(once.plan.bytes);
      return {
        en: `keep the files of ${name} in memory: ${bytes}, locked by a process of keel's own`,
        ko: `${name}의 파일을 메모리에 유지: ${bytes}를 keel의 별도 프로세스가 잠급니다`,
      };
    }
    case 'lock': {
      const { price, request, heldNs } = once.plan;
      const [bytes, comes] = [price.addedBytes, comesInBytes(price, request.onFault)].map(formatBytes);
      const held = formatDuration(heldNs, look.unicode);
      return {
        en: `lock the memory of ${name}: ${bytes}, of which ${comes} come in; one of its threads is held for about ${held}, in pieces`,
        ko: `${name}의 메모리를 잠금: ${bytes}, 그중 ${comes}를 가져옵니다. 스레드 하나를 나누어 모두 약 ${held} 멈춥니다`,
      };
    }
  }
}

function priceBytes(once: OncePlan): number {
  if (once.what === 'warm') return missingBytes(once.plan.before);
  return once.what === 'lock' ? once.plan.price.addedBytes : once.plan.bytes;
}

function json(plan: ProvePlan, once: OncePlan, proof: OnceProof | null) {
  return {
    schema: 'keel.why.prove/1',
    rule: plan.finding.rule,
    remedy: remedyName(plan.action),
    what: once.what,
    bytes: priceBytes(once),
    verdict: proof?.verdict ?? null,
    because: proof?.because.en ?? null,
    blocks: proof?.blocks ?? null,
    baselineStallPct: proof?.baseline ?? null,
    stallPct: proof?.value ?? null,
    effectPct: proof?.effectPct ?? null,
    majorFaultsBeforePerSec: proof?.majorsBeforePerSec ?? null,
    majorFaultsPerSec: proof?.majorsAfterPerSec ?? null,
    change: proof?.keptChange ?? null,
    noted: proof?.notedAs ?? null,
  };
}

export function plannedOnce(plan: ProvePlan, once: OncePlan): DocumentOutput {
  return {
    kind: 'document',
    json: json(plan, once, null),
    lines: (look) => oncePlanLines(plan, once, look),
  };
}

export function declinedOnce(plan: ProvePlan, once: OncePlan): DocumentOutput {
  return {
    kind: 'document',
    json: json(plan, once, null),
    lines: (look) => [look.say({ en: 'Nothing was changed.', ko: '아무것도 바꾸지 않았습니다.' })],
    exitCode: 1,
  };
}

export function onceOutput(plan: ProvePlan, once: OncePlan, proof: OnceProof): DocumentOutput {
  return {
    kind: 'document',
    json: json(plan, once, proof),
    lines: (look) => onceLines(plan, once, proof, look),
  };
}

function onceLines(plan: ProvePlan, once: OncePlan, proof: OnceProof, look: Look): string[] {
  const { verdict, because, baseline, value, effectPct, majorsBeforePerSec, majorsAfterPerSec } = proof;
  const perSec = (count: number) => String(Math.round(count));
  const effect: Sentence = {
    en: `held by page faults ${formatPct(baseline)} -> ${formatPct(value)} of the time (${effectPct.toFixed(0)} %); major faults ${perSec(majorsBeforePerSec)} -> ${perSec(majorsAfterPerSec)} a second`,
    ko: `페이지 폴트로 멈춤 ${formatPct(baseline)} -> ${formatPct(value)} (${effectPct.toFixed(0)} %). 메이저 폴트 초당 ${perSec(majorsBeforePerSec)} -> ${perSec(majorsAfterPerSec)}`,
  };
  return [
    look.colors.bold(`${look.say(VERDICTS[verdict])}: ${remedyName(plan.action)}`),
    ...wrap(look.say(effect), look.width),
    ...wrap(look.say(because), look.width),
    ...wrap(look.say(endOf(plan, once, proof)), look.width),
  ];
}

function endOf({ target }: ProvePlan, { what }: OncePlan, { verdict, keptChange }: OnceProof): Sentence {
  if (keptChange !== null) {
    return {
      en: `Kept as ${keptChange} until the process ends. undo: keel undo ${keptChange}`,
      ko: `${keptChange}(으)로 프로세스가 끝날 때까지 유지합니다. 되돌리기: keel undo ${keptChange}`,
    };
  }
  if (what !== 'warm') return { en: 'It was unlocked, and read back.', ko: '잠금을 풀고 확인했습니다.' };
  return verdict === 'helps'
    ? {
        en: `What came in may go again. To keep it: keel why ${target.tgid} --prove --remedy lock`,
        ko: `가져온 것은 다시 나갈 수 있습니다. 남게 하려면: keel why ${target.tgid} --prove --remedy lock`,
      }
    : {
        en: `Something takes it away again, or it was not that. Next: keel why ${target.tgid} --prove --remedy lock`,
        ko: `다시 회수되고 있거나 원인이 아닙니다. 다음: keel why ${target.tgid} --prove --remedy lock`,
      };
}
