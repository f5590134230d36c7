/**
 * A trial as a change of the journal: written down before the first thread is touched, watched by a guardian that undoes
 * it where we are killed, and in the end undone by ourselves, exactly and read back.
 */
import { Arms, type Foreign, type PlacedProcess } from '../actions/arms.ts';
import { type Change, isActive } from '../actions/change.ts';
import type { OpenChange } from '../actions/journal.ts';
import { machineSettingNamed } from '../actions/machine/index.ts';
import { PageArms } from '../actions/page-arms.ts';
import { stepsForGroups } from '../actions/proposal-steps.ts';
import { isGone } from '../actions/refused.ts';
import { type ForeignStep, StepArms } from '../actions/step-arms.ts';
import type { UndoResult } from '../actions/undo.ts';
import { KeelError } from '../base/errors.ts';
import type { Proposal } from '../placement/proposal.ts';
import { refusedChange } from './change-errors.ts';
import { startOrphanGuardian } from './guardian.ts';
import { pageMoves } from './page-moves.ts';
import { isInTheMaking, undoOne } from './undo-changes.ts';
import { type Workshop, withLock } from './workshop.ts';

export interface TrialRequest {
  /** The first one is the target. */
  readonly processes: readonly PlacedProcess[];
  readonly candidates: readonly Pick<Proposal, 'moves' | 'groups'>[];
  /** For people who look at the journal later. */
  readonly command: string;
}

export interface Closed {
  readonly change: string;
  readonly switches: number;
  /** null where there was nothing to put back any more. */
  readonly undone: UndoResult | null;
}

/** What the placements of a trial are made of. */
interface Placements {
  readonly arms: Arms;
  readonly stepArms: StepArms;
  readonly pageArms: PageArms;
}

export class TrialSession {
  readonly change: string;
  readonly #workshop: Workshop;
  readonly #arms: Arms;
  readonly #stepArms: StepArms;
  readonly #pageArms: PageArms;
  readonly #log: OpenChange;
  #switches = 0;

  private constructor(workshop: Workshop, change: string, placements: Placements, log: OpenChange) {
    this.change = change;
    this.#workshop = workshop;
    this.#arms = placements.arms;
    this.#stepArms = placements.stepArms;
    this.#pageArms = placements.pageArms;
    this.#log = log;
  }

  /** @throws KeelError E_CONFLICT where another trial of the target goes on, E_PRIVILEGE, E_GONE, E_IO, E_INTERRUPTED */
  static open(workshop: Workshop, request: TrialRequest): Promise<TrialSession> {
    return withLock(workshop, async () => {
      await refuseSecond(workshop, request.processes);
      const moves = request.candidates.map((one) => one.moves);
      const arms = new Arms(workshop.controls, request.processes, moves);
      const stepArms = stepArmsOf(workshop, request);
      const pages = moves.map((one) => pageMoves(workshop.host, request.processes, one));
      const pageArms = new PageArms(workshop.controls, pages);
      const processes = recordAll(workshop, arms, request);
      const id = workshop.journal.nextId();
      const log = workshop.journal.create(id);
      log.append({
        record: 'planned',
        id,
        bootId: workshop.bootId,
        at: workshop.now(),
        by: workshop.self,
        command: request.command,
        steps: stepArms.steps,
        processes,
        coversAll: false,
        dueBootNs: null,
      });
      const session = new TrialSession(workshop, id, { arms, stepArms, pageArms }, log);
      arms.writeTo(log);
      pageArms.writeTo(log);
      try {
        log.append({ record: 'guarded', by: startOrphanGuardian(workshop, id) });
      } catch (error) {
        log.append({ record: 'undone', at: workshop.now() });
        log.close();
        throw error;
      }
      return session;
    });
  }

  get switches(): number {
    return this.#switches;
  }

  /**
   * @throws Refused where the kernel does not take a value
   * @throws KeelError E_CONFLICT where somebody else changes the same threads
   */
  switchTo(arm: number): void {
    this.#switches += 1;
    const [step] = this.#stepArms.switchTo(arm);
    if (step !== undefined) throw meddledWith(step);
    const [foreign] = this.#arms.switchTo(arm);
    if (foreign !== undefined) throw meddled(foreign);
    this.#pageArms.switchTo(arm);
  }

