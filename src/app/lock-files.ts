/** Keeps the files of a process in memory as planned, by a process of ours that locks them, and looks at what came of it. */
import type { ProcessId } from '../actions/controls.ts';
import { placeOf } from '../actions/machine/membership.ts';
import type { MachineStep } from '../actions/machine/setting.ts';
import { isGone, Refused } from '../actions/refused.ts';
import { isMissing } from '../base/missing.ts';
import { type AppliedChange, applyChange } from './apply-change.ts';
import { refusalError } from './change-errors.ts';
import type { OpenFile } from './code-files.ts';
import { replacedMeanwhile } from './lock-errors.ts';
import { type FileLockPlan, openMapped } from './plan-file-lock.ts';
import { warmIfAllowed } from './warm-first.ts';
import { planWarming, stateNow } from './warm-memory.ts';
import type { Workshop } from './workshop.ts';

export interface FilesLocked {
  readonly applied: AppliedChange;
  readonly keeper: ProcessId;
  /** VmLck of the keeper, read back. */
  readonly keptBytes: number;
  /** What was read beforehand; null where nothing had to be. */
  readonly warmedNs: number | null;
}

/** @throws KeelError as `applyChange`; E_CONFLICT where a file was replaced meanwhile */
export async function lockFiles(
  workshop: Workshop,
  plan: FileLockPlan,
  command: string,
  endsAfterNs: number | null,
): Promise<FilesLocked> {
  const { memory } = workshop.controls.machine;
  const warmedNs = await warmFiles(workshop, plan);
  const keeper = startKeeper(workshop, plan);
  try {
    const step = keeperStep(keeper, plan);
    const applied = await applyChange(workshop, {
      targets: [],
      wishes: [],
      steps: [step],
      migrations: [],
      command,
      endsAfterNs,
    });
    return { applied, keeper, keptBytes: memory.keptBytes(keeper), warmedNs };
  } catch (error) {
    endIfThere(workshop, keeper);
    throw error instanceof Refused ? refusalError(error) : error;
  }
}

/** What the change is made of. */
export function keeperStep(keeper: ProcessId, { bytes }: FileLockPlan): MachineStep {
  return { setting: 'keptFiles', at: placeOf(keeper), before: '', set: String(bytes), mayStay: false };
}

/** Only what is not there yet, and only of these files. */
export async function warmFiles(workshop: Workshop, { target, files, bytes, cachedBytes }: FileLockPlan) {
  if (cachedBytes === bytes) return null;
  const all = planWarming(workshop.host, { target, wish: 'warm', only: null });
  if (isMissing(all)) return null;
  const paths = new Set(files.map(({ mapping }) => mapping.path));
  const meant = {
    ...all,
    mappings: all.mappings.filter(({ mapping, isFile }) => isFile && paths.has(mapping.path)),
  };
  const before = stateNow(workshop.host, meant);
  return before === null ? null : warmIfAllowed(workshop, { ...meant, before });
}

/** It gets the files as they are open here: no name is looked up twice. @throws KeelError */
export function startKeeper({ controls }: Workshop, { target, files }: FileLockPlan): ProcessId {
  const opened: OpenFile[] = [];
  try {
    const toKeep = files.map((file) => {
      const one = openMapped(target, file);
      if (isMissing(one)) throw replacedMeanwhile(target, file.mapping.path);
      opened.push(one);
      return { fd: one.fd, ranges: file.ranges };
    });
    return controls.machine.memory.startKeeper(target, toKeep);
  } catch (error) {
    throw error instanceof Refused ? refusalError(error) : error;
  } finally {
    for (const file of opened) file.close();
  }
}

export function endIfThere({ controls }: Workshop, keeper: ProcessId): void {
  try {
    controls.machine.memory.endKeeper(keeper);
  } catch (error) {
    if (!isGone(error)) throw error;
  }
}
