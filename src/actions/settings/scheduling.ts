/** How a thread is scheduled: policy, nice value, real-time priority, and the slice of EEVDF. */
import { NS_PER_MS } from '../../base/units.ts';
import type { Setting, Wish } from './setting.ts';

/** struct sched_attr as plain data; see native/scheduler.ts. The order of the fields is fixed. */
export interface Scheduling {
  /** SCHED_*, see POLICIES. */
  readonly policy: number;
  /** SCHED_FLAG_*; kept as they are. */
  readonly flags: number;
  /** -20 to 19. */
  readonly nice: number;
  /** 1 to 99 for fifo and rr, otherwise 0. */
  readonly realtimePriority: number;
  /** Of other and batch: the slice, 0 for the default. Of deadline: the budget. */
  readonly runtimeNs: number;
  readonly deadlineNs: number;
  readonly periodNs: number;
}

/** Names by number, include/uapi/linux/sched.h. */
export const POLICIES: ReadonlyMap<number, string> = new Map([
  [0, 'other'],
  [1, 'fifo'],
  [2, 'rr'],
  [3, 'batch'],
  [5, 'idle'],
  [6, 'deadline'],
  [7, 'ext'],
]);

/** What a person asks for; what is null stays as it is. */
export interface SchedulingWish {
  readonly policy: { readonly number: number; readonly realtimePriority: number } | null;
  readonly nice: number | null;
  /** 0 for the default. */
  readonly sliceNs: number | null;
}

export const scheduling: Setting<Scheduling> = {
  name: 'scheduling',
  label: { en: 'policy', ko: '정책' },
  disturbs: false,
  read: (controls, process, thread) => controls.getScheduling(process, thread),
  write: (controls, process, thread, value) => controls.setScheduling(process, thread, value),
  restore: (controls, process, thread, value) => controls.setScheduling(process, thread, value),
  text: schedulingText,
  fixed: () => null,
};

export function wishScheduling(wish: SchedulingWish): Wish<Scheduling> {
  return { setting: scheduling, want: (current) => changed(current, wish), label: wishText(wish) };
}

/** Whether the policy uses nice values and slices: other, batch, idle. */
export function isFair(policy: number): boolean {
  return policy === 0 || policy === 3 || policy === 5;
}

/** SCHED_FLAG_RESET_ON_FORK: the one flag that every policy takes. */
const RESET_ON_FORK = 1;

function changed(current: Scheduling, wish: SchedulingWish): Scheduling {
  const policy = wish.policy?.number ?? current.policy;
  const keeps = isFair(policy) === isFair(current.policy);
  return {
    policy,
    flags: policy === current.policy ? current.flags : current.flags & RESET_ON_FORK,
    nice: isFair(policy) ? (wish.nice ?? current.nice) : current.nice,
    realtimePriority: wish.policy?.realtimePriority ?? current.realtimePriority,
    runtimeNs: wish.sliceNs ?? (keeps ? current.runtimeNs : 0),
    deadlineNs: wish.policy === null ? current.deadlineNs : 0,
    periodNs: wish.policy === null ? current.periodNs : 0,
  };
}

function policyName(policy: number): string {
  return POLICIES.get(policy) ?? `policy ${policy}`;
}

function schedulingText(value: Scheduling): string {
  if (!isFair(value.policy)) {
    return value.realtimePriority > 0
      ? `${policyName(value.policy)}:${value.realtimePriority}`
      : policyName(value.policy);
  }
  return [
    policyName(value.policy),
    ...(value.nice === 0 ? [] : [`nice ${value.nice}`]),
    ...(value.runtimeNs === 0 ? [] : [`slice ${sliceText(value.runtimeNs)}`]),
  ].join(' ');
}

function sliceText(ns: number): string {
  return `${Number((ns / NS_PER_MS).toPrecision(4))} ms`;
}

function wishText(wish: SchedulingWish): string {
  const { policy } = wish;
  return [
    ...(policy === null
      ? []
      : [policyName(policy.number) + (policy.realtimePriority > 0 ? `:${policy.realtimePriority}` : '')]),
    ...(wish.nice === null ? [] : [`nice ${wish.nice}`]),
    ...(wish.sliceNs === null
      ? []
      : [wish.sliceNs === 0 ? 'default slice' : `slice ${sliceText(wish.sliceNs)}`]),
  ].join(' ');
}
