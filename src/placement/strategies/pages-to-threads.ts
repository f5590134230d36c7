/** The pages to the node of the threads, where the threads cannot or should not go to them. */

import { CpuSet } from '../../base/cpu-set.ts';
import { isMissing } from '../../base/missing.ts';
import { usableNodes } from '../cpu-choice.ts';
import { moveTarget } from '../moves.ts';
import { distanceBetween, mayHaveMemoryOn, memoryOf } from '../nodes.ts';
import { doNotFit, pagesUnknown } from '../page-refusals.ts';
import { pct, size } from '../phrases.ts';
import type { Situation } from '../situation.ts';
import { notHere, propose, type Strategy } from '../strategy.ts';

/** With less of its memory elsewhere, moving costs more than it brings. A convention. */
const LEAST_AWAY_PCT = 50;

export const pagesToThreads: Strategy = {
  id: 'pages-to-threads',
  does: {
    en: 'moves the pages to the NUMA node on which all threads run',
    ko: '모든 스레드가 실행되는 NUMA 노드로 페이지를 옮깁니다',
  },
  goals: ['latency', 'throughput', 'cache', 'general'],
  splitsCores: false,
  propose(situation) {
    const { byNode } = situation.target;
    if (situation.topology.nodes.filter(({ node }) => memoryOf(node, situation) !== null).length < 2)
      return notHere('all memory is on one NUMA node', '메모리가 모두 한 NUMA 노드에 있습니다');
    if (isMissing(byNode)) return pagesUnknown(byNode);
    const places = placesOfThreads(situation);
    const [home] = places;
    if (home === undefined || places.length > 1)
      return notHere(
        `its threads may run on ${places.length} NUMA nodes`,
        `스레드가 NUMA 노드 ${places.length}개에서 실행될 수 있습니다`,
      );
    const { node, cpus } = home;
    const total = [...byNode.values()].reduce((sum, bytes) => sum + bytes, 0);
    const awayBytes = total - (byNode.get(node) ?? 0);
    const share = total === 0 ? 0 : (awayBytes / total) * 100;
    if (share < LEAST_AWAY_PCT)
      return notHere(
        `its threads run on node ${node}, and ${pct(100 - share)} of its pages are there`,
        `스레드가 노드 ${node}에서 실행되고 페이지의 ${pct(100 - share)}도 그곳에 있습니다`,
      );
    const because = whyNotTo(node, awayBytes, situation);
    if (because !== null) return because;
    const [most] = [...byNode].filter(([one]) => one !== node).sort((a, b) => b[1] - a[1]);
    const far = most === undefined ? null : distanceBetween(node, most[0], situation);
    return propose({
      strategy: pagesToThreads.id,
      name: `pages to node:${node}`,
      summary: {
        en: `move its ${size(awayBytes)} from other nodes to node:${node}, where its threads run`,
        ko: `다른 노드에 있는 메모리 ${size(awayBytes)}을(를) 스레드가 실행되는 node:${node}(으)로 옮깁니다`,
      },
      moves: [
        moveTarget(situation, 'all', {
          memory: { mode: 'preferred', nodes: CpuSet.of(node), migrate: true },
        }),
      ],
      groups: [],
      why: {
        en: `its threads may run on ${cpus} only, and ${pct(share)} of its ${size(total)} are on other nodes${far === null ? '' : `, distance ${far}`}`,
        ko: `스레드는 ${cpus}에서만 실행될 수 있는데 메모리 ${size(total)} 중 ${pct(share)}가 다른 노드에 있습니다${far === null ? '' : ` (거리 ${far})`}`,
      },
      expectedGain: {
        en: 'not known before it is tried: memory accesses are not counted here',
        ko: '시험하기 전에는 알 수 없음: 메모리 접근은 세지 않습니다',
      },
      upToPct: null,
      risk: {
        en: `moving ${size(awayBytes)} stalls the process and takes that much of node ${node} from others`,
        ko: `${size(awayBytes)}을(를) 옮기는 동안 프로세스가 멈추고, 노드 ${node}의 메모리를 그만큼 차지합니다`,
      },
      isSlow: true,
    });
  },
};

/** The nodes of the CPUs that its threads may run on; of threads whose mask is not known, of all that it may use. */
function placesOfThreads(situation: Situation) {
  const { target, usable } = situation;
  const cpus = target.threads.reduce(
    (sum, { affinity }) => sum.union(isMissing(affinity) ? usable : affinity.intersect(usable)),
    CpuSet.EMPTY,
  );
  return usableNodes({ ...situation, usable: cpus });
}

function whyNotTo(node: number, bytes: number, situation: Situation) {
  if (!mayHaveMemoryOn(node, situation))
    return notHere(
      `its cgroup lets it have no memory on node ${node}, where its threads run`,
      `cgroup이 스레드가 실행되는 노드 ${node}의 메모리를 허용하지 않습니다`,
    );
  const freeBytes = memoryOf(node, situation)?.freeBytes ?? null;
  if (freeBytes === null)
    return notHere(
      `node ${node}, where its threads run, has no memory of its own`,
      `스레드가 실행되는 노드 ${node}에는 메모리가 없습니다`,
    );
  return doNotFit(bytes, { node, freeBytes });
}
