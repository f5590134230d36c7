/** Options that many commands share, so that they mean and are called the same everywhere. */
import { KeelError } from '../base/errors.ts';
import type { Sentence } from '../base/sentence.ts';
import { KIB, MIB, parseDurationNs, parseSizeBytes } from '../base/units.ts';
import type { Option } from './command.ts';

export function flag(flags: string, describe: Sentence): Option<boolean> {
  return { flags, describe };
}

export function text(
  flags: string,
  describe: Sentence,
  completes?: Option<string>['completes'],
): Option<string> {
  return { flags, describe, parse: (value) => value, ...(completes === undefined ? {} : { completes }) };
}

/** A duration in nanoseconds. @throws KeelError E_USAGE from `parse` */
export function duration(flags: string, describe: Sentence, atLeastNs = 1): Option<number> {
  return { flags, describe, parse: (value) => durationOf(value, flags, atLeastNs) };
}

export function wholeNumber(flags: string, describe: Sentence, least: number, most: number): Option<number> {
  return {
    flags,
    describe,
    parse(value) {
      const number = Number(value);
      if (/^\d+$/.test(value) && number >= least && number <= most) return number;
      throw badValue(flags, value, {
        en: `a whole number from ${least} to ${most}`,
        ko: `${least}에서 ${most}까지의 정수`,
      });
    },
  };
}

/** A size in bytes. @throws KeelError E_USAGE from `parse` */
export function size(
  flags: string,
  describe: Sentence,
  leastBytes: number,
  mostBytes: number,
): Option<number> {
  return {
    flags,
    describe,
    parse(value) {
      const bytes = parseSizeBytes(value);
      if (bytes !== null && bytes >= leastBytes && bytes <= mostBytes) return bytes;
      const range = `${leastBytes / KIB} KiB - ${mostBytes / MIB} MiB`;
      throw badValue(flags, value, {
        en: `a size such as 4MiB or 512K (${range})`,
        ko: `4MiB, 512K 같은 크기 (${range})`,
      });
    },
  };
}

export function choice<const T extends string>(
  flags: string,
  describe: Sentence,
  choices: readonly T[],
): Option<T> {
  return {
    flags,
    describe,
    completes: choices,
    parse(value) {
      const found = choices.find((one) => one === value);
      if (found !== undefined) return found;
      throw badValue(flags, value, {
        en: `one of ${choices.join(', ')}`,
        ko: `${choices.join(', ')} 중 하나`,
      });
    },
  };
}

/** Several of them, with commas. */
export function choices<const T extends string>(
  flags: string,
  describe: Sentence,
  all: readonly T[],
): Option<readonly T[]> {
  const one = choice(flags, describe, all);
  return {
    flags,
    describe,
    completes: all,
    parse: (value) => value.split(',').map((word) => one.parse?.(word) as T),
  };
}

/** @throws KeelError E_USAGE where the text is no duration or is too short */
export function durationOf(value: string, name: string, atLeastNs = 1): number {
  const ns = parseDurationNs(value);
  if (ns !== null && ns >= atLeastNs) return ns;
  const least = atLeastNs >= 1e9 ? `${atLeastNs / 1e9} s` : `${atLeastNs / 1e6} ms`;
  throw badValue(
    name,
    value,
    atLeastNs > 1
      ? {
          en: `a duration of at least ${least}, such as 30s or 500ms`,
          ko: `${least} 이상의 시간 (예: 30s, 500ms)`,
        }
      : { en: 'a duration such as 30s, 500ms or 2m', ko: '시간 (예: 30s, 500ms, 2m)' },
  );
}

/** The value of a duration that is an option and also an argument. @throws KeelError E_USAGE where both are given */
export function durationGiven(
  option: string,
  value: number | undefined,
  argument: string,
  text: string | undefined,
): number | undefined {
  if (text === undefined) return value;
  const ns = durationOf(text, argument);
  if (value === undefined) return ns;
  throw new KeelError('E_USAGE', {
    what: {
      en: `the ${argument} is given twice: as ${text} and with ${option}`,
      ko: `${argument}을(를) ${text}와(과) ${option}으로 두 번 지정했습니다`,
    },
  });
}

function badValue(flags: string, value: string, expected: Sentence): KeelError {
  const name = /--[\w-]+/.exec(flags)?.[0] ?? flags;
  return new KeelError('E_USAGE', {
    what: { en: `${name} takes ${expected.en}`, ko: `${name}의 값은 ${expected.ko}여야 합니다` },
    pointer: { text: value, start: 0, end: value.length },
  });
}

/** Options of every command. */
export const GLOBAL_OPTIONS = {
  json: flag('--json', {
    en: 'one JSON document instead of text; streams give one object a line',
    ko: '텍스트 대신 JSON 출력. 스트림은 한 줄에 객체 하나',
  }),
  lang: choice('--lang <language>', { en: 'language of the text', ko: '출력 언어' }, ['en', 'ko']),
  width: wholeNumber('--width <columns>', { en: 'line width', ko: '줄 너비' }, 40, 1000),
  ascii: flag('--ascii', { en: 'no characters beyond ASCII in drawings', ko: '그림에 ASCII 문자만 사용' }),
} as const;

/** For every command that only reads. */
export const SYSROOT = text(
  '--sysroot <path>',
  {
    en: 'a folder with the copy of a machine, or a file made by keel capture, instead of this machine',
    ko: '이 컴퓨터 대신 읽을 사본 폴더나 keel capture 파일',
  },
  'file',
);

/** For every command that writes a file of the user's choice. */
export const FORCE = flag('--force', {
  en: 'replace a file that is there already',
  ko: '이미 있는 파일을 덮어쓰기',
});

/** For every command that changes something. */
export const YES = flag('--yes', { en: 'act without asking', ko: '묻지 않고 실행' });
export const DRY_RUN = flag('--dry-run', {
  en: 'show the plan and change nothing',
  ko: '계획만 보여 주고 바꾸지 않음',
});
export const ALL = flag('--all', {
  en: 'every match instead of refusing several',
  ko: '여러 개가 일치하면 모두 대상으로',
});
