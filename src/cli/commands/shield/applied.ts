/** What came of a shield, as lines. */
import type { AppliedChange } from '../../../app/apply-change.ts';
import type { ShieldPlan } from '../../../app/plan-shield.ts';
import { plural } from '../../../base/sentence.ts';
import { type Look, safeName } from '../../output/look.ts';
import { stepRows } from '../../output/machine-steps.ts';
import { markedLines } from '../../output/plan-lines.ts';
import { wrap } from '../../output/wrap.ts';
import { interruptsHere, MOST_NAMED } from './rows.ts';

export function appliedLines(
  plan: ShieldPlan,
  applied: AppliedChange,
  delivered: readonly number[],
  look: Look,
): string[] {
  const { change, verifiedThreads, mismatches, stepMismatches, refusedSteps, refusedThreads } = applied;
  if (change === null) {
    return [look.say({ en: 'Nothing had to change any more.', ko: '더 바꿀 것이 없었습니다.' })];
  }
  const steps = change.steps.length;
  const right = {
    threads: verifiedThreads - mismatches.length,
    steps: steps - refusedSteps.length - stepMismatches.length,
  };
  return [
    ...wrap(
      look.say({
        en: `${change.id} applied, read back: ${right.threads} of ${plural(verifiedThreads, 'thread')} and ${right.steps} of ${plural(steps, 'setting')} as planned.`,
        ko: `${change.id} 적용, 확인: 스레드 ${verifiedThreads}개 중 ${right.threads}개, 설정 ${steps}개 중 ${right.steps}개가 계획대로.`,
      }),
      look.width,
    ),
    ...refusedLines(refusedSteps, look),
    ...refusedThreads
      .slice(0, MOST_NAMED)
      .flatMap(({ tid, comm, refused }) =>
        markedLines(
          '=',
          `${look.say({ en: 'thread', ko: '스레드' })} ${tid} ${safeName(comm)}   ${safeName(look.say(refused.because))}`,
          look,
        ),
      ),
    ...mismatches
      .slice(0, MOST_NAMED)
      .map(
        (one) =>
          `  ! ${look.say({ en: 'thread', ko: '스레드' })} ${one.tid} ${safeName(one.comm)}   ${one.wanted} ≠ ${one.found}`,
      ),
    ...mismatchLines(stepMismatches, look),
    ...stillDelivered(plan, refusedSteps, delivered, look),
    `${look.say({ en: 'Next', ko: '다음' })}: keel bench noise --cpus ${plan.cpus}     keel undo ${change.id}`,
  ];
}

function mismatchLines(mismatches: AppliedChange['stepMismatches'], look: Look): readonly string[] {
  return mismatches
    .slice(0, MOST_NAMED)
    .flatMap(({ step, found }) =>
      stepRows([step], 'forth', look).map(
        (row) => `  ! ${look.say(row.who)}   ${step.set} ≠ ${safeName(found)}`,
      ),
    );
}

/** What the kernel did not take; interrupts whose drivers say no for the same reason stand on one line. */
function refusedLines(refused: AppliedChange['refusedSteps'], look: Look): readonly string[] {
  const groups = new Map<string, AppliedChange['refusedSteps'][number][]>();
  for (const one of refused) {
    const because = look.say(one.refused.because).replace(/^\S+: /, '');
    const key = `${one.step.setting === 'irqAffinity' ? '' : one.step.at} ${because}`;
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  return [...groups].flatMap(([key, [first, ...more]]) => {
    if (first === undefined) return [];
    const numbers = [first, ...more].map(({ step }) => step.at);
    const [row] = stepRows([first.step], 'forth', look);
    const who =
      more.length === 0
        ? (row?.who ?? { en: '', ko: '' })
        : { en: `interrupts ${numbers.join(', ')}`, ko: `인터럽트 ${numbers.join(', ')}` };
    return markedLines('=', `${look.say(who)}   ${safeName(key.slice(key.indexOf(' ') + 1))}`, look);
  });
}

/** An interrupt moves when it fires next; one that its driver holds does not, and stands in the plan. */
function stillDelivered(
  plan: ShieldPlan,
  refused: AppliedChange['refusedSteps'],
  delivered: readonly number[],
  look: Look,
): readonly string[] {
  const held = new Set(refused.map(({ step }) => (step.setting === 'irqAffinity' ? step.at : '')));
  const free = interruptsHere(plan).filter(
    ({ irq, isManaged }) => !isManaged && !held.has(`${irq}`) && delivered.includes(irq),
  );
  if (free.length === 0) return [];
  const numbers = free.map((one) => one.irq);
  const shown = numbers.slice(0, MOST_NAMED).join(', ') + (numbers.length > MOST_NAMED ? ', …' : '');
  return markedLines(
    '!',
    look.say({
      en: `${plural(free.length, 'interrupt')} (${shown}) will leave ${plan.cpus} with the next time ${free.length === 1 ? 'it fires' : 'they fire'}`,
      ko: `인터럽트 ${free.length}개(${shown})는 다음에 발생할 때 ${plan.cpus}에서 옮겨 갑니다`,
    }),
    look,
  );
}
