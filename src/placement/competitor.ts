/** Who runs while threads of the target wait. */
import type { CpuSet } from '../base/cpu-set.ts';
import { isMissing } from '../base/missing.ts';
import { known } from './demand.ts';
import type { OtherProcess, Situation } from './situation.ts';

/** Below a fifth of a CPU, nobody keeps another task waiting for long. */
export const HOG_PCT = 20;

/**
 * Those that ran most where the thread that waits longest may run come first. What runs the system itself must not be
 * lowered: init, and the kernel's own threads.
 */
export function competitors(situation: Situation): readonly OtherProcess[] {
  const cpus = waitingOn(situation);
  const inItsWay = ({ byCpuPct, runPct }: OtherProcess) =>
    byCpuPct.size === 0
      ? runPct
      : [...byCpuPct].reduce((sum, [cpu, pct]) => sum + (cpus.has(cpu) ? pct : 0), 0);
  return situation.others
    .filter(({ isKernelThread, tgid }) => !isKernelThread && tgid !== 1)
    .filter((one) => inItsWay(one) >= HOG_PCT)
    .sort((a, b) => inItsWay(b) - inItsWay(a));
}

/** Where the thread that waits longest may run. */
function waitingOn({ target, usable }: Situation): CpuSet {
  const [longest] = [...target.threads].sort((a, b) => known(b.runDelayPct) - known(a.runDelayPct));
  if (longest === undefined || isMissing(longest.affinity)) return usable;
  return longest.affinity;
}
