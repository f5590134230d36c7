/** Why memory is not locked: each says what stands in the way, and the way out. Nothing was changed. */

import { KeelError } from '../base/errors.ts';
import { formatBytes } from '../base/format.ts';
import type { GroupMemory } from '../model/memory-limits.ts';
import type { FoundTarget } from './find-targets.ts';

type LimitedGroup = Pick<GroupMemory, 'at' | 'limit'>;

const nameOf = ({ comm, tgid }: FoundTarget) => `${comm} ${tgid}`;

export interface LimitNeeds {
  readonly needBytes: number;
  readonly softBytes: number;
}

/** The limit of the target decides, whoever keel is. */
export function limitTooLow(target: FoundTarget, { needBytes, softBytes }: LimitNeeds): KeelError {
  const [need, soft] = [formatBytes(needBytes), formatBytes(softBytes)];
  return new KeelError('E_CONFLICT', {
    what: {
      en: `${nameOf(target)} may lock ${soft} (RLIMIT_MEMLOCK) and has no CAP_IPC_LOCK; this needs ${need}`,
      ko: `${nameOf(target)}은(는) ${soft}까지 잠글 수 있고(RLIMIT_MEMLOCK) CAP_IPC_LOCK이 없습니다. ${need}가 필요합니다`,
    },
    next: [
      {
        en: `Raise it as a part of the change: keel lock ${target.tgid} --raise-limit      Less: --mapping heap`,
        ko: `변경의 일부로 한도 올리기: keel lock ${target.tgid} --raise-limit      더 적게: --mapping heap`,
      },
      {
        en: `For good: LimitMEMLOCK=${needBytes} in its unit, "USER - memlock ${Math.ceil(needBytes / 1024)}" in /etc/security/limits.conf, docker --ulimit memlock=${needBytes}`,
        ko: `계속 쓰려면: 유닛의 LimitMEMLOCK=${needBytes}, /etc/security/limits.conf의 "USER - memlock ${Math.ceil(needBytes / 1024)}", docker --ulimit memlock=${needBytes}`,
      },
    ],
  });
}

export function mayNotRaise(target: FoundTarget): KeelError {
  return new KeelError('E_PRIVILEGE', {
    what: {
      en: `raising the limit of ${nameOf(target)} needs CAP_SYS_RESOURCE, which keel does not have here`,
      ko: `${nameOf(target)}의 한도를 올리려면 CAP_SYS_RESOURCE가 필요한데 keel에 없습니다`,
    },
    next: [
      {
        en: `From outside of the container: prlimit --pid PID --memlock=unlimited      Less: --mapping NAME`,
        ko: `컨테이너 밖에서: prlimit --pid PID --memlock=unlimited      더 적게: --mapping 이름`,
      },
    ],
  });
}

export function tooMuch(target: FoundTarget, comesInBytes: number, availableBytes: number): KeelError {
  const [needed, available] = [formatBytes(comesInBytes), formatBytes(availableBytes)];
  return new KeelError('E_CONFLICT', {
    what: {
      en: `${needed} would have to come in, and ${available} are available: the machine would run out of memory`,
      ko: `${needed}를 더 가져와야 하는데 쓸 수 있는 메모리는 ${available}입니다. 메모리가 모자라게 됩니다`,
    },
    next: [
      {
        en: `Only what is touched: keel lock ${target.tgid} --on-fault      One mapping: --mapping NAME`,
        ko: `쓰는 것만: keel lock ${target.tgid} --on-fault      매핑 하나만: --mapping 이름`,
      },
    ],
  });
}

/** What is locked cannot go, so the limit would hit what is left, or the process itself. */
export function groupTooSmall(
  target: FoundTarget,
  lockedBytes: number,
  { at, limit }: LimitedGroup,
): KeelError {
  const [locked, most] = [formatBytes(lockedBytes), formatBytes(Number(limit.bytes))];
  const file = at.version === 1 ? 'memory.limit_in_bytes' : `memory.${limit.kind}`;
  const then =
    limit.kind === 'max'
      ? { en: 'the kernel would end a process of it', ko: '커널이 그룹의 프로세스를 종료하게 됩니다' }
      : { en: 'the kernel would slow all of it down', ko: '커널이 그룹 전체를 늦추게 됩니다' };
  return new KeelError('E_CONFLICT', {
    what: {
      en: `${locked} of ${nameOf(target)} would be locked, and its cgroup ${at.cgroup} may use ${most} (${file}): ${then.en}`,
      ko: `${nameOf(target)}의 메모리 ${locked}가 잠기는데 cgroup ${at.cgroup}의 한도는 ${most}입니다(${file}). ${then.ko}`,
    },
    next: [
      {
        en: `A higher limit: keel why ${target.tgid} --prove --remedy memory-limit      Less: --mapping NAME      All the same: --force`,
        ko: `한도 올리기: keel why ${target.tgid} --prove --remedy memory-limit      더 적게: --mapping 이름      그래도 실행: --force`,
      },
    ],
  });
}

