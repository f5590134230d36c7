/** Undoes changes of the journal, now or when they are due, and says which ones need it. */
import { type Change, isActive, wasChanged } from '../actions/change.ts';
import { threadKey } from '../actions/controls.ts';
import { adoptNewborn } from '../actions/inheritance.ts';
import type { BrokenChange } from '../actions/journal.ts';
import { processOf } from '../actions/machine/membership.ts';
import { stepKey } from '../actions/machine/setting.ts';
import { findStepConflicts, type StepConflict } from '../actions/steps.ts';
import {
  type Conflict,
  findConflicts,
  type OnConflict,
  previewUndo,
  type UndoResult,
  undoChange,
} from '../actions/undo.ts';
import { KeelError } from '../base/errors.ts';
import { plural, type Sentence } from '../base/sentence.ts';
import { notRestored, stepLine } from './change-errors.ts';
import { endGuardian } from './guardian.ts';
import { type Workshop, withLock } from './workshop.ts';

/**
 * - `planned`: it would be put back now; nothing was changed
 * - `undone`: put back now
 * - `was-undone`: it had been put back before
 * - `forgotten`: the machine was restarted since, so none of its processes is left
 */
export type UndoOutcome = 'planned' | 'undone' | 'was-undone' | 'forgotten';

export interface Undone {
  readonly change: Change;
  readonly outcome: UndoOutcome;
  /** null where nothing had to be done, or has to be. */
  readonly result: UndoResult | null;
}

/** A change and whether somebody looks after it. */
export interface ListedChange {
  readonly change: Change;
  readonly isActive: boolean;
  /** Nobody will end it any more: it was cut off, its time has come and its guardian is dead, or it is over. */
  readonly isStale: boolean;
  /** It kept files, and the process that kept them has ended: with its target, or by somebody's hand. */
  readonly isOver: boolean;
}

export interface ChangeList {
  readonly changes: readonly ListedChange[];
  readonly broken: readonly BrokenChange[];
}

export async function listChanges(workshop: Workshop): Promise<ChangeList> {
  const { changes, broken } = await workshop.journal.read();
  return {
    changes: changes.map((change) => ({
      change,
      isActive: isActive(change) && change.bootId === workshop.bootId,
      isStale: isStale(workshop, change),
      isOver: isOver(workshop, change),
    })),
    broken,
  };
}

/** A little later than due, so that a guardian that is just waking up is not overtaken. */
const GRACE_NS = 1_000_000_000n;

function isStale(workshop: Workshop, change: Change): boolean {
  if (!isActive(change)) return false;
  if (change.bootId !== workshop.bootId) return true;
  const cutOff = change.state !== 'applied' && !workshop.controls.isAlive(change.by);
  const overdue = change.dueBootNs !== null && workshop.bootNowNs() > change.dueBootNs + GRACE_NS;
  const guarded = change.guardian !== null && workshop.controls.isAlive(change.guardian);
  return cutOff || (overdue && !guarded) || isOver(workshop, change);
}

function isOver(workshop: Workshop, change: Change): boolean {
  const keepers = change.steps.filter((step) => step.setting === 'keptFiles');
  return isActive(change) && keepers.some(({ at }) => !workshop.controls.isAlive(processOf(at)));
}

/**
 * Undoes one change.
 * @throws KeelError E_USAGE for an id that is not in the journal, E_CONFLICT where somebody else changed a thread since,
 *   E_VERIFY where a thread does not read back as it was
 */
export function undoOne(workshop: Workshop, id: string, onConflict: OnConflict): Promise<Undone> {
  return withLock(workshop, async () => {
    // Read under the lock: it may have been undone while we waited.
    const { change, all } = await findChange(workshop, id);
    return undoLocked(workshop, change, onConflict, all);
  });
}

/**
 * What undoOne would do now, with nothing changed, neither in the journal.
 * @throws KeelError as undoOne, without what only trying tells: E_VERIFY
 */
export async function previewUndoOne(
  workshop: Workshop,
  id: string,
  onConflict: OnConflict,
): Promise<Undone> {
  const { change, all } = await findChange(workshop, id);
  if (!isActive(change)) return { change, outcome: 'was-undone', result: null };
  if (change.bootId !== workshop.bootId) return { change, outcome: 'planned', result: null };
  if (onConflict === 'refuse') refuseConflicts(workshop, change, all);
  const { controls } = workshop;
  const grown = adoptNewborn(controls, change, NO_LOG);
  return { change, outcome: 'planned', result: previewUndo(controls, grown, leaving(onConflict)) };
}

const NO_LOG = { append() {} };

async function findChange(
  workshop: Workshop,
  id: string,
): Promise<{ readonly change: Change; readonly all: readonly Change[] }> {
  const { changes, broken } = await workshop.journal.read();
  const change = changes.find((one) => one.id === id);
  if (change === undefined) throw unknownChange(id, changes, broken);
  return { change, all: changes };
}

