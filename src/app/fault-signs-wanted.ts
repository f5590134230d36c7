/** What can happen inside page faults of this machine, and is worth a look (bpf/fault-signs.ts). */
import { isMissing } from '../base/missing.ts';
import type { SignsWanted } from '../bpf/fault-signs.ts';
import type { Host } from '../host/host.ts';
import { swapAreas } from '../kernel/proc/swaps.ts';
import { numaBalancing } from '../kernel/proc/sysctl.ts';

/** As it is now: swap that is added later is not seen. */
export function signsWanted(host: Host): SignsWanted {
  const areas = host.read(swapAreas);
  const balancing = host.read(numaBalancing);
  return {
    swap: !isMissing(areas) && areas.length > 0,
    hints: !isMissing(balancing) && balancing > 0,
  };
}
