/**
 * A trial of settings of the machine, as a change of the journal: written down first, watched by a guardian that undoes
 * it where we are killed, and in the end kept, or undone by ourselves and read back.
 */

import type { ProcessId } from '../actions/controls.ts';
import type { OpenChange } from '../actions/journal.ts';
import { machineSettingNamed } from '../actions/machine/index.ts';
import type { MachineStep } from '../actions/machine/setting.ts';
import { Refused } from '../actions/refused.ts';
import { applySteps, findMismatches, recordSteps, type StepConflict } from '../actions/steps.ts';
import { KeelError } from '../base/errors.ts';
import { refusedChange } from './change-errors.ts';
import { endGuardian, startOrphanGuardian } from './guardian.ts';
import { undoOne } from './undo-changes.ts';
import { type Workshop, withLock } from './workshop.ts';

export class SettingSession {
  readonly change: string;
  readonly steps: readonly MachineStep[];
  readonly #workshop: Workshop;
  readonly #log: OpenChange;
  readonly #guardian: ProcessId;

  private constructor(
    workshop: Workshop,
    {
      change,
      steps,
      log,
      guardian,
    }: { change: string; steps: readonly MachineStep[]; log: OpenChange; guardian: ProcessId },
  ) {
    this.change = change;
    this.steps = steps;
    this.#workshop = workshop;
    this.#log = log;
    this.#guardian = guardian;
  }

  /** @throws KeelError E_UNSUPPORTED where it is as wanted already, E_CONFLICT, E_PRIVILEGE, E_IO */
  static open(workshop: Workshop, wanted: readonly MachineStep[], command: string): Promise<SettingSession> {
    return withLock(workshop, async () => {
      const steps = recorded(workshop, wanted);
      if (steps.length === 0) throw asWanted(wanted);
      const id = workshop.journal.nextId();
      const log = workshop.journal.create(id);
      log.append({
        record: 'planned',
        id,
        bootId: workshop.bootId,
        at: workshop.now(),
        by: workshop.self,
        command,
        steps,
        processes: [],
        coversAll: false,
        dueBootNs: null,
      });
      try {
        const guardian = startOrphanGuardian(workshop, id);
        log.append({ record: 'guarded', by: guardian });
        return new SettingSession(workshop, { change: id, steps, log, guardian });
      } catch (error) {
        log.append({ record: 'undone', at: workshop.now() });
        log.close();
        throw error;
      }
    });
  }

  /** 0: as it was; 1: as wanted. Of settings of one file each. @throws Refused */
  switchTo(arm: number): void {
    for (const { setting, at, before, set } of this.steps) {
      machineSettingNamed(setting).write(this.#workshop.controls.machine, at, arm === 0 ? before : set);
    }
  }

  /** Once, where there is no way back but the undo. @returns what does not read back as wanted @throws KeelError */
  apply(): readonly StepConflict[] {
    const { machine } = this.#workshop.controls;
    try {
      applySteps(machine, this.steps);
    } catch (error) {
      throw refusedChange(this.#workshop, error, []);
    }
    return findMismatches(machine, this.steps);
  }

  /** It stays until `keel undo`; the guardian leaves what was kept. */
  keep(): void {
    this.#log.append({ record: 'applied', at: this.#workshop.now() });
    this.#log.close();
    endGuardian(this.#workshop, this.#guardian);
  }

  /** Puts it back. Not held up by Ctrl-C. */
  async close(): Promise<void> {
    this.#log.close();
    const undisturbed = { ...this.#workshop, signal: new AbortController().signal };
    await undoOne(undisturbed, this.change, 'leave');
  }
}

function recorded(workshop: Workshop, wanted: readonly MachineStep[]): readonly MachineStep[] {
  try {
    return recordSteps(workshop.controls.machine, wanted);
  } catch (error) {
    if (error instanceof Refused) throw refusedChange(workshop, error, []);
    throw error;
  }
}

function asWanted([first]: readonly MachineStep[]): KeelError {
  const set = first?.set ?? '';
  return new KeelError('E_UNSUPPORTED', {
    what: {
      en: `there is nothing to prove: it is ${set} already; nothing was changed`,
      ko: `시험할 것이 없습니다. 이미 ${set}입니다. 아무것도 바꾸지 않았습니다`,
    },
  });
}
