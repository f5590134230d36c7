/**
 * What a thread that sleeps in the kernel waits for, as far as the functions on its stack tell: for memory, and in which
 * way, or for something that is no memory at all. Names are those of Linux 5.10 to 6.18.
 */
import type { Sentence } from '../../base/sentence.ts';
import { sleepClass } from '../late/sleep-class.ts';

/** The ways of waiting for memory, and then the others. */
export const MEMORY_WAITS = [
  'userfaultfd',
  'memory-map-lock',
  'reclaim',
  'compaction',
  'migration',
  'swap-in',
  'file-page',
] as const;
const OTHER_WAITS = ['lock', 'network', 'input', 'sleep', 'storage', 'other'] as const;

export type MemoryWait = (typeof MEMORY_WAITS)[number];
export type WaitPlace = MemoryWait | (typeof OTHER_WAITS)[number];
export const WAIT_PLACES: readonly WaitPlace[] = [...MEMORY_WAITS, ...OTHER_WAITS];

/** In the order of asking: reclaim reads and locks on its way, and is reclaim all the same. */
const BY_FUNCTION: readonly (readonly [RegExp, MemoryWait])[] = [
  [/^handle_userfault/, 'userfaultfd'],
  [/^(__alloc_pages_direct_compact|try_to_compact_pages|compact_zone)/, 'compaction'],
  [
    /^(try_to_free|do_try_to_free|shrink_|reclaim_throttle|throttle_direct_reclaim|mem_cgroup_handle_over_high|__mem_cgroup_handle_over_high|mem_cgroup_out_of_memory|mem_cgroup_oom|try_charge_memcg|__alloc_pages_slowpath)/,
    'reclaim',
  ],
  [/^(migration_entry_wait|migrate_misplaced|do_numa_page|do_huge_pmd_numa_page)/, 'migration'],
  [/^(do_swap_page|swap_read_folio|swap_readpage|swapin_|swap_cluster_readahead|read_swap_cache)/, 'swap-in'],
  [/^(filemap_fault|do_fault|do_read_fault|filemap_map_pages)/, 'file-page'],
];

/**
 * The functions that take a lock are left out of stacks (they lie in .sched.text), so that a thread that waits for the
 * lock of its memory map is seen in whoever takes it: a change of the map, or a fault.
 */
const TAKES_MAP_LOCK =
  /^(do_mprotect|vm_mmap|__?vm_munmap|__x64_sys_(brk|munmap|mremap)|__do_sys_(brk|munmap|mremap)|do_madvise|madvise_|apply_|do_mlock|lock_mm_and_find_vma|do_user_addr_fault|do_page_fault|exc_page_fault|asm_exc_page_fault|__mm_populate|dup_mmap|dup_mm|uprobe_|m_start|exit_mmap|__mmput|do_shmat)/;

const NETWORK =
  /^(sk_|tcp_|udp_|__udp|inet_|unix_|__skb|skb_|netlink_|vsock_|packet_recv|sock_|ep_poll|do_epoll)/;
const SLEEP =
  /^(hrtimer_nanosleep|do_nanosleep|common_nsleep|sigsuspend|do_sigtimedwait|__do_sys_pause|do_pause)/;

/** @param functions innermost first; one alone where only the wait channel is known. null where nothing is known. */
export function waitPlaceOf(functions: readonly string[]): WaitPlace | null {
  if (functions.length === 0) return null;
  const has = (pattern: RegExp) => functions.some((name) => pattern.test(name));
  const memory = BY_FUNCTION.find(([pattern]) => has(pattern))?.[1];
  if (memory !== undefined) return memory;
  if (TAKES_MAP_LOCK.test(functions[0] as string)) return 'memory-map-lock';
  // The argument of futex(2) is not asked for here: a lock and a condition are both other threads.
  const sleep = sleepClass(functions, 0);
  if (sleep === 'memory-map-lock') return sleep;
  if (sleep === 'lock' || sleep === 'condition' || sleep === 'kernel-lock') return 'lock';
  if (has(NETWORK)) return 'network';
  if (has(SLEEP)) return 'sleep';
  if (sleep === 'storage') return 'storage';
  return sleep === 'input' || sleep === 'output' || sleep === 'intended' ? 'input' : 'other';
}

export const WAIT_NAMES: Readonly<Record<WaitPlace, Sentence>> = {
  userfaultfd: { en: 'a userfaultfd handler', ko: 'userfaultfd 처리기' },
  'memory-map-lock': { en: 'the lock of the memory map', ko: '메모리 맵의 락' },
  reclaim: { en: 'memory to be reclaimed', ko: '메모리 회수' },
  compaction: { en: 'memory to be compacted', ko: '메모리 압축 정리' },
  migration: { en: 'pages that move between nodes', ko: '노드 사이의 페이지 이동' },
  'swap-in': { en: 'pages from swap', ko: '스왑에서 오는 페이지' },
  'file-page': { en: 'pages of files', ko: '파일의 페이지' },
  lock: { en: 'a lock or another thread', ko: '락이나 다른 스레드' },
  network: { en: 'the network or events', ko: '네트워크나 이벤트' },
  input: { en: 'input or a child', ko: '입력이나 자식 프로세스' },
  sleep: { en: 'a timer, asleep', ko: '타이머 (스스로 잠듦)' },
  storage: { en: 'storage', ko: '저장 장치' },
  other: { en: 'something else in the kernel', ko: '커널의 다른 곳' },
};
