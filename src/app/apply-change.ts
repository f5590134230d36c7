/** Makes a change: journal, guardian, apply, verify; and puts back what was done where a step fails. */
import {
  applyToProcess,
  type Mismatch,
  type RefusedThread,
  recordProcesses,
  verifyProcess,
} from '../actions/apply.ts';
import {
  type Change,
  foldRecords,
  type JournalRecord,
  type MigrationRecord,
  type ProcessRecord,
  wasChanged,
} from '../actions/change.ts';
import {
  applyToEveryone,
  type Everyone,
  everyoneNow,
  recordEveryone,
  wishesFor,
} from '../actions/everyone.ts';
import { adoptNewborn } from '../actions/inheritance.ts';
import type { OpenChange } from '../actions/journal.ts';
import type { MachineStep, RefusedStep } from '../actions/machine/setting.ts';
import type { Target } from '../actions/plan.ts';
import type { Wish } from '../actions/settings/setting.ts';
import { applySteps, findMismatches, recordSteps, type StepConflict } from '../actions/steps.ts';
import { undoChange } from '../actions/undo.ts';
import { KeelError } from '../base/errors.ts';
import { notRestored, refusedChange } from './change-errors.ts';
import { endGuardian, startGuardian } from './guardian.ts';
import { refuseSecondShield } from './standing-shield.ts';
import { type Workshop, withLock } from './workshop.ts';

export interface ChangeRequest {
  readonly targets: readonly Target[];
  readonly wishes: readonly Wish[];
  /** Settings of the machine, before the threads and in this order. */
  readonly steps?: readonly MachineStep[];
  /** Every other process too, those that are born meanwhile included; what refuses stays as it is. */
  readonly everyone?: Everyone;
  /** Pages to move after the threads were changed. */
  readonly migrations: readonly MigrationRecord[];
  /** For people who look at the journal later: "pin arena core:6". */
  readonly command: string;
  /** Ends by itself after this time; null for never. */
  readonly endsAfterNs: number | null;
}

export interface AppliedChange {
  /** null where every thread was as wanted already, so nothing was changed. */
  readonly change: Change | null;
  /** Threads that were changed. */
  readonly changedThreads: number;
  /** Threads that were read back, those born meanwhile included. */
  readonly verifiedThreads: number;
  readonly mismatches: readonly Mismatch[];
  /** Steps that the kernel refused and that may stay. */
  readonly refusedSteps: readonly RefusedStep[];
  /** Threads of everyone else that the kernel does not let us change. */
  readonly refusedThreads: readonly RefusedThread[];
  /** Settings of the machine that do not read back as planned. */
  readonly stepMismatches: readonly StepConflict[];
}

/**
 * All or nothing: where a thread refuses, what was done is put back before the error is thrown.
 * @throws KeelError E_GONE, E_PRIVILEGE, E_CONFLICT, E_UNSUPPORTED, E_KERNEL, E_IO, E_INTERRUPTED
 */
export function applyChange(workshop: Workshop, request: ChangeRequest): Promise<AppliedChange> {
  return withLock(workshop, async () => {
    if (workshop.signal.aborted) {
      throw new KeelError('E_INTERRUPTED', {
        what: { en: 'interrupted; nothing was changed', ko: '중단되었습니다. 아무것도 바꾸지 않았습니다' },
      });
    }
    if (request.everyone !== undefined) await refuseSecondShield(workshop);
    const recorded = recordAll(workshop, request);
    const changes = recorded.processes.some((process) => process.threads.some(wasChanged));
    if (!changes && recorded.steps.length === 0 && request.migrations.length === 0) {
      return { change: null, changedThreads: 0, ...NOTHING_REFUSED, ...verifyAll(workshop, request, [], []) };
    }
    await workshop.journal.prune(workshop.clock.unixMs());
    const id = workshop.journal.nextId();
    const log = new KeptLog(workshop.journal.create(id));
    try {
      return makeChange(workshop, request, planned(workshop, request, id, recorded), log);
    } finally {
      log.close();
    }
  });
}

const NOTHING_REFUSED = { refusedSteps: [], refusedThreads: [] };

interface Recorded {
  readonly steps: readonly MachineStep[];
  readonly processes: readonly ProcessRecord[];
}

function recordAll(workshop: Workshop, request: ChangeRequest): Recorded {
  const { targets, wishes, steps = [], everyone } = request;
  const { controls } = workshop;
  try {
    const meant = recordProcesses(controls, targets, wishes);
    if (targets.length > 0 && meant.length === 0) throw allEnded(targets);
    const others =
      everyone === undefined ? [] : recordEveryone(controls, everyone, everyoneNow(controls, everyone));
    return { steps: recordSteps(controls.machine, steps), processes: [...meant, ...others] };
  } catch (error) {
    throw refusedChange(workshop, error, targets);
  }
}

