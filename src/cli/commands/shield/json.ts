/** `keel shield` as a document. */
import type { AppliedChange } from '../../../app/apply-change.ts';
import type { ShieldPlan } from '../../../app/plan-shield.ts';
import { GapList, mapMaybe } from '../../../base/missing.ts';

export interface ShieldOutcome {
  readonly outcome: 'planned' | 'nothing-to-do' | 'declined' | 'applied' | 'mismatch';
  readonly endsAfterNs: number | null;
  readonly applied: AppliedChange | null;
  /** Interrupts that are still delivered on the CPUs. */
  readonly delivered: readonly number[] | null;
}

export function shieldJson(plan: ShieldPlan, { outcome, endsAfterNs, applied, delivered }: ShieldOutcome) {
  const gaps = new GapList();
  const change = applied?.change?.id ?? null;
  return {
    schema: 'keel.shield/1',
    outcome,
    change,
    cpus: plan.cpus.toString(),
    rest: plan.everyone.rest.toString(),
    by: plan.way.name,
    otherWays: plan.obstacles.map((because) => because.en),
    exceptions: plan.exceptions.map(({ tgid, comm, threads }) => ({ tgid, comm, threads: threads.length })),
    others: { ...plan.others },
    settings: plan.steps.map(({ setting, at, before, set }) => ({ setting, at, before, set })),
    interrupts: gaps.take(
      'interrupts',
      mapMaybe(plan.interrupts, (all) =>
        all.map(({ irq, device, requested, delivered: on, hasFired, isManaged }) => ({
          irq,
          device,
          requested: requested.toString(),
          delivered: on.toString(),
          hasFired,
          managed: isManaged,
        })),
      ),
    ),
    perCpuThreads: {
      threads: plan.perCpuThreads.threads,
      sharePct: gaps.take('perCpuThreads.sharePct', plan.perCpuThreads.sharePct),
    },
    cautions: plan.cautions.map((caution) => caution.en),
    ...appliedJson(applied),
    stillDelivered: delivered,
    endsAfterNs,
    undo: change === null ? null : `keel undo ${change}`,
    gaps: gaps.gaps.map((gap) => ({ ...gap })),
  };
}

function appliedJson(applied: AppliedChange | null) {
  return {
    changedThreads: applied?.changedThreads ?? 0,
    verifiedThreads: applied?.verifiedThreads ?? 0,
    mismatches: (applied?.mismatches ?? []).map((one) => ({ ...one })),
    settingMismatches: (applied?.stepMismatches ?? []).map(({ step, found }) => ({
      setting: step.setting,
      at: step.at,
      wanted: step.set,
      found,
    })),
    refusedSettings: (applied?.refusedSteps ?? []).map(({ step, refused }) => ({
      setting: step.setting,
      at: step.at,
      because: refused.because.en,
    })),
    refusedThreads: (applied?.refusedThreads ?? []).map(({ tid, comm, refused }) => ({
      tid,
      comm,
      because: refused.because.en,
    })),
  };
}
