/** `keel help files`: what keel writes, and where. */
import type { Topic } from './topic.ts';

export const files: Topic = {
  name: 'files',
  title: { en: 'Files', ko: '파일' },
  text: {
    en: 'keel has no configuration. It writes these, and what an option such as --out names.',
    ko: '설정 파일은 없습니다. 아래 파일과 --out 같은 옵션으로 지정한 파일만 씁니다.',
  },
  rows: [
    {
      term: '/var/lib/evenkeel/c-N.jsonl',
      means: {
        en: "root's journal: a file for each change, written before the change is made. Without it, keel undo cannot put it back",
        ko: 'root의 저널: 변경마다 파일 하나를 변경 전에 기록. 없으면 keel undo로 되돌릴 수 없음',
      },
    },
    {
      term: '~/.local/state/evenkeel/c-N.jsonl',
      means: {
        en: 'the journal of any other user; $XDG_STATE_HOME moves it, for root too',
        ko: '다른 사용자의 저널. $XDG_STATE_HOME으로 위치 변경 (root 포함)',
      },
    },
    {
      term: '~/.cache/evenkeel/btf/',
      means: {
        en: "where this kernel's types lie, so that BPF starts sooner; may be deleted. $XDG_CACHE_HOME moves it",
        ko: 'BPF를 빨리 시작하기 위한 커널 타입 정보. 지워도 됨. $XDG_CACHE_HOME으로 위치 변경',
      },
    },
  ],
};
