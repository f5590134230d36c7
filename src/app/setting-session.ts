/**
 * A trial of one setting of the machine, as a change of the journal: written down first, watched by a guardian that
 * undoes it where we are killed, and in the end undone by ourselves and read back.
 */
import type { OpenChange } from '../actions/journal.ts';
import { machineSettingNamed } from '../actions/machine/index.ts';
import type { MachineStep } from '../actions/machine/setting.ts';
import { Refused } from '../actions/refused.ts';
import { recordSteps } from '../actions/steps.ts';
import { KeelError } from '../base/errors.ts';
import { refusedChange } from './change-errors.ts';
import { startOrphanGuardian } from './guardian.ts';
import { undoOne } from './undo-changes.ts';
import { type Workshop, withLock } from './workshop.ts';

export class SettingSession {
  readonly change: string;
  readonly step: MachineStep;
  readonly #workshop: Workshop;
  readonly #log: OpenChange;

  private constructor(workshop: Workshop, change: string, step: MachineStep, log: OpenChange) {
    this.change = change;
    this.step = step;
    this.#workshop = workshop;
    this.#log = log;
  }

  /** @throws KeelError E_UNSUPPORTED where it is as wanted already, E_CONFLICT, E_PRIVILEGE, E_IO */
  static open(workshop: Workshop, wanted: MachineStep, command: string): Promise<SettingSession> {
    return withLock(workshop, async () => {
      const [step] = recorded(workshop, wanted);
      if (step === undefined) throw asWanted(wanted);
      const id = workshop.journal.nextId();
      const log = workshop.journal.create(id);
      log.append({
        record: 'planned',
        id,
        bootId: workshop.bootId,
        at: workshop.now(),
        by: workshop.self,
        command,
        steps: [step],
        processes: [],
        coversAll: false,
        dueBootNs: null,
      });
      try {
        log.append({ record: 'guarded', by: startOrphanGuardian(workshop, id) });
      } catch (error) {
        log.append({ record: 'undone', at: workshop.now() });
        log.close();
        throw error;
      }
      return new SettingSession(workshop, id, step, log);
    });
  }

  /** 0: as it was; 1: as wanted. @throws Refused */
  switchTo(arm: number): void {
    const { setting, at, before, set } = this.step;
    machineSettingNamed(setting).write(this.#workshop.controls.machine, at, arm === 0 ? before : set);
  }

  /** Puts it back. Not held up by Ctrl-C. */
  async close(): Promise<void> {
    this.#log.close();
    const undisturbed = { ...this.#workshop, signal: new AbortController().signal };
    await undoOne(undisturbed, this.change, 'leave');
  }
}

function recorded(workshop: Workshop, wanted: MachineStep): readonly MachineStep[] {
  try {
    return recordSteps(workshop.controls.machine, [wanted]);
  } catch (error) {
    if (error instanceof Refused) throw refusedChange(workshop, error, []);
    throw error;
  }
}

function asWanted({ set }: MachineStep): KeelError {
  return new KeelError('E_UNSUPPORTED', {
    what: {
      en: `there is nothing to prove: it is ${set} already; nothing was changed`,
      ko: `시험할 것이 없습니다. 이미 ${set}입니다. 아무것도 바꾸지 않았습니다`,
    },
  });
}
