/** What the kernel answered to a call, as a refusal that says what it means for the one who asked. */
import { type RefusalReason, Refused } from '../actions/refused.ts';
import type { Sentence } from '../base/sentence.ts';
import { KernelError } from '../native/libc.ts';
import { THREAD_GONE } from './injections.ts';

const REASONS: Readonly<Record<string, RefusalReason>> = {
  ESRCH: 'gone',
  EPERM: 'denied',
  EACCES: 'denied',
  EINVAL: 'invalid',
  ENOSYS: 'unsupported',
};

/** What the kernel said, as a refusal. @throws Refused */
export function asRefusal<T>(step: () => T): T {
  try {
    return step();
  } catch (error) {
    if (!(error instanceof KernelError)) throw error;
    const reason = REASONS[error.errnoName] ?? 'failed';
    throw new Refused(reason, reason === 'gone' ? THREAD_GONE : saidBy(error), error);
  }
}

function saidBy(error: KernelError): Sentence {
  const said = `${error.call}: ${error.errnoName}`;
  if (error.errnoName === 'EPERM') {
    return {
      en: `the kernel does not permit it to this user (${said})`,
      ko: `커널이 이 사용자에게 허용하지 않습니다 (${said})`,
    };
  }
  if (error.call === 'sched_setaffinity' && error.errnoName === 'EINVAL') {
    return {
      en: `the kernel allows a thread none of these CPUs (${said})`,
      ko: `스레드에 허용된 CPU가 하나도 없습니다 (${said})`,
    };
  }
  if (error.call === 'ptrace' && error.errnoName === 'ENOSYS') {
    return {
      en: 'calls can be made inside of 64-bit programs of x86 only',
      ko: '64비트 x86 프로그램 안에서만 호출할 수 있습니다',
    };
  }
  return { en: `the kernel refused (${said})`, ko: `커널이 거부했습니다 (${said})` };
}
