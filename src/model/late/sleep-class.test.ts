import { describe, expect, it } from 'vitest';
import { sleepClass } from './sleep-class.ts';

/** Stacks as Linux 6.18 shows them in /proc/PID/stack. */
describe('what a thread sleeps for', () => {
  it.each([
    ['lock', 'futex_do_wait __futex_wait futex_wait do_futex __x64_sys_futex do_syscall_64', 128],
    ['lock', 'futex_do_wait __futex_wait futex_wait do_futex __x64_sys_futex', 0],
    ['lock', 'rt_mutex_slowlock futex_lock_pi do_futex __x64_sys_futex', 6 | 128],
    ['condition', 'futex_do_wait __futex_wait futex_wait do_futex __x64_sys_futex', 9 | 128 | 256],
    ['intended', 'schedule_hrtimeout_range ep_poll do_epoll_wait __x64_sys_epoll_wait', 4],
    ['intended', 'hrtimer_nanosleep common_nsleep __x64_sys_clock_nanosleep', 0],
    ['intended', 'do_wait kernel_wait4 do_syscall_64', 0],
    ['input', 'anon_pipe_read vfs_read ksys_read do_syscall_64', 0],
    ['input', 'eventfd_read vfs_read ksys_read', 0],
    ['input', '__skb_wait_for_more_packets __skb_recv_udp udp_recvmsg inet_recvmsg', 0],
    ['output', 'anon_pipe_write vfs_write ksys_write', 0],
    ['storage', 'io_schedule folio_wait_bit_common filemap_read vfs_read', 0],
    ['storage', 'io_schedule blk_wait_io submit_bio_wait', 0],
    ['memory-map-lock', 'rwsem_down_read_slowpath down_read lock_mm_and_find_vma do_user_addr_fault', 0],
    ['memory-map-lock', 'rwsem_down_write_slowpath down_write_killable __vm_munmap __x64_sys_munmap', 0],
    ['kernel-lock', 'rwsem_down_write_slowpath down_write ext4_file_write_iter vfs_write', 0],
    ['kernel-lock', '__mutex_lock.constprop.0 pipe_fcntl', 0],
    ['unknown', 'something_new __x64_sys_something', 0],
    ['unknown', '', 0],
  ] as const)('%s: %s', (expected, stack, argument) => {
    expect(sleepClass(stack.split(' '), argument)).toBe(expected);
  });
});
