/** What is said where a way to get events was asked for by name and is not to be had. */
import { KeelError } from '../base/errors.ts';
import type { Missing } from '../base/missing.ts';
import type { Sentence } from '../base/sentence.ts';

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
    next: [ANY_WAY],
  });
}

/** The same of rings of tracepoints; what most machines lack is the mount. */
export function noRing({ missing, path, detail }: Missing): KeelError {
  const reason = detail ?? path;
  const denied = missing === 'denied';
  return new KeelError(denied ? 'E_PRIVILEGE' : 'E_UNSUPPORTED', {
    what: denied
      ? {
          en: `this user may not watch tracepoints: ${reason}`,
          ko: `이 사용자는 트레이스포인트를 볼 수 없습니다: ${reason}`,
        }
      : {
          en: `tracepoints cannot be read here: ${reason}`,
          ko: `여기서는 트레이스포인트를 읽을 수 없습니다: ${reason}`,
        },
    next: missing === 'absent' ? [MOUNT_TRACEFS, ANY_WAY] : [ANY_WAY],
  });
}

const MOUNT_TRACEFS: Sentence = {
  en: 'Where tracefs is not mounted, as root: mount -t tracefs tracefs /sys/kernel/tracing',
  ko: 'tracefs가 마운트되어 있지 않다면 root로: mount -t tracefs tracefs /sys/kernel/tracing',
};
const ANY_WAY: Sentence = {
  en: 'Without --source the best way that works is taken',
  ko: '--source를 빼면 가능한 방법 중 가장 좋은 것을 씁니다',
};