function undoLocked(
  workshop: Workshop,
  change: Change,
  onConflict: OnConflict,
  all: readonly Change[],
): Undone {
  if (!isActive(change)) return { change, outcome: 'was-undone', result: null };
  if (change.bootId !== workshop.bootId) {
    const log = workshop.journal.open(change.id);
    log.append({ record: 'forgotten', at: workshop.now() });
    log.close();
    return { change, outcome: 'forgotten', result: null };
  }
  if (onConflict === 'refuse') refuseConflicts(workshop, change, all);
  return { change, outcome: 'undone', result: putBack(workshop, change, onConflict) };
}

/** @throws KeelError E_CONFLICT */
function refuseConflicts(workshop: Workshop, change: Change, all: readonly Change[]): void {
  if (isInTheMaking(workshop, change)) throw stillRuns(change);
  const conflicts = findConflicts(workshop.controls, change);
  const steps = findStepConflicts(workshop.controls.machine, change.steps);
  const later = laterChange(change, all);
  // Of everybody's threads, some place themselves while the change stands: that is theirs, and no conflict.
  const refuses = change.coversAll ? [] : conflicts;
  if (refuses.length + steps.length > 0 || later !== undefined) {
    throw conflicting(change, refuses, steps, later);
  }
}

function leaving(onConflict: OnConflict): Exclude<OnConflict, 'refuse'> {
  return onConflict === 'overwrite' ? 'overwrite' : 'leave';
}

function putBack(workshop: Workshop, change: Change, onConflict: OnConflict): UndoResult {
  const log = workshop.journal.open(change.id);
  try {
    log.append({ record: 'undoing', at: workshop.now(), by: workshop.self });
    const result = undoChange(
      workshop.controls,
      adoptNewborn(workshop.controls, change, log),
      leaving(onConflict),
    );
    const left = notRestored(change.id, result);
    if (left !== null && onConflict !== 'overwrite') throw left;
    log.append({ record: 'undone', at: workshop.now() });
    if (change.guardian !== null) endGuardian(workshop, change.guardian);
    return result;
  } finally {
    log.close();
  }
}

/** Sleeps until the change is due and undoes it, unless somebody did before. What the guardian runs. */
export async function undoWhenDue(workshop: Workshop, id: string): Promise<Undone | null> {
  for (;;) {
    const { changes } = await workshop.journal.read();
    const change = changes.find((one) => one.id === id);
    if (change === undefined || !isActive(change) || change.dueBootNs === null) return null;
    const leftNs = change.dueBootNs - workshop.bootNowNs();
    if (leftNs <= 0n) return undoOne(workshop, id, 'leave');
    // Timers stand still while the machine is suspended; the boot clock does not.
    await workshop.clock.sleep(Math.min(Number(leftNs), LONGEST_SLEEP_NS), workshop.signal);
    if (workshop.signal.aborted) return null;
  }
}

const LONGEST_SLEEP_NS = 60e9;

/**
 * Waits until the other end of the pipe is closed, which is until whoever makes the change has ended, and undoes the
 * change unless it was ended properly. What the guardian of a trial runs.
 */
export async function undoWhenOrphaned(
  workshop: Workshop,
  id: string,
  closed: Promise<void>,
): Promise<Undone | null> {
  await closed;
  const { changes } = await workshop.journal.read();
  const change = changes.find((one) => one.id === id);
  // What was kept has been applied; while it is tried, it is planned.
  const isOpen = change !== undefined && isActive(change) && change.state !== 'applied';
  return isOpen ? undoOne(workshop, id, 'leave') : null;
}

/**
 * A fault of the tool must not leave a machine changed: every change that nobody looks after.
 * @param undo undoOne, or previewUndoOne
 */
export async function undoStale(
  workshop: Workshop,
  undo: typeof undoOne = undoOne,
): Promise<readonly Undone[]> {
  const { changes } = await listChanges(workshop);
  const undone: Undone[] = [];
  for (const { change, isStale } of changes) {
    if (isStale) undone.push(await undo(workshop, change.id, 'leave'));
  }
  return undone;
}

function unknownChange(id: string, changes: readonly Change[], broken: readonly BrokenChange[]): KeelError {
  const found = broken.find((one) => one.id === id);
  if (found !== undefined) {
    return new KeelError('E_FORMAT', {
      what: {
        en: `${found.path} is not a change that keel wrote: ${found.why}`,
        ko: `${found.path}은(는) keel이 쓴 변경 기록이 아닙니다: ${found.why}`,
      },
      next: [
        {
          en: 'Nothing in it is acted on. To be rid of it, delete the file.',
          ko: '이 내용은 실행하지 않습니다. 필요 없으면 파일을 지우세요.',
        },
      ],
    });
  }
  const active = changes.filter(isActive).map((change) => change.id);
  return new KeelError('E_USAGE', {
    what: { en: `there is no change ${id}`, ko: `${id} 변경은 없습니다` },
    pointer: { text: id, start: 0, end: id.length },
    next: [
      active.length === 0
        ? {
            en: 'No change is active; all of them: keel undo --list',
            ko: '적용 중인 변경이 없습니다. 전체: keel undo --list',
          }
        : { en: `Active: ${active.join(', ')}`, ko: `적용 중: ${active.join(', ')}` },
    ],
  });
}

