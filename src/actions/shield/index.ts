/** The registry of ways, best first. `index.test.ts` compares it with the folder. */
import type { Sentence } from '../../base/sentence.ts';
import { affinityWay } from './affinity.ts';
import { cpusetV1 } from './cpuset-v1.ts';
import { cpusetV2 } from './cpuset-v2.ts';
import { partition } from './partition.ts';
import type { ShieldSituation } from './situation.ts';
import { systemdWay } from './systemd.ts';
import type { Way, WayName } from './way.ts';

export const WAYS: readonly Way[] = [partition, systemdWay, cpusetV2, cpusetV1, affinityWay];

export interface ChosenWay {
  readonly way: Way | null;
  /** Why the better ones are not possible here, in the order of the registry. */
  readonly obstacles: readonly { readonly way: Way; readonly because: Sentence }[];
}

/** The best that is possible, or the one that is asked for. */
export function chooseWay(situation: ShieldSituation, asked: WayName | undefined): ChosenWay {
  const obstacles: { way: Way; because: Sentence }[] = [];
  for (const way of WAYS.filter((one) => asked === undefined || one.name === asked)) {
    const because = way.obstacle(situation);
    if (because === null) return { way, obstacles };
    obstacles.push({ way, because });
  }
  return { way: null, obstacles };
}
