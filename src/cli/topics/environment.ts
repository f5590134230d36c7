/** `keel help environment`. */
import type { Topic } from './topic.ts';

export const environment: Topic = {
  name: 'environment',
  title: { en: 'Environment', ko: '환경 변수' },
  text: {
    en: 'No variable is needed. Options win over variables.',
    ko: '필요한 변수는 없습니다. 옵션이 변수보다 우선합니다.',
  },
  rows: [
    { term: 'NO_COLOR', means: { en: 'set to anything: no colours', ko: '값이 있으면 색을 쓰지 않음' } },
    {
      term: 'LC_ALL, LC_MESSAGES, LANG',
      means: {
        en: 'ko: Korean; anything else: English. --lang wins',
        ko: 'ko면 한국어, 그 밖에는 영어. --lang이 우선',
      },
    },
    {
      term: 'LC_ALL, LC_CTYPE, LANG',
      means: {
        en: 'without UTF-8: drawings of ASCII characters only',
        ko: 'UTF-8이 아니면 그림에 ASCII 문자만 사용',
      },
    },
    { term: 'TERM', means: { en: 'dumb: no colours', ko: 'dumb이면 색을 쓰지 않음' } },
    {
      term: 'XDG_STATE_HOME',
      means: { en: "where a user's journal of changes lies", ko: '사용자의 변경 기록(저널)을 두는 곳' },
    },
    {
      term: 'XDG_CACHE_HOME',
      means: { en: 'where what can be found anew is kept', ko: '다시 구할 수 있는 정보를 두는 곳' },
    },
  ],
};
