/** What goes wrong when page faults are to be watched, said so that it can be mended. */
import { KeelError } from '../base/errors.ts';
import type { Missing } from '../base/missing.ts';
import { KernelError } from '../native/libc.ts';

/** What the kernel refused, as an error for people; others as they are. */
export function readableFaultError(error: unknown, whole: boolean): unknown {
  if (!(error instanceof KernelError)) return error;
  if (/^(EACCES|EPERM)$/.test(error.errnoName)) {
    return new KeelError('E_PRIVILEGE', {
      what: whole
        ? {
            en: 'the page faults of the whole machine are not shown to this user',
            ko: '컴퓨터 전체의 페이지 폴트를 볼 권한이 없습니다',
          }
        : {
            en: 'the kernel does not let this user watch the page faults of that process',
            ko: '이 사용자는 그 프로세스의 페이지 폴트를 볼 수 없습니다',
          },
      next: [
        {
          en: 'Run with sudo or grant CAP_PERFMON (more: keel doctor). Rates need no right: keel faults watch',
          ko: 'sudo로 실행하거나 CAP_PERFMON을 주세요 (자세히: keel doctor). 비율은 권한 없이 볼 수 있습니다: keel faults watch',
        },
      ],
      cause: error,
    });
  }
  return isFileLimit(error.errnoName) ? tooManyFiles(error) : error;
}

/** A list of threads that could not be read for want of files says nothing about the target. */
export function requireFiles({ missing, detail }: Missing): void {
  if (missing === 'unreadable' && isFileLimit(detail)) throw tooManyFiles(detail);
}

function isFileLimit(errnoName: string | undefined): boolean {
  return errnoName === 'EMFILE' || errnoName === 'ENFILE';
}

function tooManyFiles(cause: unknown): KeelError {
  return new KeelError('E_CONFLICT', {
    what: {
      en: 'too many threads: each needs three open files per CPU, and the limit is reached',
      ko: '스레드가 너무 많습니다. 스레드마다 CPU당 파일 3개가 필요한데 한도를 넘었습니다',
    },
    next: [
      {
        en: 'Watch the whole machine: -a     or raise the limit: ulimit -n',
        ko: '컴퓨터 전체 관찰: -a     또는 한도 올리기: ulimit -n',
      },
    ],
    cause,
  });
}
