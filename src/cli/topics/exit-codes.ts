/** `keel help exit-codes`. */
import { EXIT } from '../../base/errors.ts';
import type { Topic } from './topic.ts';

export const exitCodes: Topic = {
  name: 'exit-codes',
  title: { en: 'Exit codes', ko: '종료 코드' },
  text: {
    en: 'Errors go to standard error with a code such as E_USAGE; with --json as one object of the schema keel.error/1.',
    ko: '오류는 E_USAGE 같은 코드와 함께 표준 오류로 나갑니다. --json이면 keel.error/1 스키마의 객체 하나입니다.',
  },
  rows: [
    { term: `${EXIT.fine}`, means: { en: 'fine', ko: '정상' } },
    { term: `${EXIT.failed}`, means: { en: 'failed', ko: '실패' } },
    {
      term: `${EXIT.usage}`,
      means: {
        en: 'the command line asks for something that cannot be; nothing was changed',
        ko: '명령이 잘못됨. 아무것도 바꾸지 않음',
      },
    },
    {
      term: `${EXIT.findings}`,
      means: { en: 'there are findings (with --exit-code)', ko: '발견이 있음 (--exit-code)' },
    },
    { term: `${EXIT.notPermitted}`, means: { en: 'not permitted', ko: '권한이 없음' } },
    {
      term: `${EXIT.gone}`,
      means: { en: 'the target has ended, or was never there', ko: '대상이 끝났거나 없음' },
    },
    { term: `${EXIT.interrupted}`, means: { en: 'interrupted', ko: '중단됨' } },
  ],
  notes: {
    en: "keel run becomes the program it launches, so its exit code is the program's.",
    ko: 'keel run은 실행한 프로그램으로 바뀌므로 종료 코드는 그 프로그램의 것입니다.',
  },
};