/**
 * The last change made since of the same threads, to be undone first. Also where the threads have what this change
 * set: the later one may have set the same again, and remembers values of a change that would be gone.
 */
function laterChange(change: Change, all: readonly Change[]): Change | undefined {
  const keys = new Set(changedValues(change));
  return all
    .slice(all.indexOf(change) + 1)
    .filter(isActive)
    .findLast((later) => changedValues(later).some((key) => keys.has(key)));
}

/** A thread and a setting of it, or a setting of the machine, as one text. */
function changedValues(change: Change): readonly string[] {
  const threads = change.processes.flatMap(({ threads }) =>
    threads
      .filter(wasChanged)
      .flatMap((thread) => Object.keys(thread.set).map((setting) => `${threadKey(thread)} ${setting}`)),
  );
  return [...threads, ...change.steps.map(stepKey)];
}

/** A trial that goes on: its change is not finished, and whoever makes it is alive. */
export function isInTheMaking(workshop: Workshop, change: Change): boolean {
  return (
    change.state === 'planned' &&
    change.bootId === workshop.bootId &&
    change.by.tgid !== workshop.self.tgid &&
    workshop.controls.isAlive(change.by)
  );
}

function stillRuns(change: Change): KeelError {
  return new KeelError('E_CONFLICT', {
    what: {
      en: `${change.id} is a trial that keel (PID ${change.by.tgid}) is running; it puts everything back itself`,
      ko: `${change.id}은(는) keel(PID ${change.by.tgid})이 실행 중인 시험입니다. 끝나면 스스로 되돌립니다`,
    },
    next: [
      {
        en: `To end it now: kill -INT ${change.by.tgid}`,
        ko: `지금 끝내려면: kill -INT ${change.by.tgid}`,
      },
    ],
  });
}

function conflicting(
  change: Change,
  conflicts: readonly Conflict[],
  steps: readonly StepConflict[],
  later: Change | undefined,
): KeelError {
  return new KeelError('E_CONFLICT', {
    what: whatConflicts(change, conflicts, steps, later),
    next: [
      ...steps.slice(0, 5).map(stepLine),
      ...conflicts.slice(0, 5).map((one) => ({
        en: `   thread ${one.tid}: ${one.before} before, we set ${one.set}, now ${one.found}`,
        ko: `   스레드 ${one.tid}: 원래 ${one.before}, 설정 ${one.set}, 현재 ${one.found}`,
      })),
      ...(later === undefined
        ? []
        : [
            {
              en: `${later.id} is a later change of the same threads; undo it first: keel undo ${later.id}`,
              ko: `${later.id}은(는) 같은 스레드에 대한 나중 변경입니다. 먼저 되돌리세요: keel undo ${later.id}`,
            },
          ]),
      {
        en: `To go back anyway: keel undo ${change.id} --force     To look: keel undo --list`,
        ko: `그래도 되돌리기: keel undo ${change.id} --force     확인: keel undo --list`,
      },
    ],
  });
}

function whatConflicts(
  change: Change,
  conflicts: readonly Conflict[],
  steps: readonly StepConflict[],
  later: Change | undefined,
): Sentence {
  const [first] = conflicts;
  if (steps.length > 0) {
    return {
      en: `someone changed ${plural(steps.length, 'setting of the machine', 'settings of the machine')} after ${change.id}; nothing was undone`,
      ko: `${change.id} 뒤에 다른 누군가가 컴퓨터 설정 ${steps.length}개를 바꾸어 되돌리지 않았습니다`,
    };
  }
  if (first === undefined) {
    return {
      en: `${later?.id} changed the same threads after ${change.id}; nothing was undone`,
      ko: `${later?.id}이(가) ${change.id} 뒤에 같은 스레드를 바꾸어 되돌리지 않았습니다`,
    };
  }
  const more = conflicts.length - 1;
  return {
    en: `someone changed thread ${first.tid}${more > 0 ? ` and ${more} more` : ''} after ${change.id}; nothing was undone`,
    ko: `${change.id} 뒤에 다른 누군가가 스레드 ${first.tid}${more > 0 ? ` 외 ${more}개` : ''}을(를) 바꾸어 되돌리지 않았습니다`,
  };
}
