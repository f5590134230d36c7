/** Makes what a trial has proven a change like any other: journaled, read back, and undone by `keel undo`. */
import type { PlacedProcess } from '../actions/arms.ts';
import type { MachineStep } from '../actions/machine/setting.ts';
import type { Target } from '../actions/plan.ts';
import { stepsForGroups } from '../actions/proposal-steps.ts';
import { wishesForThread } from '../actions/proposal-wishes.ts';
import { KeelError } from '../base/errors.ts';
import { orNull } from '../base/missing.ts';
import { plural } from '../base/sentence.ts';
import { processStat } from '../kernel/task/stat.ts';
import type { Proposal } from '../placement/proposal.ts';
import { applyChange } from './apply-change.ts';
import { refusedChange } from './change-errors.ts';
import type { FoundTarget } from './find-targets.ts';
import { pageMoves } from './page-moves.ts';
import type { Workshop } from './workshop.ts';

/** The target first; others as far as they are still there. */
export function processesOf(
  { host }: Workshop,
  target: FoundTarget,
  proposals: readonly Proposal[],
): readonly PlacedProcess[] {
  const { tgid, startTicks, comm } = target;
  const others = new Map(
    proposals.flatMap(({ moves }) => moves.map((move) => [move.tgid, move.comm] as const)),
  );
  others.delete(tgid);
  return [
    { tgid, startTicks, comm },
    ...[...others].flatMap(([other, name]) => {
      const stat = orNull(host.read(processStat, { pid: other }));
      return stat === null ? [] : [{ tgid: other, startTicks: stat.startTicks, comm: name }];
    }),
  ];
}

export interface Keeping {
  readonly target: FoundTarget;
  /** As the user wrote it, for the journal. */
  readonly targetText: string;
}

/** @returns the id of the change @throws KeelError as applyChange does, and E_VERIFY */
export async function keepProposal(
  workshop: Workshop,
  { target, targetText }: Keeping,
  proposal: Proposal,
): Promise<string> {
  const { name } = proposal;
  const { change, mismatches, stepMismatches } = await applyChange(workshop, {
    targets: targetsOf(workshop, target, proposal),
    steps: stepsOf(workshop, target, proposal),
    wishes: [],
    migrations: pageMoves(workshop.host, processesOf(workshop, target, [proposal]), proposal.moves),
    command: `optimize ${targetText}: ${name}`,
    endsAfterNs: null,
  });
  const wrong = mismatches.length + stepMismatches.length;
  if (change !== null && wrong === 0) return change.id;
  if (change === null) throw asItIs(name);
  throw new KeelError('E_VERIFY', {
    what: {
      en: `${name}: ${plural(wrong, 'value')} did not read back as set`,
      ko: `${name}: 값 ${wrong}개가 설정한 대로 읽히지 않습니다`,
    },
    next: [{ en: `keel undo ${change.id}`, ko: `keel undo ${change.id}` }],
  });
}

function targetsOf(workshop: Workshop, target: FoundTarget, proposal: Proposal): readonly Target[] {
  const { moves } = proposal;
  return processesOf(workshop, target, [proposal])
    .filter(({ tgid }) => moves.some((move) => move.tgid === tgid))
    .map((process) => {
      const own = moves.filter((move) => move.tgid === process.tgid);
      const wishes: Target['wishes'] = (thread) => wishesForThread(own, thread);
      return { ...process, wishes, meant: (thread) => wishes(thread).length > 0 };
    });
}

function stepsOf(workshop: Workshop, target: FoundTarget, { groups }: Proposal): readonly MachineStep[] {
  try {
    return stepsForGroups(workshop.controls.machine, groups);
  } catch (error) {
    throw refusedChange(workshop, error, [target]);
  }
}

function asItIs(name: string): KeelError {
  return new KeelError('E_CONFLICT', {
    what: {
      en: `${name}: everything is so already; nothing was changed`,
      ko: `${name}: 이미 그 상태입니다. 아무것도 바꾸지 않았습니다`,
    },
    next: [{ en: 'Which change made it so: keel undo --list', ko: '어떤 변경인지 보기: keel undo --list' }],
  });
}
