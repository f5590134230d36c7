/** What the schema complains of, in words, in either language. */
import type { z } from 'zod';
import type { Sentence } from '../../base/sentence.ts';
import { expectedSentence } from './expecting.ts';

export function issueNote(issue: z.core.$ZodIssue): Sentence {
  switch (issue.code) {
    case 'unrecognized_keys':
      return { en: 'there is no such key here', ko: '여기에는 그런 키가 없습니다' };
    case 'invalid_type':
      return issue.input === undefined
        ? { en: `${last(issue)} is missing`, ko: `${last(issue)}이(가) 없습니다` }
        : {
            en: `should be ${TYPES[issue.expected]?.en ?? issue.expected}`,
            ko: `${TYPES[issue.expected]?.ko ?? issue.expected}이어야 합니다`,
          };
    case 'invalid_value':
      return oneOf(issue.values.map(String));
    case 'invalid_union':
      return issue.discriminator === undefined
        ? { en: 'is none of what it may be', ko: '쓸 수 있는 값이 아닙니다' }
        : oneOf((issue as { options?: readonly unknown[] }).options?.map(String) ?? []);
    case 'too_small':
      return { en: `at least ${issue.minimum}`, ko: `${issue.minimum} 이상이어야 합니다` };
    case 'too_big':
      return { en: `at most ${issue.maximum}`, ko: `${issue.maximum} 이하여야 합니다` };
    case 'invalid_format':
      return FORMATS[issue.format] ?? expectedSentence(issue.message);
    default:
      return expectedSentence(issue.message);
  }
}

const TYPES: Readonly<Record<string, Sentence>> = {
  string: { en: 'a text', ko: '글자' },
  number: { en: 'a number', ko: '숫자' },
  int: { en: 'a whole number', ko: '정수' },
  boolean: { en: 'true or false', ko: 'true나 false' },
  array: { en: 'a list', ko: '목록' },
  object: { en: 'keys with values', ko: '키와 값' },
  record: { en: 'names with values', ko: '이름과 값' },
};

const FORMATS: Readonly<Record<string, Sentence>> = {
  url: {
    en: 'a URL that begins with http:// or https://',
    ko: 'http://나 https://로 시작하는 URL이어야 합니다',
  },
  starts_with: { en: 'should begin with /', ko: '/로 시작해야 합니다' },
  datetime: {
    en: 'a time such as 2026-11-23T06:00:00+09:00',
    ko: '2026-11-23T06:00:00+09:00 같은 시각이어야 합니다',
  },
};

function oneOf(values: readonly string[]): Sentence {
  const list = values.join(', ');
  return { en: `one of ${list}`, ko: `${list} 가운데 하나여야 합니다` };
}

function last({ path }: z.core.$ZodIssue): string {
  return String(path.at(-1) ?? '');
}
