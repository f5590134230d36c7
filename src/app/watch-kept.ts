/** Watches a change that was just kept, and undoes it where it goes wrong: what a trial of minutes cannot see. */
import { KeelError } from '../base/errors.ts';
import { KeptWatch } from '../trial/afterwards.ts';
import type { Afterwards, TrialReport } from '../trial/report.ts';
import { measureBlock, type TrialRun } from './run-trial.ts';
import { undoOne } from './undo-changes.ts';

/** Ctrl-C ends the watch and not the change. @throws KeelError where it must be undone and cannot */
export async function watchKept(
  run: Omit<TrialRun, 'session' | 'onBlock' | 'arms'>,
  change: string,
  { objective, baseline }: Pick<TrialReport, 'objective' | 'baseline'>,
  durationNs: number,
): Promise<Afterwards> {
  const { clock } = run.workshop;
  const beganNs = clock.monotonicNs();
  const watch = new KeptWatch(objective, baseline);
  const watchedNs = () => Number(clock.monotonicNs() - beganNs);
  let blocks = 0;
  const so = (parts: Partial<Afterwards>): Afterwards => ({
    watchedNs: watchedNs(),
    blocks,
    wasUndone: false,
    wasCutShort: false,
    ...parts,
  });
  while (watchedNs() < durationNs && run.workshop.controls.isAlive(run.target)) {
    const value = await valueOfBlock(run);
    if (run.workshop.signal.aborted) return so({ wasCutShort: true });
    blocks += 1;
    if (value === null || !watch.add(value)) continue;
    await undoOne(run.workshop, change, 'leave');
    return so({ wasUndone: true });
  }
  return so({});
}

async function valueOfBlock(run: Parameters<typeof measureBlock>[0]): Promise<number | null> {
  try {
    return (await measureBlock(run)).value;
  } catch (error) {
    if (error instanceof KeelError && error.code === 'E_INTERRUPTED') return null;
    throw error;
  }
}
