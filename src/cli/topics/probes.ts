/** `keel help probes`: the signals that `keel optimize --probe` judges by. */
import { PROBES } from '../../app/probes/index.ts';
import type { Topic } from './topic.ts';

export const probes: Topic = {
  name: 'probes',
  title: { en: 'Probes', ko: 'probe' },
  text: {
    en: 'keel optimize judges by how long threads wait for a CPU. With --probe it judges by a signal of your own: its mean over a block, lower being better unless --better higher is given. A sample that takes over a second has failed, and failures count against a placement.',
    ko: 'keel optimize는 스레드가 CPU를 기다린 시간으로 판단합니다. --probe를 쓰면 직접 고른 신호의 블록 평균으로 판단하며, --better higher가 없으면 낮을수록 좋은 것으로 봅니다. 1초를 넘는 표본은 실패이고, 실패가 늘어난 배치는 유지하지 않습니다.',
  },
  rows: PROBES.map(({ usage, describe }) => ({ term: usage, means: describe })),
  notes: {
    en: 'A probe that cannot be reached, or says nothing for five seconds, ends keel before anything is changed.',
    ko: '닿지 않거나 5초 동안 값이 없는 probe이면 아무것도 바꾸기 전에 끝납니다.',
  },
};
