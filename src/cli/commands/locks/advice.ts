/** What to know before a process locks more: the limit that binds it, how to raise it, and what a lock does not keep. */
import { isMissing, present } from '../../../base/missing.ts';
import type { Sentence } from '../../../base/sentence.ts';
import { bindingLimitBytes, type LockedProcess } from '../../../model/locked-memory.ts';
import { formatBytes } from '../../output/format.ts';
import { type Look, padEnd, safeName } from '../../output/look.ts';
import { wrap } from '../../output/wrap.ts';

export function adviceLines(process: LockedProcess, look: Look): string[] {
  const paragraph = (sentence: Sentence) => wrap(look.say(sentence), look.width);
  return [
    ...paragraph(limitSentence(process)),
    ...(bindingLimitBytes(process) === null ? [] : raiseLines(process, look)),
    ...overcount(process).flatMap(paragraph),
    ...KEEPS.flatMap(paragraph),
  ];
}

function limitSentence(process: LockedProcess): Sentence {
  const { limit, isExempt, comm, tgid } = process;
  const name = `${safeName(comm)} ${tgid}`;
  if (isExempt === true) {
    return {
      en: `No limit binds ${name}: it has CAP_IPC_LOCK.`,
      ko: `${name}에는 한도가 적용되지 않습니다. CAP_IPC_LOCK이 있습니다.`,
    };
  }
  if (isMissing(limit))
    return { en: `The limit of ${name} is not known.`, ko: `${name}의 한도를 알 수 없습니다.` };
  if (limit.soft === 'unlimited') {
    return { en: `${name} may lock as much as it likes.`, ko: `${name}은(는) 얼마든지 잠글 수 있습니다.` };
  }
  const soft = formatBytes(Number(limit.soft));
  const left = formatBytes(Math.max(0, Number(limit.soft) - process.lockedVirtualBytes));
  return {
    en: `${name} may lock ${soft} of address space (RLIMIT_MEMLOCK, soft); ${left} are left. Beyond it mlock fails with ENOMEM and MAP_LOCKED with EAGAIN. To allow more:`,
    ko: `${name}은(는) 주소 공간 ${soft}까지 잠글 수 있습니다(RLIMIT_MEMLOCK 소프트). 남은 양은 ${left}입니다. 넘으면 mlock은 ENOMEM, MAP_LOCKED는 EAGAIN으로 실패합니다. 더 허용하려면:`,
  };
}

/** Every way ends in the same limit; which fits depends on who starts the process. */
function raiseLines(process: LockedProcess, look: Look): string[] {
  // A bare number would be taken for a name: limits.conf(5).
  const user = present(process.uid) ? `:${process.uid}` : 'USER';
  const ways: readonly (readonly [Sentence, string])[] = [
    [{ en: 'now', ko: '지금' }, `prlimit --pid ${process.tgid} --memlock=unlimited`],
    [{ en: 'systemd unit', ko: 'systemd 유닛' }, 'LimitMEMLOCK=infinity'],
    [{ en: 'login user', ko: '로그인 사용자' }, `/etc/security/limits.conf: ${user} - memlock unlimited`],
    [{ en: 'Docker', ko: 'Docker' }, '--ulimit memlock=-1:-1'],
    [{ en: 'Kubernetes', ko: 'Kubernetes' }, 'securityContext.capabilities.add: ["IPC_LOCK"]'],
  ];
  return ways.map(([name, how]) => `  ${padEnd(look.say(name), 14)} ${how}`);
}

/** Why VmLck says more than is there. */
function overcount({ pages, lockedVirtualBytes }: LockedProcess): readonly Sentence[] {
  if (isMissing(pages) || lockedVirtualBytes === 0) return [];
  const untouched = lockedVirtualBytes - pages.residentBytes - pages.inaccessibleBytes;
  const shared = pages.residentBytes - pages.proportionalBytes;
  const parts: Sentence[] = [];
  if (pages.inaccessibleBytes > 0) {
    const bytes = formatBytes(pages.inaccessibleBytes);
    parts.push({
      en: `${bytes} cannot be accessed (PROT_NONE)`,
      ko: `${bytes}는 접근할 수 없는 매핑(PROT_NONE)`,
    });
  }
  if (untouched > 0) {
    const bytes = formatBytes(untouched);
    parts.push({
      en: `${bytes} were never touched (MLOCK_ONFAULT, or beyond the end of a file)`,
      ko: `${bytes}는 아직 쓰지 않은 페이지(MLOCK_ONFAULT 또는 파일 끝 너머)`,
    });
  }
  if (shared > 0) {
    const bytes = formatBytes(shared);
    parts.push({
      en: `${bytes} belong to others who share the pages`,
      ko: `${bytes}는 같은 페이지를 쓰는 다른 프로세스의 몫`,
    });
  }
  if (parts.length === 0) return [];
  const list = (language: 'en' | 'ko') => parts.map((part) => part[language]).join(', ');
  return [{ en: `Of its VmLck, ${list('en')}.`, ko: `VmLck 중 ${list('ko')}입니다.` }];
}

/** man 2 mlock, NOTES. */
const KEEPS: readonly Sentence[] = [
  {
    en: 'After fork the child holds no lock, and the first write of the parent to each locked page faults once more (copy on write). After exec nothing is locked.',
    ko: 'fork 뒤 자식은 잠금을 갖지 않으며, 부모도 잠긴 페이지마다 처음 쓸 때 폴트가 한 번 더 납니다(쓰기 시 복사). exec 뒤에는 아무것도 잠겨 있지 않습니다.',
  },
  {
    en: 'Secrets: a lock keeps pages out of swap, not out of core dumps (MADV_DONTDUMP) or hibernation; memfd_secret(2) keeps them from the kernel too.',
    ko: '비밀 정보: 잠금은 스왑을 막지만 코어 덤프(MADV_DONTDUMP)나 최대 절전은 막지 못합니다. memfd_secret(2)은 커널의 접근까지 막습니다.',
  },
];
