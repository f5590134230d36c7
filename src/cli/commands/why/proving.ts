/** `keel why --prove`: which remedy is tried, what is asked before, and how. */
import type { FoundTarget } from '../../../app/find-targets.ts';
import { ONCE_NS, planOnce, proveOnce } from '../../../app/prove-once.ts';
import {
  chooseRemedy,
  PROVE_NS,
  type ProvePlan,
  proveRemedy,
  remedyName,
  safeRemedies,
  settledAction,
} from '../../../app/prove-remedy.ts';
import type { Watched } from '../../../app/watch-window.ts';
import { openWorkshop } from '../../../app/workshop.ts';
import { KeelError } from '../../../base/errors.ts';
import { isMissing } from '../../../base/missing.ts';
import type { Sentence } from '../../../base/sentence.ts';
import type { LockAction, RemedyName, SettingAction, WarmAction } from '../../../diagnosis/remedy-action.ts';
import type { Context, DocumentOutput } from '../../command.ts';
import { unreadableMemory } from '../../memory-errors.ts';
import { declinedProof, plannedProof, proofOutput, provePlanLines } from './prove.ts';
import { declinedOnce, onceOutput, oncePlanLines, plannedOnce } from './prove-once.ts';

export interface ProveOptions {
  readonly targets: readonly FoundTarget[] | null;
  /** Rather than the first. */
  readonly name: RemedyName | undefined;
  readonly isDry: boolean;
}

const QUESTION: Sentence = { en: 'Try it?', ko: '시험할까요?' };
const TRYING: Sentence = { en: 'trying', ko: '시험 중' };

/** @throws KeelError E_UNSUPPORTED where nothing can be tried, and as the trials */
export function prove(
  context: Context,
  watched: Watched,
  { targets, name, isDry }: ProveOptions,
): Promise<DocumentOutput> {
  const [target] = targets ?? [];
  const plans = target === undefined ? [] : safeRemedies(watched.diagnosis.findings, target);
  const plan = chooseRemedy(plans, name);
  if (plan === null) throw nothingToProve(plans, name);
  const { action } = plan;
  return action.kind === 'setting'
    ? proveSetting(context, { ...plan, action }, isDry)
    : proveOneWay(context, { ...plan, action }, isDry);
}

async function proveSetting(context: Context, found: ProvePlan<SettingAction>, isDry: boolean) {
  const host = context.open().host;
  const plan = { ...found, action: settledAction(host, found.target, found.action) };
  if (isDry) return plannedProof(plan);
  const workshop = openWorkshop(context.openLive(), context);
  if (!(await context.confirm(provePlanLines(plan, context.look), QUESTION))) return declinedProof(plan);
  const progress = context.progress(TRYING, PROVE_NS);
  return proofOutput(await proveRemedy(workshop, plan, () => {}).finally(progress.stop));
}

async function proveOneWay(context: Context, plan: ProvePlan<WarmAction | LockAction>, isDry: boolean) {
  const { target, action } = plan;
  const workshop = openWorkshop(context.openLive(), context);
  const once = planOnce(workshop, target, action);
  if (isMissing(once)) throw unreadableMemory(target, once, 'why');
  if (isDry) return plannedOnce(plan, once);
  if (!(await context.confirm(oncePlanLines(plan, once, context.look), QUESTION))) {
    return declinedOnce(plan, once);
  }
  const progress = context.progress(TRYING, ONCE_NS);
  const command = `why ${target.tgid} --prove --remedy ${remedyName(action)}`;
  return onceOutput(plan, once, await proveOnce(workshop, once, command, () => {}).finally(progress.stop));
}

function nothingToProve(plans: readonly ProvePlan[], name: RemedyName | undefined): KeelError {
  const others = [...new Set(plans.map(({ action }) => remedyName(action)))].join(', ');
  if (name !== undefined && others !== '') {
    return new KeelError('E_UNSUPPORTED', {
      what: {
        en: `no finding has the remedy ${name}; nothing was changed`,
        ko: `${name} 처방이 있는 발견이 없습니다. 아무것도 바꾸지 않았습니다`,
      },
      next: [{ en: `There are: ${others}`, ko: `있는 처방: ${others}` }],
    });
  }
  return new KeelError('E_UNSUPPORTED', {
    what: {
      en: 'no finding has a remedy that can be tried and taken back; nothing was changed',
      ko: '시험해 보고 되돌릴 수 있는 처방이 없습니다. 아무것도 바꾸지 않았습니다',
    },
    next: [{ en: 'What a person can do: keel why TARGET', ko: '사람이 할 수 있는 것: keel why 대상' }],
  });
}
