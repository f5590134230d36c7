/** Why the kernel did not bring memory in, or keep it, in words. */
import { formatBytes } from '../../base/format.ts';
import type { Sentence } from '../../base/sentence.ts';
import { HUGE_PAGE_BYTES } from '../workers/area.ts';

export interface Refused {
  readonly call: string;
  readonly errnoName: string;
}

interface Asked {
  readonly bytes: number;
  /** What this process may lock; null for any amount, and where it is not told. */
  readonly limitBytes: number | null;
}

/** @param what the method, or the call: "mlock", "hugetlb" */
export function refusalOf(
  what: string,
  { call, errnoName }: Refused,
  { bytes, limitBytes }: Asked,
): Sentence {
  if (what === 'hugetlb' && errnoName === 'ENOMEM') return fewReserved(bytes);
  if (what.startsWith('mlock') && limitBytes !== null && limitBytes < bytes)
    return lockLimit(bytes, limitBytes);
  if (what.startsWith('populate') && errnoName === 'EINVAL')
    return { en: 'this kernel does not know it (Linux 5.14)', ko: '이 커널에는 없습니다(Linux 5.14부터)' };
  if (what.startsWith('huge') && errnoName === 'EINVAL')
    return { en: 'this kernel has no huge pages of 2 MiB', ko: '이 커널에는 2 MiB huge 페이지가 없습니다' };
  return { en: `refused, ${call}: ${errnoName}`, ko: `거부됨, ${call}: ${errnoName}` };
}

function fewReserved(bytes: number): Sentence {
  const pages = Math.ceil(bytes / HUGE_PAGE_BYTES);
  const line = `sysctl vm.nr_hugepages=${pages}`;
  return {
    en: `fewer than ${pages} huge pages are reserved; as root: ${line}`,
    ko: `예약된 huge 페이지가 ${pages}개보다 적습니다. 루트로: ${line}`,
  };
}

function lockLimit(bytes: number, limitBytes: number): Sentence {
  const [limit, wanted] = [formatBytes(limitBytes), formatBytes(bytes)];
  const kib = Math.ceil(bytes / 1024);
  return {
    en: `RLIMIT_MEMLOCK allows ${limit}, and ${wanted} were to be locked: ulimit -l ${kib}, LimitMEMLOCK= in the unit, or CAP_IPC_LOCK`,
    ko: `RLIMIT_MEMLOCK은 ${limit}까지인데 ${wanted}을(를) 잠그려 했습니다: ulimit -l ${kib}, 유닛의 LimitMEMLOCK=, 또는 CAP_IPC_LOCK`,
  };
}
