/** `keel warm --populate`: what is mapped in by the process itself, for how long that held it, and the faults it took. */
import type { Populated, PopulatePlan } from '../../../app/populate-memory.ts';
import { isMissing, orNull } from '../../../base/missing.ts';
import type { Sentence } from '../../../base/sentence.ts';
import type { MemoryState } from '../../../model/warming.ts';
import { formatBytes, formatCount, formatDuration } from '../../output/format.ts';
import type { Look } from '../../output/look.ts';
import { wrap } from '../../output/wrap.ts';

export function populateJson(plan: PopulatePlan | null, populated: Populated | null) {
  if (plan === null) return null;
  const faults = populated === null ? null : orNull(populated.faults);
  return {
    bytes: plan.bytes,
    estimatedHeldNs: plan.heldNs,
    heldNs: populated === null ? null : Math.round(populated.held.sumNs),
    longestHeldNs: populated === null ? null : Math.round(populated.held.longestNs),
    refusedBytes: populated?.refusedBytes ?? null,
    minorFaults: faults?.minorFaults ?? null,
    majorFaults: faults?.majorFaults ?? null,
  };
}

export function stopSentence({ bytes, threads, heldNs }: PopulatePlan, look: Look): Sentence {
  const [size, time] = [formatBytes(bytes), formatDuration(heldNs, look.unicode)];
  return threads === 1
    ? {
        en: `Then ${size} are mapped in by its only thread, held for about ${time} in pieces of 16 MiB.`,
        ko: `그 뒤 하나뿐인 스레드가 ${size}를 매핑합니다. 16 MiB씩 나누어 모두 약 ${time} 멈춥니다.`,
      }
    : {
        en: `Then ${size} are mapped in by one of its ${threads} threads, one that sleeps if any does, held for about ${time} in pieces of 16 MiB.`,
        ko: `그 뒤 스레드 ${threads}개 중 하나(가능하면 자고 있는 것)가 ${size}를 매핑합니다. 16 MiB씩 나누어 모두 약 ${time} 멈춥니다.`,
      };
}

function takenSentence(faults: Populated['faults']): Sentence {
  if (isMissing(faults)) {
    const why = faults.detail ?? faults.missing;
    return { en: ` Its faults meanwhile: — (${why}).`, ko: ` 그동안의 폴트: — (${why}).` };
  }
  const [minor, major] = [faults.minorFaults, faults.majorFaults].map(formatCount);
  return {
    en: ` The process took ${minor} minor and ${major} major faults meanwhile.`,
    ko: ` 그동안 프로세스의 마이너 폴트 ${minor}회, 메이저 폴트 ${major}회.`,
  };
}

export function populatedLines(before: MemoryState, populated: Populated, look: Look): string[] {
  const { after, held, refusedBytes } = populated;
  const bytes = formatBytes(Math.max(0, after.residentBytes - before.residentBytes));
  const [sum, longest] = [held.sumNs, held.longestNs].map((ns) => formatDuration(ns, look.unicode));
  const taken = takenSentence(populated.faults);
  const lines: Sentence[] = [
    {
      en: `${bytes} more mapped in; a thread was held for ${sum} in all, ${longest} at once.${taken.en}`,
      ko: `${bytes}를 더 매핑했습니다. 스레드를 모두 ${sum}, 한 번에 길어야 ${longest} 멈췄습니다.${taken.ko}`,
    },
  ];
  if (refusedBytes > 0) {
    const refused = formatBytes(refusedBytes);
    lines.push({
      en: `${refused} were refused: gone by now, or of a device.`,
      ko: `${refused}는 거부되었습니다. 이미 사라졌거나 장치의 매핑입니다.`,
    });
  }
  return lines.flatMap((line) => wrap(look.say(line), look.width));
}
