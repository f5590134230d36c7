/** `keel lock --cgroup`: the memory of its cgroup protected from reclaim; the plan, and what came of it. */
import { type AppliedChange, applyChange } from '../../../app/apply-change.ts';
import type { FoundTarget } from '../../../app/find-targets.ts';
import { type Protection, type ProtectionPlan, planProtection } from '../../../app/protect-cgroup.ts';
import type { Workshop } from '../../../app/workshop.ts';
import { isMissing } from '../../../base/missing.ts';
import type { Sentence } from '../../../base/sentence.ts';
import type { Context, DocumentOutput } from '../../command.ts';
import { unreadableMemory } from '../../memory-errors.ts';
import { formatBytes } from '../../output/format.ts';
import { type Look, safeName } from '../../output/look.ts';
import { stepRows } from '../../output/machine-steps.ts';
import { markedLines, planTitle } from '../../output/plan-lines.ts';
import { wrap } from '../../output/wrap.ts';

export async function protect(
  workshop: Workshop,
  context: Context,
  target: FoundTarget,
  protection: Protection,
  { isDry, endsAfterNs }: { readonly isDry: boolean; readonly endsAfterNs: number | null },
): Promise<DocumentOutput> {
  const plan = planProtection(workshop, target, protection);
  if (isMissing(plan)) throw unreadableMemory(target, plan, 'lock');
  if (isDry || plan.steps.length === 0) return output(plan, null, false);
  const lines = planLines(plan, false, context.look);
  if (!(await context.confirm(lines, { en: 'Apply?', ko: '적용할까요?' }))) return output(plan, null, true);
  const applied = await applyChange(workshop, {
    targets: [],
    wishes: [],
    steps: plan.steps,
    migrations: [],
    command: `lock ${target.tgid} --cgroup ${protection}`,
    endsAfterNs,
  });
  return output(plan, applied, false);
}

function output(plan: ProtectionPlan, applied: AppliedChange | null, declined: boolean): DocumentOutput {
  const failed = (applied?.stepMismatches.length ?? 0) > 0;
  return {
    kind: 'document',
    json: json(plan, applied),
    lines: (look) => {
      if (declined) return [look.say({ en: 'Nothing was changed.', ko: '아무것도 바꾸지 않았습니다.' })];
      return applied === null ? planLines(plan, true, look) : appliedLines(plan, applied, look);
    },
    ...(declined || failed ? { exitCode: 1 } : {}),
  };
}

function json(plan: ProtectionPlan, applied: AppliedChange | null) {
  const change = applied?.change?.id ?? null;
  return {
    schema: 'keel.lock.cgroup/1',
    tgid: plan.target.tgid,
    comm: plan.target.comm,
    protection: plan.protection,
    cgroup: plan.cgroup,
    usedBytes: plan.usedBytes,
    settings: plan.steps.map(({ setting, at, before, set }) => ({ setting, at, before, set })),
    settingMismatches: (applied?.stepMismatches ?? []).map(({ step, found }) => ({ at: step.at, found })),
    change,
    undo: change === null ? null : `keel undo ${change}`,
    gaps: [],
  };
}

function planLines(plan: ProtectionPlan, isDry: boolean, look: Look): string[] {
  const used = formatBytes(plan.usedBytes);
  const cgroup = safeName(plan.cgroup);
  if (plan.steps.length === 0) {
    return wrap(
      look.say({
        en: `Nothing to change: the ${used} that cgroup ${cgroup} uses are protected already.`,
        ko: `바꿀 것이 없습니다. cgroup ${cgroup}이(가) 쓰는 ${used}는 이미 보호되고 있습니다.`,
      }),
      look.width,
    );
  }
  return [
    planTitle(plan.id, isDry, look),
    ...stepRows(plan.steps, 'forth', look).flatMap((row) =>
      markedLines(row.mark, `${look.say(row.who)}   ${row.what}`, look),
    ),
    ...markedLines('!', look.say(MEANS[plan.protection](used)), look),
    ...markedLines('!', look.say(WHOLE), look),
    `${look.say({ en: 'Undo', ko: '되돌리기' })}: keel undo ${plan.id}`,
  ];
}

const MEANS: Readonly<Record<Protection, (used: string) => Sentence>> = {
  min: (used) => ({
    en: `${used} are never taken from it; where memory runs out, a process is killed instead`,
    ko: `${used}는 회수하지 않습니다. 메모리가 모자라면 대신 프로세스가 종료될 수 있습니다`,
  }),
  low: (used) => ({
    en: `${used} are taken from it only where no group without protection has any`,
    ko: `보호받지 않는 그룹에 회수할 메모리가 있는 동안은 ${used}를 회수하지 않습니다`,
  }),
};

const WHOLE: Sentence = {
  en: 'it holds for all processes of the group, by amount: which of its pages stay is up to the kernel',
  ko: '그룹의 모든 프로세스에 양으로 적용됩니다. 어느 페이지를 남길지는 커널이 정합니다',
};

function appliedLines(plan: ProtectionPlan, { change, stepMismatches }: AppliedChange, look: Look): string[] {
  const id = change?.id ?? plan.id;
  const wrong = stepMismatches.length;
  return wrap(
    look.say(
      wrong > 0
        ? {
            en: `${id} applied, but ${wrong} of ${plan.steps.length} values do not read back as planned. undo: keel undo ${id}`,
            ko: `${id} 적용. 그러나 값 ${plan.steps.length}개 중 ${wrong}개가 계획과 다릅니다. 되돌리기: keel undo ${id}`,
          }
        : {
            en: `${id} applied, read back as planned: ${formatBytes(plan.usedBytes)} of cgroup ${safeName(plan.cgroup)} are protected. undo: keel undo ${id}`,
            ko: `${id} 적용, 계획대로 확인: cgroup ${safeName(plan.cgroup)}의 ${formatBytes(plan.usedBytes)}를 보호합니다. 되돌리기: keel undo ${id}`,
          },
    ),
    look.width,
  );
}