  /** Whether a placement is another one than what the threads have. */
  changesSomething(arm: number): boolean {
    const all = [this.#arms, this.#stepArms, this.#pageArms];
    return all.some((arms) => arms.changesSomething(arm));
  }

  /** Values that do not read back as the last switch gave them. */
  mismatches(): readonly Foreign[] {
    return this.#arms.mismatches();
  }

  /** Puts everything back. Not held up by Ctrl-C. @throws KeelError where a thread does not come back */
  async close(): Promise<Closed> {
    this.#log.close();
    const undisturbed = { ...this.#workshop, signal: new AbortController().signal };
    const { result } = await undoOne(undisturbed, this.change, 'leave');
    return { change: this.change, switches: this.#switches, undone: result };
  }
}

/** A group that is not there any more takes no part: its candidate then changes nothing. */
function stepArmsOf(workshop: Workshop, { candidates, processes }: TrialRequest): StepArms {
  const { machine } = workshop.controls;
  const steps = candidates.map(({ groups }) => {
    try {
      return stepsForGroups(machine, groups);
    } catch (error) {
      if (isGone(error)) return [];
      throw refusedChange(workshop, error, processes);
    }
  });
  return new StepArms(machine, steps);
}

function recordAll(workshop: Workshop, arms: Arms, { processes }: TrialRequest) {
  let records: ReturnType<Arms['record']>;
  try {
    records = arms.record();
  } catch (error) {
    throw refusedChange(workshop, error, processes);
  }
  if (records.some((record) => record.tgid === processes[0]?.tgid)) return records;
  throw new KeelError('E_GONE', {
    what: {
      en: `process ${processes[0]?.tgid} has ended; nothing was changed`,
      ko: `프로세스 ${processes[0]?.tgid}이(가) 끝났습니다. 아무것도 바꾸지 않았습니다`,
    },
  });
}

/** Two trials of one process would each take the other's placements for noise. */
async function refuseSecond(workshop: Workshop, processes: readonly PlacedProcess[]): Promise<void> {
  const { changes } = await workshop.journal.read();
  const ours = new Set(processes.map(({ tgid, startTicks }) => `${tgid}@${startTicks}`));
  const touches = (change: Change) =>
    change.processes.some(({ tgid, startTicks }) => ours.has(`${tgid}@${startTicks}`));
  for (const change of changes.filter((one) => isActive(one) && touches(one))) {
    if (isInTheMaking(workshop, change)) throw goesOn(change);
    if (change.state !== 'applied') throw cutOff(change);
  }
}

function goesOn(change: Change): KeelError {
  return new KeelError('E_CONFLICT', {
    what: {
      en: `another keel (PID ${change.by.tgid}) is trying placements of this process; nothing was changed`,
      ko: `다른 keel(PID ${change.by.tgid})이 이 프로세스의 배치를 시험하고 있습니다. 아무것도 바꾸지 않았습니다`,
    },
    next: [
      {
        en: `Wait for it, or end it: kill -INT ${change.by.tgid}; it puts everything back`,
        ko: `기다리거나 끝내세요: kill -INT ${change.by.tgid}. 모두 스스로 되돌립니다`,
      },
    ],
  });
}

function cutOff(change: Change): KeelError {
  return new KeelError('E_CONFLICT', {
    what: {
      en: `${change.id} was cut off and still holds threads of this process; nothing was changed`,
      ko: `${change.id}이(가) 중간에 끊겨 이 프로세스의 스레드가 아직 바뀐 상태입니다. 아무것도 바꾸지 않았습니다`,
    },
    next: [{ en: 'First: keel undo --stale', ko: '먼저: keel undo --stale' }],
  });
}

function meddledWith({ step, found }: ForeignStep): KeelError {
  const { label } = machineSettingNamed(step.setting);
  return new KeelError('E_CONFLICT', {
    what: {
      en: `something else changes the ${label.en} ${step.at} too: it is ${found} now`,
      ko: `다른 무언가가 ${label.ko} ${step.at}도 바꾸고 있습니다: 지금 ${found}입니다`,
    },
    next: [
      {
        en: 'That one is left as it is; everything else is as it was',
        ko: '그 값은 그대로 두었고 나머지는 모두 원래대로입니다',
      },
    ],
  });
}

function meddled({ tid, comm, given, found }: Foreign): KeelError {
  return new KeelError('E_CONFLICT', {
    what: {
      en: `something else changes thread ${tid} ${comm} too: the trial gave it ${given}, and it has ${found}`,
      ko: `다른 무언가가 스레드 ${tid} ${comm}도 바꾸고 있습니다: 시험에서 ${given}(으)로 설정했으나 ${found}입니다`,
    },
    next: [
      {
        en: 'All other threads are as they were. Does the program place its threads itself?',
        ko: '다른 스레드는 모두 원래대로입니다. 프로그램이 스스로 스레드를 배치하는지 확인하세요',
      },
    ],
  });
}
