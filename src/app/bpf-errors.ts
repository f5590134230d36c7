/** What is said where BPF was asked for by name and is not to be had. */
import { KeelError } from '../base/errors.ts';
import type { Missing } from '../base/missing.ts';

export function noBpf({ missing, path, detail }: Missing): KeelError {
  const reason = detail ?? path;
  const denied = missing === 'denied';
  return new KeelError(denied ? 'E_PRIVILEGE' : 'E_UNSUPPORTED', {
    what: denied
      ? {
          en: `this user may not load BPF programs: ${reason}`,
          ko: `이 사용자는 BPF 프로그램을 올릴 수 없습니다: ${reason}`,
        }
      : { en: `BPF cannot be used here: ${reason}`, ko: `여기서는 BPF를 쓸 수 없습니다: ${reason}` },
    next: [
      {
        en: 'Without --source the best way that works is taken',
        ko: '--source를 빼면 가능한 방법 중 가장 좋은 것을 씁니다',
      },
    ],
  });
}
