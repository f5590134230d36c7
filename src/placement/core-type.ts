/** CPUs by the type of their core; none where all cores are alike. */
import { CpuSet } from '../base/cpu-set.ts';
import type { CoreType } from '../model/core-types.ts';
import type { Situation } from './situation.ts';

export function coresOfType({ topology, usable }: Situation, types: readonly CoreType[]): CpuSet {
  return CpuSet.from(
    topology.cpus
      .filter(({ cpu, coreType }) => coreType !== null && types.includes(coreType) && usable.has(cpu))
      .map(({ cpu }) => cpu),
  );
}
