/** `keel topo --cpus SET`: what the set is on this machine. */
import type { CpuSet } from '../../../base/cpu-set.ts';
import { plural } from '../../../base/sentence.ts';
import type { DocumentOutput } from '../../command.ts';

export function cpusOutput(expression: string, cpus: CpuSet): DocumentOutput {
  return {
    kind: 'document',
    json: {
      schema: 'keel.topo.cpus/1',
      expression,
      cpus: cpus.toString(),
      mask: cpus.toMask(),
      count: cpus.size,
    },
    // The list stands alone on its line for `$(keel topo --cpus ... | head -1)`.
    lines: (look) => [
      cpus.toKernelList(),
      look.say({
        en: `${plural(cpus.size, 'CPU')}, mask ${cpus.toMask()}`,
        ko: `CPU ${cpus.size}개, 마스크 ${cpus.toMask()}`,
      }),
    ],
  };
}
