/** What the kernel says to who reads or writes one of its files for an action, as `Refused` with the reason in words. */
import { writeFileSync } from 'node:fs';
import { type RefusalReason, Refused } from '../actions/refused.ts';
import { isMissing, type Maybe } from '../base/missing.ts';
import type { Sentence } from '../base/sentence.ts';

export const GONE = { en: 'it is not there any more', ko: '더 이상 없습니다' };

/** @throws Refused */
export function presentOrRefused<T>(value: Maybe<T>): T {
  if (!isMissing(value)) return value as T;
  const isGone = value.missing === 'gone' || value.missing === 'absent';
  if (isGone) throw new Refused('gone', GONE);
  const text = `${value.path}: ${value.detail ?? value.missing}`;
  throw new Refused(value.missing === 'denied' ? 'denied' : 'failed', { en: text, ko: text });
}

const REASONS: Readonly<Record<string, RefusalReason>> = {
  ENOENT: 'gone',
  ENODEV: 'gone',
  ESRCH: 'gone',
  EACCES: 'denied',
  EPERM: 'denied',
  EROFS: 'denied',
  EINVAL: 'invalid',
};

/** What an errno means for such a file; for files on a disk it would be something else. */
const WORDS: Readonly<Record<string, Sentence>> = {
  EPERM: { en: 'the kernel does not permit it', ko: '커널이 허용하지 않습니다' },
  EACCES: { en: 'only root may write it', ko: 'root만 쓸 수 있습니다' },
  EROFS: { en: 'it is mounted read-only here', ko: '여기서는 읽기 전용으로 마운트되어 있습니다' },
  EINVAL: { en: 'the kernel does not accept the value', ko: '커널이 받아들이지 않는 값입니다' },
  EBUSY: { en: 'it is in use', ko: '사용 중입니다' },
  EEXIST: { en: 'it is there already', ko: '이미 있습니다' },
  EIO: { en: 'its driver decides', ko: '드라이버가 정합니다' },
  ENOSPC: { en: 'no room is left there', ko: '그곳에 여유가 없습니다' },
};

/** One write call: kernel files take a value whole or not at all. */
export function writeKernelFile(path: string, value: string): void {
  attempt(() => writeFileSync(path, `${value}\n`, { flag: 'r+' }), path);
}

/** @throws Refused */
export function attempt(step: () => void, path: string): void {
  try {
    step();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    const words = WORDS[code] ?? { en: 'the kernel refused', ko: '커널이 거부했습니다' };
    throw new Refused(
      REASONS[code] ?? 'failed',
      { en: `${path}: ${words.en} (${code})`, ko: `${path}: ${words.ko} (${code})` },
      error,
    );
  }
}
