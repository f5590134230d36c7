/** How long ago tasks were started. */
import { isMissing } from '../base/missing.ts';
import type { Host } from '../host/host.ts';
import { uptime } from '../kernel/proc/uptime.ts';
import { processStat } from '../kernel/task/stat.ts';

/**
 * How old each process was so long ago; those are left out of which it is not known.
 * @param agoNs 0 for now
 */
export function agesOf(host: Host, tgids: readonly number[], agoNs: number): ReadonlyMap<number, number> {
  const now = host.read(uptime);
  if (isMissing(now)) return new Map();
  return new Map(
    tgids.flatMap((pid) => {
      const stat = host.read(processStat, { pid });
      return isMissing(stat) ? [] : [[pid, Math.max(0, Number(now - stat.startNs) - agoNs)] as const];
    }),
  );
}
