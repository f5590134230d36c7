/** Makes a change: journal, guardian, apply, verify; and puts back what was done where a step fails. */
import { applyToProcess, type Mismatch, recordProcesses, verifyProcess } from '../actions/apply.ts';
import {
  type Change,
  foldRecords,
  type JournalRecord,
  type MigrationRecord,
  type ProcessRecord,
  wasChanged,
} from '../actions/change.ts';
import type { OpenChange } from '../actions/journal.ts';
import type { Target } from '../actions/plan.ts';
import type { Wish } from '../actions/settings/setting.ts';
import { undoChange } from '../actions/undo.ts';
import { KeelError } from '../base/errors.ts';
import { notRestored, refusedChange } from './change-errors.ts';
import { endGuardian, startGuardian } from './guardian.ts';
import { type Workshop, withLock } from './workshop.ts';

export interface ChangeRequest {
  readonly targets: readonly Target[];
  readonly wishes: readonly Wish[];
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
    const processes = recordAll(workshop, request);
    const changes = processes.some((process) => process.threads.some(wasChanged));
    if (!changes && request.migrations.length === 0) {
      return { change: null, changedThreads: 0, ...verifyAll(workshop, request) };
    }
    const id = workshop.journal.nextId();
    const log = new KeptLog(workshop.journal.create(id));
    try {
      return makeChange(workshop, request, planned(workshop, request, id, processes), log);
    } finally {
      log.close();
    }
  });
}

function recordAll(workshop: Workshop, { targets, wishes }: ChangeRequest): readonly ProcessRecord[] {
  let processes: readonly ProcessRecord[];
  try {
    processes = recordProcesses(workshop.controls, targets, wishes);
  } catch (error) {
    throw refusedChange(workshop, error, targets);
  }
  if (processes.length > 0) return processes;
  throw new KeelError('E_GONE', {
    what: {
      en: `process ${targets.map((target) => target.tgid).join(', ')} has ended; nothing was changed`,
      ko: `프로세스 ${targets.map((target) => target.tgid).join(', ')}이(가) 끝났습니다. 아무것도 바꾸지 않았습니다`,
    },
  });
}

type Planned = Extract<JournalRecord, { record: 'planned' }>;

function planned(
  workshop: Workshop,
  { command, endsAfterNs }: ChangeRequest,
  id: string,
  processes: readonly ProcessRecord[],
): Planned {
  return {
    record: 'planned',
    id,
    bootId: workshop.bootId,
    at: workshop.now(),
    by: workshop.self,
    command,
    processes,
    dueBootNs: endsAfterNs === null ? null : workshop.bootNowNs() + BigInt(Math.round(endsAfterNs)),
  };
}

function makeChange(workshop: Workshop, request: ChangeRequest, plan: Planned, log: KeptLog): AppliedChange {
  const { targets, wishes } = request;
  log.append(plan);
  try {
    if (plan.dueBootNs !== null) log.append({ record: 'guarded', by: startGuardian(workshop, plan.id) });
    for (const process of plan.processes) {
      const target = targets.find((one) => one.tgid === process.tgid);
      if (target !== undefined) applyToProcess(workshop.controls, target, process, wishes, log);
    }
    for (const migration of request.migrations) {
      log.append({ record: 'migrating', migration });
      workshop.controls.migratePages(migration, migration.from, migration.to);
    }
  } catch (error) {
    throw putBack(workshop, log) ?? refusedChange(workshop, error, targets);
  }
  log.append({ record: 'applied', at: workshop.now() });
  const change = log.change();
  const changedThreads = change.processes.flatMap((process) => process.threads).filter(wasChanged).length;
  return { change, changedThreads, ...verifyAll(workshop, request) };
}

/** After a step that failed. What cannot be put back stays in the journal, and is the error then. */
function putBack(workshop: Workshop, log: KeptLog): KeelError | null {
  const change = log.change();
  const result = undoChange(workshop.controls, change, 'leave');
  if (change.guardian !== null) endGuardian(workshop, change.guardian);
  if (result.notRestored.length > 0) return notRestored(change.id, result.notRestored, result.refused);
  log.append({ record: 'undone', at: workshop.now() });
  return null;
}

function verifyAll(workshop: Workshop, { targets, wishes }: ChangeRequest) {
  const all = targets.map((target) => verifyProcess(workshop.controls, target, wishes));
  return {
    verifiedThreads: all.reduce((sum, one) => sum + one.threads, 0),
    mismatches: all.flatMap((one) => one.mismatches),
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