function allEnded(targets: readonly Target[]): KeelError {
  const ids = targets.map((target) => target.tgid).join(', ');
  return new KeelError('E_GONE', {
    what: {
      en: `process ${ids} has ended; nothing was changed`,
      ko: `프로세스 ${ids}이(가) 끝났습니다. 아무것도 바꾸지 않았습니다`,
    },
  });
}

type Planned = Extract<JournalRecord, { record: 'planned' }>;

function planned(
  workshop: Workshop,
  { command, endsAfterNs, everyone }: ChangeRequest,
  id: string,
  recorded: Recorded,
): Planned {
  return {
    record: 'planned',
    id,
    bootId: workshop.bootId,
    at: workshop.now(),
    by: workshop.self,
    command,
    ...recorded,
    coversAll: everyone !== undefined,
    dueBootNs: endsAfterNs === null ? null : workshop.bootNowNs() + BigInt(Math.round(endsAfterNs)),
  };
}

function makeChange(workshop: Workshop, request: ChangeRequest, plan: Planned, log: KeptLog): AppliedChange {
  const { controls } = workshop;
  const refusedThreads: RefusedThread[] = [];
  let refusedSteps: readonly RefusedStep[] = [];
  let others: readonly Target[] = [];
  log.append(plan);
  try {
    if (plan.dueBootNs !== null) log.append({ record: 'guarded', by: startGuardian(workshop, plan.id) });
    refusedSteps = applySteps(controls.machine, plan.steps);
    others = changeThreads(workshop, request, plan, log, refusedThreads);
    for (const migration of request.migrations) {
      log.append({ record: 'migrating', migration });
      controls.migratePages(migration, migration.from, migration.to);
    }
  } catch (error) {
    throw putBack(workshop, log) ?? refusedChange(workshop, error, request.targets);
  }
  log.append({ record: 'applied', at: workshop.now() });
  const change = log.change();
  const changedThreads = change.processes.flatMap((process) => process.threads).filter(wasChanged).length;
  const taken = plan.steps.filter((step) => !refusedSteps.some((one) => one.step === step));
  return {
    change,
    changedThreads,
    refusedSteps,
    refusedThreads,
    ...verifyAll(workshop, request, others, taken),
  };
}

function changeThreads(
  { controls }: Workshop,
  { targets, wishes, everyone }: ChangeRequest,
  plan: Planned,
  log: KeptLog,
  refused: RefusedThread[],
): readonly Target[] {
  const others: ProcessRecord[] = [];
  for (const process of plan.processes) {
    const target = targets.find((one) => one.tgid === process.tgid);
    if (target === undefined) others.push(process);
    else applyToProcess(controls, target, process, wishes, log);
  }
  return everyone === undefined
    ? []
    : applyToEveryone(controls, everyone, others, log, (one) => refused.push(one));
}

/** After a step that failed. What cannot be put back stays in the journal, and is the error then. */
function putBack(workshop: Workshop, log: KeptLog): KeelError | null {
  const { controls } = workshop;
  const change = log.change();
  const result = undoChange(controls, adoptNewborn(controls, change, log), 'leave');
  if (change.guardian !== null) endGuardian(workshop, change.guardian);
  const left = notRestored(change.id, result);
  if (left !== null) return left;
  log.append({ record: 'undone', at: workshop.now() });
  return null;
}

function verifyAll(
  { controls }: Workshop,
  { targets, wishes, everyone }: ChangeRequest,
  others: readonly Target[],
  steps: readonly MachineStep[],
) {
  const all = targets.map((target) => verifyProcess(controls, target, wishes));
  if (everyone !== undefined) {
    for (const one of others) all.push(verifyProcess(controls, one, wishesFor(controls, everyone, one)));
  }
  return {
    verifiedThreads: all.reduce((sum, one) => sum + one.threads, 0),
    mismatches: all.flatMap((one) => one.mismatches),
    stepMismatches: findMismatches(controls.machine, steps),
  };
}

/** The journal file, and what it holds so far. */
class KeptLog {
  readonly #file: OpenChange;
  readonly #records: JournalRecord[] = [];

  constructor(file: OpenChange) {
    this.#file = file;
  }

  append(record: JournalRecord): void {
    this.#file.append(record);
    this.#records.push(record);
  }

  change(): Change {
    const change = foldRecords(this.#records);
    if (change === null) throw new Error('the plan is recorded first');
    return change;
  }

  close(): void {
    this.#file.close();
  }
}
