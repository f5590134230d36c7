/**
 * A value the kernel did not give, with the reason. It is returned, kept, and shown as a dash with an explanation;
 * it is never 0, -1 or an empty string.
 */
import type { Sentence } from './sentence.ts';

export const MISSING_REASONS = [
  'gone',
  'denied',
  'absent',
  'truncated',
  'not-captured',
  'unreadable',
] as const;

/**
 * - `gone`: the task ended while we looked
 * - `denied`: the kernel refused for lack of privilege
 * - `absent`: this kernel or machine does not have it
 * - `truncated`: the text ended too early
 * - `not-captured`: the captured machine does not contain it
 * - `unreadable`: it is there, but its text was not what it should be, or the read failed
 */
export type MissingReason = (typeof MISSING_REASONS)[number];

export interface Missing {
  readonly missing: MissingReason;
  /** What was asked for: a path, or the name of a fact. */
  readonly path: string;
  /** What the kernel or the parser said, in English. */
  readonly detail?: string;
}

export type Maybe<T> = T | Missing;

export function missing(reason: MissingReason, path: string, detail?: string): Missing {
  return detail === undefined ? { missing: reason, path } : { missing: reason, path, detail };
}

export function isMissing(value: unknown): value is Missing {
  return typeof value === 'object' && value !== null && 'missing' in value && 'path' in value;
}

export function present<T>(value: Maybe<T>): value is Exclude<T, Missing> {
  return !isMissing(value);
}

/** The value, or null where it is missing: for optional parts whose absence is told elsewhere. */
export function orNull<T>(value: Maybe<T>): T | null {
  return isMissing(value) ? null : value;
}

/** `f` of the value; a missing value stays missing, with its reason. */
export function mapMaybe<T, U>(value: Maybe<T>, f: (value: T) => U): Maybe<U> {
  return isMissing(value) ? value : f(value);
}

/** One absent field of a JSON document. */
export interface Gap {
  readonly field: string;
  readonly path: string;
  readonly reason: MissingReason;
  readonly hint: string;
}

/** What would make a missing value readable. */
export function hintFor(reason: MissingReason): Sentence {
  return HINTS[reason];
}

const HINTS: Readonly<Record<MissingReason, Sentence>> = {
  gone: { en: 'the task ended while it was read', ko: '읽는 동안 태스크가 끝났습니다' },
  denied: {
    en: 'not permitted; run as root or as the owner of the process',
    ko: '권한이 없습니다. root나 프로세스의 소유자로 실행하세요',
  },
  absent: {
    en: 'this kernel or machine does not provide it',
    ko: '이 커널이나 컴퓨터는 이 값을 제공하지 않습니다',
  },
  truncated: { en: 'the text ended too early', ko: '텍스트가 중간에 끝났습니다' },
  'not-captured': {
    en: 'the captured machine does not contain it; capture again with this version',
    ko: '캡처에 들어 있지 않습니다. 이 버전으로 다시 캡처하세요',
  },
  unreadable: {
    en: 'the read failed or its text was not understood',
    ko: '읽지 못했거나 해석할 수 없는 내용입니다',
  },
};

/** Collects the gaps of one document while its values are taken. */
export class GapList {
  readonly #gaps: Gap[] = [];

  /** The value for the document: null where it is missing, and then a gap under `field`. */
  take<T>(field: string, value: Maybe<T>): T | null {
    if (!isMissing(value)) return value;
    this.#gaps.push({
      field,
      path: value.path,
      reason: value.missing,
      hint:
        value.detail === undefined
          ? hintFor(value.missing).en
          : `${hintFor(value.missing).en} (${value.detail})`,
    });
    return null;
  }

  get gaps(): readonly Gap[] {
    return this.#gaps;
  }
}
