/** `keel lock` as a document. */
import type { MemoryLocked } from '../../../app/lock-memory.ts';
import type { LockPlan } from '../../../app/plan-lock.ts';
import { GapList, mapMaybe } from '../../../base/missing.ts';
import { comesInBytes } from '../../../model/lock-price.ts';

export interface LockOutcome {
  readonly outcome: 'planned' | 'nothing-to-do' | 'declined' | 'applied' | 'mismatch';
  readonly endsAfterNs: number | null;
  readonly locked: MemoryLocked | null;
}

export function lockJson(plan: LockPlan, { outcome, endsAfterNs, locked }: LockOutcome) {
  const { target, request, price } = plan;
  const gaps = new GapList();
  const change = locked?.applied.change?.id ?? null;
  const amount = (value: bigint | 'unlimited') => (value === 'unlimited' ? value : String(value));
  return {
    schema: 'keel.lock/1',
    outcome,
    change,
    tgid: target.tgid,
    comm: target.comm,
    future: request.future,
    onFault: request.onFault,
    rssBytes: plan.rssBytes,
    lockedBeforeBytes: price.lockedBytes,
    addedBytes: price.addedBytes,
    residentBytes: price.residentBytes,
    swapBytes: price.swapBytes,
    untouchedBytes: price.untouchedBytes,
    comesInBytes: comesInBytes(price, request.onFault),
    reservedBytes: price.reservedBytes,
    v8Bytes: price.v8Bytes,
    unlockableMappings: price.unlockable,
    availableBytes: plan.availableBytes,
    limit: gaps.take(
      'limit',
      mapMaybe(plan.limit, ({ soft, hard }) => ({ softBytes: amount(soft), hardBytes: amount(hard) })),
    ),
    exempt: plan.isExempt,
    estimatedHeldNs: plan.heldNs,
    settings: plan.steps.map(({ setting, at, before, set }) => ({ setting, at, before, set })),
    ...afterwards(locked, gaps),
    endsAfterNs,
    undo: change === null ? null : `keel undo ${change}`,
    gaps: gaps.gaps.map((gap) => ({ ...gap })),
  };
}

function afterwards(locked: MemoryLocked | null, gaps: GapList) {
  if (locked === null) {
    return {
      lockedBytes: null,
      lockedResidentBytes: null,
      heldNs: null,
      longestHeldNs: null,
      readFirstNs: null,
    };
  }
  const { now, held, warmedNs } = locked;
  return {
    lockedBytes: gaps.take('lockedBytes', now.lockedBytes),
    lockedResidentBytes: gaps.take(
      'lockedResidentBytes',
      mapMaybe(now.pages, (pages) => pages.residentBytes),
    ),
    heldNs: Math.round(held.sumNs),
    longestHeldNs: Math.round(held.longestNs),
    readFirstNs: warmedNs === null ? null : Math.round(warmedNs),
  };
}
