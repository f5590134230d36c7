/**
 * What a thread waits for, by the functions of the kernel it sleeps in. The names are those of Linux 5.10 to 6.18; each
 * class has several, because the compiler inlines some of them differently from build to build.
 */
import type { SleepClass } from './events.ts';

/** FUTEX_* of uapi/linux/futex.h, without the flags: waits that are a lock. The others are conditions and semaphores. */
const LOCK_COMMANDS: ReadonlySet<number> = new Set([0, 6, 13]);
const FUTEX_COMMAND_BITS = 0x7f;

/** In the order of asking: the first that is in the stack decides. */
const BY_FUNCTION: readonly (readonly [RegExp, SleepClass])[] = [
  // The memory map's lock is an rwsem like others; who takes it tells which one it is.
  [
    /^(mmap_read_lock|mmap_write_lock|lock_mm_and_find_vma|__gup|gup_|faultin_page|acct_collect)/,
    'memory-map-lock',
  ],
  [/^(ep_poll|do_epoll_wait|do_poll|do_sys_poll|do_select|core_sys_select)/, 'intended'],
  [
    /^(hrtimer_nanosleep|do_nanosleep|common_nsleep|do_wait|kernel_wait4|do_sigtimedwait|sigsuspend|do_pause|__do_sys_pause|ptrace_stop|do_signal_stop|do_freezer_trap|get_signal)/,
    'intended',
  ],
  [
    /^(io_cqring_wait|io_uring|io_wq|inotify_read|fanotify_read|signalfd|timerfd_read|do_vfork|wait_for_vfork)/,
    'intended',
  ],
  [/^(anon_pipe_write|pipe_write|wait_for_space)/, 'output'],
  [/^(sock_alloc_send|unix_wait_for_peer|sk_stream_wait_memory|tty_write|n_tty_write)/, 'output'],
  [/^(anon_pipe_read|pipe_read|eventfd_read|tty_read|n_tty_read|wait_for_partner|fifo_open)/, 'input'],
  [
    /^(unix_stream|unix_dgram|__skb_|skb_wait|inet_|tcp_|udp_|__tcp|__udp|netlink_|vsock_|packet_recv|sk_wait_data|virtio_transport)/,
    'input',
  ],
  [
    /^(io_schedule|bit_wait_io|folio_wait|__folio_lock|wait_on_page|blk_|submit_bio_wait|read_pages|rq_qos_wait|wbt_wait|jbd2_|balance_dirty|swap_read|wait_on_buffer|__wait_on_buffer|iomap_|__iomap_dio)/,
    'storage',
  ],
  [
    /^(mutex_lock|__mutex_lock|rwsem_down|down_read|down_write|percpu_rwsem|__down|wait_for_common|__wait_for_common|wait_for_completion|synchronize_|rt_mutex)/,
    'kernel-lock',
  ],
];

/** Functions that take the memory map's lock for writing on behalf of a system call. */
const MAPS_MEMORY =
  /^(vm_mmap|ksys_mmap|__do_sys_mmap|vm_munmap|__vm_munmap|__do_sys_munmap|do_mprotect|__do_sys_brk|do_madvise|madvise_|process_madvise|mlock|do_mlock|__do_sys_mremap|exit_mmap)/;

/**
 * @param functions innermost first
 * @param argument the second one of the system call: what a futex call was asked for
 */
export function sleepClass(functions: readonly string[], argument: number): SleepClass {
  if (functions.some((name) => /^(__)?(futex_|do_futex)/.test(name)))
    return LOCK_COMMANDS.has(argument & FUTEX_COMMAND_BITS) ? 'lock' : 'condition';
  const known =
    BY_FUNCTION.find(([pattern]) => functions.some((name) => pattern.test(name)))?.[1] ?? 'unknown';
  if (known === 'kernel-lock' && functions.some((name) => MAPS_MEMORY.test(name))) return 'memory-map-lock';
  return known;
}
