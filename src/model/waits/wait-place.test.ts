import { expect, it } from 'vitest';
import { mostHeld, placesOf, WaitTally } from './sampled-waits.ts';
import { waitPlaceOf } from './wait-place.ts';

/** Stacks as Linux 6.18 shows them, innermost first. */
it.each([
  ['userfaultfd', 'handle_userfault do_anonymous_page __handle_mm_fault handle_mm_fault exc_page_fault'],
  ['memory-map-lock', 'do_mprotect_pkey __x64_sys_mprotect do_syscall_64'],
  ['memory-map-lock', 'rwsem_down_read_slowpath down_read lock_mm_and_find_vma exc_page_fault'],
  ['memory-map-lock', 'vm_mmap_pgoff do_syscall_64'],
  [
    'reclaim',
    'io_schedule folio_wait_bit shrink_folio_list shrink_node do_try_to_free_pages __alloc_pages_slowpath',
  ],
  ['reclaim', 'mem_cgroup_handle_over_high resume_user_mode_work'],
  ['compaction', 'folio_lock migrate_pages compact_zone try_to_compact_pages __alloc_pages_slowpath'],
  ['swap-in', 'folio_wait_bit_common do_swap_page __handle_mm_fault exc_page_fault'],
  ['file-page', 'folio_wait_bit_common filemap_fault __do_fault do_read_fault exc_page_fault'],
  ['lock', 'futex_do_wait __futex_wait futex_wait do_futex __x64_sys_futex'],
  ['network', 'wait_woken sk_wait_data tcp_recvmsg_locked tcp_recvmsg inet_recvmsg'],
  ['network', 'ep_poll do_epoll_wait __x64_sys_epoll_wait'],
  ['sleep', 'hrtimer_nanosleep common_nsleep __x64_sys_clock_nanosleep do_syscall_64'],
  ['input', 'anon_pipe_read vfs_read ksys_read'],
  ['storage', 'folio_wait_bit_common filemap_read vfs_read ksys_read'],
  ['other', 'some_driver_ioctl __x64_sys_ioctl'],
])('%s: %s', (place, stack) => {
  expect(waitPlaceOf(stack.split(' '))).toBe(place);
});

it('knows nothing of a thread that runs', () => {
  expect(waitPlaceOf([])).toBeNull();
});

it('counts looks by thread, and finds the thread that was held most', () => {
  const tally = new WaitTally();
  for (let i = 0; i < 4; i += 1) tally.add(1, 'main', 'sleep');
  for (const place of ['lock', 'lock', 'lock', null] as const) tally.add(2, 'worker', place);
  const waits = tally.result('stack');
  expect(mostHeld(waits, ['lock', 'network'])).toMatchObject({ thread: { tid: 2, running: 1 }, ratio: 0.75 });
  expect(mostHeld(waits, ['reclaim'])).toBeNull();
  expect(waits.threads.map((thread) => placesOf(thread)[0])).toEqual([
    ['sleep', 1],
    ['lock', 0.75],
  ]);
});
