/** `keel help output`: what the output means and what other programs may rely on. */
import type { Topic } from './topic.ts';

export const output: Topic = {
  name: 'output',
  title: { en: 'Output', ko: '출력' },
  text: {
    en: 'Text for people may improve at any time; JSON, CSV and exit codes are a contract. JSON is English in every language.',
    ko: '사람을 위한 텍스트는 언제든 나아질 수 있습니다. JSON, CSV, 종료 코드는 계약이며 언어와 관계없이 같습니다.',
  },
  rows: [
    {
      term: '—',
      means: {
        en: 'not known; the reason and what would make it readable are said. It is never shown as 0',
        ko: '알 수 없는 값. 이유와 읽는 방법을 함께 보여 주며 0으로 나타내지 않습니다',
      },
    },
    {
      term: 'schema',
      means: {
        en: '"keel.topo/1": the first field of each document; the number grows when a field changes its meaning',
        ko: '"keel.topo/1": 모든 문서의 첫 필드. 필드의 뜻이 바뀌면 번호가 커집니다',
      },
    },
    {
      term: '...Ns ...Bytes ...Pct ...PerSec',
      means: {
        en: "the unit ends a field's name; counts are plural nouns",
        ko: '필드 이름의 끝이 단위입니다. 개수는 복수형 명사입니다',
      },
    },
    {
      term: '"0-3,8"',
      means: { en: 'sets of CPUs and nodes are cpulists', ko: 'CPU와 노드의 집합은 cpulist입니다' },
    },
    {
      term: '"18446744073709551615"',
      means: {
        en: '64-bit values that may pass 2^53 are strings',
        ko: '2^53을 넘을 수 있는 64비트 값은 문자열입니다',
      },
    },
    {
      term: 'gaps',
      means: {
        en: 'why a field is null: field, path, reason, hint',
        ko: '필드가 null인 이유: field, path, reason, hint',
      },
    },
  ],
};
