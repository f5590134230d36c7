/** The kernel functions that our programs call: their numbers, and the first kernel that has them for tracing. */

export interface HelperCall {
  /** BPF_FUNC_* of uapi/linux/bpf.h; these numbers never change. */
  readonly number: number;
  /** From man 7 bpf-helpers and the history of include/uapi/linux/bpf.h. */
  readonly since: readonly [major: number, minor: number];
}

export const HELPER_CALLS = {
  map_lookup_elem: { number: 1, since: [3, 19] },
  map_update_elem: { number: 2, since: [3, 19] },
  map_delete_elem: { number: 3, since: [3, 19] },
  ktime_get_ns: { number: 5, since: [4, 1] },
  get_smp_processor_id: { number: 8, since: [4, 1] },
  get_current_pid_tgid: { number: 14, since: [4, 2] },
  get_current_comm: { number: 16, since: [4, 2] },
  perf_event_output: { number: 25, since: [4, 9] },
  get_stack: { number: 67, since: [4, 18] },
  map_push_elem: { number: 87, since: [4, 20] },
  probe_read_kernel: { number: 113, since: [5, 5] },
  seq_write: { number: 127, since: [5, 8] },
  get_task_stack: { number: 141, since: [5, 9] },
  get_current_task_btf: { number: 158, since: [5, 11] },
  task_pt_regs: { number: 175, since: [5, 15] },
} as const satisfies Readonly<Record<string, HelperCall>>;

export type HelperName = keyof typeof HELPER_CALLS;

export function helperName(number: number): string {
  const found = Object.entries(HELPER_CALLS).find(([, helper]) => helper.number === number);
  return found?.[0] ?? `#${number}`;
}
