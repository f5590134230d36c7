/** From a request to lock the memory of a process to the plan that is shown. Changes nothing, and stops nothing. */
import { lockLimitText } from '../actions/machine/lock-limit.ts';
import { placeOf } from '../actions/machine/membership.ts';
import type { MachineStep } from '../actions/machine/setting.ts';
import { isMissing, type Maybe, missing, orNull } from '../base/missing.ts';
import type { Host } from '../host/host.ts';
import { machineMemory } from '../kernel/proc/meminfo.ts';
import type { Limit } from '../kernel/task/limits.ts';
import { threadList } from '../kernel/task/lists.ts';
import { taskSmaps } from '../kernel/task/smaps.ts';
import { processStat } from '../kernel/task/stat.ts';
import { comesInBytes, type LockPrice, type LockRequest, priceLock } from '../model/lock-price.ts';
import { memoryLockText } from '../model/memory-lock.ts';
import { runsV8 } from '../model/v8-memory.ts';
import { type Ours, refuseUncallable } from './callable-process.ts';
import type { FoundTarget } from './find-targets.ts';
import {
  dangerousForV8,
  groupTooSmall,
  limitTooLow,
  mayNotRaise,
  noSuchMapping,
  tooMuch,
} from './lock-errors.ts';
import { openCgroups } from './read-cgroup.ts';
import { type LockAllowance, readLockAllowance } from './read-lock-limit.ts';
import { readMemoryLimits } from './read-memory-limits.ts';
import type { Workshop } from './workshop.ts';

export interface ProcessLockRequest extends LockRequest {
  readonly target: FoundTarget;
  readonly raiseLimit: boolean;
}

/** `limit` and `isExempt` are those of the target, which locks its memory itself. */
export interface LockPlan extends LockAllowance {
  /** The id it gets if it is applied next. */
  readonly id: string;
  readonly target: FoundTarget;
  readonly request: ProcessLockRequest;
  readonly price: LockPrice;
  readonly rssBytes: number;
  readonly availableBytes: number | null;
  readonly freeBytes: number | null;
  /** For how long one of its threads will be held, all in all; a guess from what machines do. */
  readonly heldNs: number;
  readonly threads: number;
  readonly steps: readonly MachineStep[];
}

/**
 * Missing where the memory cannot be looked at.
 * @throws KeelError E_CONFLICT, E_UNSUPPORTED, E_PRIVILEGE, E_USAGE where it cannot be locked
 */
export function planLock(workshop: Workshop, request: ProcessLockRequest): Maybe<LockPlan> {
  const { host } = workshop;
  const { target } = request;
  const pid = target.tgid;
  const mappings = host.read(taskSmaps, { pid });
  const stat = host.read(processStat, { pid });
  if (isMissing(stat) || stat.startTicks !== target.startTicks) return missing('gone', `process ${pid}`);
  if (isMissing(mappings)) return mappings;
  if (mappings.length === 0)
    return missing('absent', `memory of ${pid}`, 'it has ended, or is a kernel thread');
  const pageBytes = host.facts.pageBytes ?? 4096;
  const price = priceLock(mappings, request, pageBytes);
  refuseUnknownNames(request, mappings, pageBytes);
  if (!request.force) refuseBreaking(request, price, runsV8(mappings));
  const us = refuseUncallable(host, target, 'lock');
  const memory = orNull(host.read(machineMemory));
  const limit = readLockAllowance(host, pid);
  const plan = {
    id: workshop.journal.nextId(),
    target,
    request,
    price,
    rssBytes: mappings.reduce((sum, mapping) => sum + mapping.residentBytes, 0),
    ...limit,
    availableBytes: memory?.availableBytes ?? null,
    freeBytes: memory?.freeBytes ?? null,
    heldNs: heldFor(price, request.onFault),
    threads: orNull(host.read(threadList, { pid }))?.length ?? 1,
  };
  if (!request.force) refuseBeyondGroup(host, plan);
  const raised = refuseTooMuch({ ...plan, ...us });
  return { ...plan, steps: stepsOf(plan, raised) };
}

type Unfinished = Omit<LockPlan, 'steps'>;