/** The process would be ended by itself, later and for no visible reason. */
export function dangerousForV8(target: FoundTarget, asked: 'future' | 'mapping'): KeelError {
  const [what, how] =
    asked === 'future'
      ? [{ en: 'what is mapped later', ko: '나중에 매핑되는 메모리' }, '--future']
      : [{ en: 'this memory', ko: '이 메모리' }, '--mapping'];
  return new KeelError('E_CONFLICT', {
    what: {
      en: `${nameOf(target)} runs V8, which gives memory back and ends the process where the kernel refuses that, as it does for locked memory: ${what.en} may be V8's`,
      ko: `${nameOf(target)}은(는) V8을 실행합니다. V8은 메모리를 반납하는데, 잠긴 메모리는 커널이 반납을 거부하며 그러면 V8이 프로세스를 끝냅니다. ${what.ko}가 V8의 것일 수 있습니다`,
    },
    next: [
      {
        en: `All but that: keel lock ${target.tgid}, without ${how}      By amount: --cgroup low      All the same: --force`,
        ko: `그것만 빼고: ${how} 없이 keel lock ${target.tgid}      양으로 보호: --cgroup low      그래도 실행: --force`,
      },
    ],
  });
}

export function noSuchMapping(target: FoundTarget, name: string): KeelError {
  return new KeelError('E_USAGE', {
    what: {
      en: `${nameOf(target)} has nothing mapped that is called ${name}`,
      ko: `${nameOf(target)}에는 ${name}(이)라는 매핑이 없습니다`,
    },
    pointer: { text: name, start: 0, end: name.length },
    next: [{ en: `What it has: keel map ${target.tgid}`, ko: `매핑 목록: keel map ${target.tgid}` }],
  });
}

/** The process of ours that keeps files is bound by the limit of keel, not by that of the target. */
export function fileLimitTooLow(target: FoundTarget, bytes: number, hardBytes: number): KeelError {
  const [need, hard] = [formatBytes(bytes), formatBytes(hardBytes)];
  return new KeelError('E_PRIVILEGE', {
    what: {
      en: `keel may lock ${hard} here (its own RLIMIT_MEMLOCK) and has no CAP_IPC_LOCK; the files of ${nameOf(target)} need ${need}`,
      ko: `keel은 여기서 ${hard}까지 잠글 수 있고(자신의 RLIMIT_MEMLOCK) CAP_IPC_LOCK이 없습니다. ${nameOf(target)}의 파일에는 ${need}가 필요합니다`,
    },
    next: [
      {
        en: `sudo keel lock ${target.tgid} --files      Less: --mapping NAME`,
        ko: `sudo keel lock ${target.tgid} --files      더 적게: --mapping 이름`,
      },
    ],
  });
}

export function tooManyFileBytes(target: FoundTarget, bytes: number, availableBytes: number): KeelError {
  const [needed, available] = [formatBytes(bytes), formatBytes(availableBytes)];
  return new KeelError('E_CONFLICT', {
    what: {
      en: `${needed} of files would stay in memory, and ${available} are available: the machine would run out of memory`,
      ko: `파일 ${needed}가 메모리에 남게 되는데 쓸 수 있는 메모리는 ${available}입니다. 메모리가 모자라게 됩니다`,
    },
    next: [
      {
        en: `One file: keel lock ${target.tgid} --files --mapping NAME      Only read: keel warm ${target.tgid}`,
        ko: `파일 하나만: keel lock ${target.tgid} --files --mapping 이름      읽기만: keel warm ${target.tgid}`,
      },
    ],
  });
}

export function noFiles(target: FoundTarget): KeelError {
  return new KeelError('E_UNSUPPORTED', {
    what: {
      en: `${nameOf(target)} has no file mapped that could be kept in memory`,
      ko: `${nameOf(target)}에는 메모리에 유지할 수 있는 매핑 파일이 없습니다`,
    },
    next: [{ en: `What it has: keel map ${target.tgid}`, ko: `매핑 목록: keel map ${target.tgid}` }],
  });
}

export function replacedMeanwhile(target: FoundTarget, path: string): KeelError {
  return new KeelError('E_CONFLICT', {
    what: {
      en: `${path} of ${nameOf(target)} was deleted or replaced meanwhile; nothing was changed`,
      ko: `그 사이 ${nameOf(target)}의 ${path}이(가) 지워지거나 바뀌었습니다. 아무것도 바꾸지 않았습니다`,
    },
  });
}
