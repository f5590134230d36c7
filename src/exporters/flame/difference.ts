/** A flame graph of two recordings: as wide as both together, red where code took more, blue where it took less. */
import type { Language, Sentence } from '../../base/sentence.ts';
import type { FaultProfile } from '../../model/faults/profile.ts';
import { type DifferenceProfile, profileDifference } from '../../model/faults/profile-difference.ts';
import { FLAME_SAYS, flamePage, spoken } from '../flame.ts';

const SAYS: Readonly<Record<string, Sentence>> = {
  ...FLAME_SAYS,
  title: { en: 'Page faults before and after', ko: '폴트 비교: 이전과 이후' },
  sum: {
    en: 'Bars are as wide as both recordings together, per second of each.',
    ko: '막대의 너비는 두 기록의 초당 값을 더한 것입니다.',
  },
  grew: { en: 'grew', ko: '늘어남' },
  shrank: { en: 'shrank', ko: '줄어듦' },
  same: { en: 'same', ko: '같음' },
  before: { en: 'before', ko: '이전' },
  after: { en: 'after', ko: '이후' },
};

export function exportFlameDifference(before: FaultProfile, after: FaultProfile, language: Language): string {
  return flamePage(differenceData(profileDifference(before, after), language), language);
}

/** In the form of one recording, with the two sides in place of causes. */
function differenceData({ labels, stacks, weights }: DifferenceProfile, language: Language) {
  const say = spoken(SAYS, language);
  const nodes = Array.from({ length: stacks.size }, (_, i) => i);
  return {
    isDifference: true,
    say,
    causes: [say.before, say.after],
    labels: labels.map(({ name, binary }) => [name, binary]),
    parents: nodes.map((node) => stacks.parent(node)),
    frames: nodes.map((node) => stacks.frame(node)),
    weights: weights.flatMap(({ stack, before, after }) =>
      [before, after].map((side, i) => [stack, i, side.faultsPerSec, side.stallNsPerSec]),
    ),
  };
}
