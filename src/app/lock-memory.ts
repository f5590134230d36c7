/** Locks the memory of a process as planned, and looks at what came of it. */
import type { HeldTimes } from '../actions/memory-controls.ts';
import { isMissing, type Maybe, mapMaybe, missing } from '../base/missing.ts';
import { taskSmaps } from '../kernel/task/smaps.ts';
import { processStatus } from '../kernel/task/status.ts';
import { type LockedPages, lockedPages } from '../model/locked-memory.ts';
import { missingBytes } from '../model/warming.ts';
import { type AppliedChange, applyChange } from './apply-change.ts';
import type { LockPlan } from './plan-lock.ts';
import { warmIfAllowed } from './warm-first.ts';
import { planWarming } from './warm-memory.ts';
import type { Workshop } from './workshop.ts';

export interface LockedNow {
  /** VmLck. */
  readonly lockedBytes: Maybe<number>;
  readonly pages: Maybe<LockedPages>;
}

export interface MemoryLocked {
  readonly applied: AppliedChange;
  readonly now: LockedNow;
  readonly held: HeldTimes;
  /** What was read beforehand, while the process went on; null where nothing had to be. */
  readonly warmedNs: number | null;
}

/** @throws KeelError as `applyChange` */
export async function lockMemory(
  workshop: Workshop,
  plan: LockPlan,
  command: string,
  endsAfterNs: number | null,
): Promise<MemoryLocked> {
  const warmedNs = await warmFirst(workshop, plan);
  const before = workshop.controls.machine.memory.heldTimes;
  const applied = await applyChange(workshop, {
    targets: [],
    wishes: [],
    steps: plan.steps,
    migrations: [],
    command,
    endsAfterNs,
  });
  const after = workshop.controls.machine.memory.heldTimes;
  const held = { sumNs: after.sumNs - before.sumNs, longestNs: after.longestNs };
  return { applied, now: readLocked(workshop, plan.target.tgid), held, warmedNs };
}

/** What has to be read comes in while the process goes on; only then one of its threads is held for the rest. */
export async function warmFirst(
  workshop: Workshop,
  { target, request, price }: LockPlan,
): Promise<number | null> {
  if (request.onFault || request.only !== null) return null;
  const warming = planWarming(workshop.host, { target, wish: 'warm', only: null });
  if (isMissing(warming) || (price.swapBytes === 0 && missingBytes(warming.before) === 0)) return null;
  return warmIfAllowed(workshop, warming);
}

function readLocked({ host }: Workshop, pid: number): LockedNow {
  return {
    lockedBytes: mapMaybe(
      host.read(processStatus, { pid }),
      (status) => status.lockedBytes ?? missing('absent', `VmLck of ${pid}`),
    ),
    pages: mapMaybe(
      host.read(taskSmaps, { pid }),
      (mappings) => lockedPages(mappings) ?? missing('absent', `VmFlags of ${pid}`),
    ),
  };
}
