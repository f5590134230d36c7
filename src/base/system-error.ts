/** What the system said about a file, in words: a code such as ENOSPC tells most people nothing. */
import type { Sentence } from './sentence.ts';

/** errno(3), as far as opening, reading and writing files gives them. The code stays: it can be searched for. */
const WORDS: Readonly<Record<string, Sentence>> = {
  EACCES: { en: 'permission denied', ko: '권한이 없습니다' },
  EPERM: { en: 'not permitted', ko: '허용되지 않습니다' },
  ENOENT: { en: 'no such file or folder', ko: '파일이나 폴더가 없습니다' },
  ENOTDIR: { en: 'a part of the path is not a folder', ko: '경로 가운데 폴더가 아닌 것이 있습니다' },
  EISDIR: { en: 'it is a folder', ko: '폴더입니다' },
  ELOOP: { en: 'it is a symbolic link', ko: '심볼릭 링크입니다' },
  EROFS: { en: 'the file system is read-only', ko: '읽기 전용 파일 시스템입니다' },
  ENOSPC: { en: 'no space is left on the disk', ko: '디스크에 남은 공간이 없습니다' },
  EDQUOT: { en: 'the disk quota is used up', ko: '디스크 할당량을 다 썼습니다' },
  EIO: { en: 'the disk failed', ko: '디스크 오류입니다' },
  EFBIG: { en: 'the file would be too large', ko: '파일이 너무 큽니다' },
  EMFILE: { en: 'too many files are open', ko: '열린 파일이 너무 많습니다' },
};

/** `no space is left on the disk (ENOSPC)`; a code without words stands alone. */
export function systemReason(error: unknown): Sentence {
  const code = (error as NodeJS.ErrnoException).code ?? String(error);
  const words = WORDS[code];
  return words === undefined
    ? { en: code, ko: code }
    : { en: `${words.en} (${code})`, ko: `${words.ko} (${code})` };
}
