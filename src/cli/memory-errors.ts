/** Where the memory of a process may not be looked at, or is gone. */
import type { FoundTarget } from '../app/find-targets.ts';
import { KeelError } from '../base/errors.ts';
import type { Missing } from '../base/missing.ts';
import { verbatim } from '../base/sentence.ts';

/** @param command the one that wanted to: `sudo keel map 1` */
export function unreadableMemory(
  { comm, tgid }: FoundTarget,
  { missing, detail }: Missing,
  command: string,
): KeelError {
  const name = `${comm} ${tgid}`;
  if (missing === 'denied') {
    return new KeelError('E_PRIVILEGE', {
      what: {
        en: `the memory of ${name} may only be looked at by its owner and by root`,
        ko: `${name}의 메모리는 소유자나 root만 볼 수 있습니다`,
      },
      next: [verbatim(`sudo keel ${command} ${tgid}`)],
    });
  }
  if (missing === 'gone') {
    return new KeelError('E_GONE', {
      what: { en: `${name} ended while it was read`, ko: `${name}이(가) 읽는 동안 끝났습니다` },
    });
  }
  const because = detail === undefined ? '' : `: ${detail}`;
  return new KeelError('E_UNSUPPORTED', {
    what: {
      en: `the memory of ${name} cannot be read${because}`,
      ko: `${name}의 메모리를 읽을 수 없습니다${because}`,
    },
  });
}
