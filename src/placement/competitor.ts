/** Who runs while threads of the target wait. */
import type { OtherProcess, Situation } from './situation.ts';

/** Below a fifth of a CPU, nobody keeps another task waiting for long. */
export const HOG_PCT = 20;

/** What runs the system itself must not be lowered: init, and the kernel's own threads. */
export function competitors({ others }: Situation): readonly OtherProcess[] {
  return others.filter(
    ({ runPct, isKernelThread, tgid }) => runPct >= HOG_PCT && !isKernelThread && tgid !== 1,
  );
}
