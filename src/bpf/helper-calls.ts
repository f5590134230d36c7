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
  get_current_pid_tgid: { number: 14, since: [4, 2] },
  probe_read_kernel: { number: 113, since: [5, 5] },
  seq_write: { number: 127, since: [5, 8] },
} as const satisfies Readonly<Record<string, HelperCall>>;

export type HelperName = keyof typeof HELPER_CALLS;

export function helperName(number: number): string {
  const found = Object.entries(HELPER_CALLS).find(([, helper]) => helper.number === number);
  return found?.[0] ?? `#${number}`;
}