function refuseUnknownNames(
  { target, only, ...rest }: ProcessLockRequest,
  mappings: Parameters<typeof priceLock>[0],
  pageBytes: number,
): void {
  for (const one of only ?? []) {
    const { set } = priceLock(mappings, { ...rest, only: [one], force: true }, pageBytes);
    if (set.ranges.length + set.onFault.length > 0) continue;
    const text =
      'name' in one
        ? one.name
        : `${one.range.address.toString(16)}-${(one.range.address + one.range.bytes).toString(16)}`;
    throw noSuchMapping(target, text);
  }
}

/** What is asked for by name, or comes later, cannot be left out. @throws KeelError E_CONFLICT */
function refuseBreaking(
  { target, future, only }: ProcessLockRequest,
  { v8Bytes }: LockPrice,
  hasV8: boolean,
): void {
  if (hasV8 && future) throw dangerousForV8(target, 'future');
  if (only !== null && v8Bytes > 0) throw dangerousForV8(target, 'mapping');
}

/** @returns the bytes that the limit has to be raised to; null where it need not. @throws KeelError */
function refuseTooMuch(plan: Unfinished & Ours): number | null {
  const { target, request, price, limit, isExempt, availableBytes } = plan;
  const inBytes = comesInBytes(price, request.onFault);
  if (availableBytes !== null && inBytes > availableBytes * MOST_OF_AVAILABLE) {
    throw tooMuch(target, inBytes, availableBytes);
  }
  const needBytes = price.lockedBytes + price.addedBytes;
  if (isExempt === true || isMissing(limit) || limit.soft === 'unlimited') return null;
  if (Number(limit.soft) >= needBytes && !(request.future && request.raiseLimit)) return null;
  if (!request.raiseLimit) throw limitTooLow(target, { needBytes, softBytes: Number(limit.soft) });
  const isWithinHard = limit.hard === 'unlimited' || Number(limit.hard) >= needBytes;
  if (!plan.mayRaise && !(plan.isMine && isWithinHard && !request.future)) throw mayNotRaise(target);
  return needBytes;
}

/**
 * What is locked cannot be taken back from a group that has come to its limit: of memory.max the kernel then ends a
 * process of it, of memory.high it slows all of them down. @throws KeelError E_CONFLICT
 */
function refuseBeyondGroup(host: Host, { target, request, price }: Omit<Unfinished, 'limit'>): void {
  const cgroup = orNull(openCgroups(host).of(target.tgid));
  const groups = cgroup === null ? [] : readMemoryLimits(host, new Map([[target.tgid, cgroup]]));
  const lockedBytes = price.lockedBytes + price.residentBytes + comesInBytes(price, request.onFault);
  const tight = groups.find(({ limit }) => lockedBytes > Number(limit.bytes) * MOST_OF_AVAILABLE);
  if (tight !== undefined) throw groupTooSmall(target, lockedBytes, tight);
}

/** The rest is for what the machine does meanwhile. */
const MOST_OF_AVAILABLE = 0.9;

function stepsOf(
  { target, request, price, limit }: Unfinished,
  raised: number | null,
): readonly MachineStep[] {
  if (price.addedBytes === 0 && !request.future) return [];
  const at = placeOf(target);
  const steps: MachineStep[] = [];
  if (raised !== null && !isMissing(limit)) {
    steps.push({
      setting: 'lockLimit',
      at,
      before: lockLimitText(limit),
      set: lockLimitText(raisedLimit(limit, raised, request.future)),
      mayStay: false,
    });
  }
  const [before, set] = [memoryLockText(price.before), memoryLockText(price.set)];
  return [...steps, { setting: 'memoryLock', at, before, set, mayStay: false }];
}

/** With what comes later, nobody knows how much it will be. */
function raisedLimit({ hard }: Limit, needBytes: number, isOpen: boolean): Limit {
  if (isOpen) return { soft: 'unlimited', hard: 'unlimited' };
  const soft = BigInt(needBytes);
  return { soft, hard: hard === 'unlimited' || hard >= soft ? hard : soft };
}

/** Measured on Linux 6.18, x86-64: 546 MiB that were there took 128 ms, 289 MiB that had to be filled first 450 ms. */
const RESIDENT_BYTES_PER_NS = 4.5;
const FILLED_BYTES_PER_NS = 0.7;
const STOP_NS = 300e3;

function heldFor(price: LockPrice, onFault: boolean): number {
  const filled = comesInBytes(price, onFault);
  return Math.round(STOP_NS + price.residentBytes / RESIDENT_BYTES_PER_NS + filled / FILLED_BYTES_PER_NS);
}
