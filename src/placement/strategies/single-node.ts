/** The whole process on the node where its pages are: the threads go to the memory, which is cheaper than the reverse. */

import { CpuSet } from '../../base/cpu-set.ts';
import { isMissing } from '../../base/missing.ts';
import { usableNodes } from '../cpu-choice.ts';
import { hasRoom } from '../demand.ts';
import { moveTarget, noRoom, openToOthers } from '../moves.ts';
import { distanceBetween, nearestUsableNode } from '../nodes.ts';
import { pagesUnknown } from '../page-refusals.ts';
import { pct, size } from '../phrases.ts';
import { notHere, propose, type Strategy } from '../strategy.ts';

/** Below half, the threads would be far from most of the memory wherever they are put. */
const MOST_PCT = 50;

export const singleNode: Strategy = {
  id: 'single-node',
  does: {
    en: 'puts all threads on the NUMA node that holds most of the memory',
    ko: '메모리가 가장 많이 있는 NUMA 노드에 모든 스레드를 둡니다',
  },
  goals: ['latency', 'throughput', 'cache', 'general'],
  splitsCores: false,
  propose(situation) {
    const nodes = usableNodes(situation);
    const { byNode } = situation.target;
    if (nodes.length < 2)
      return notHere(
        `the CPUs it may use (${situation.usable}) are on ${nodes.length === 1 ? `one NUMA node, ${nodes[0]?.node}` : 'no known NUMA node'}`,
        `쓸 수 있는 CPU(${situation.usable})가 ${nodes.length === 1 ? `NUMA 노드 ${nodes[0]?.node} 하나에 있습니다` : '속한 NUMA 노드를 알 수 없습니다'}`,
      );
    if (isMissing(byNode)) return pagesUnknown(byNode);
    const total = [...byNode.values()].reduce((sum, bytes) => sum + bytes, 0);
    const [home, bytes] = [...byNode].sort((a, b) => b[1] - a[1])[0] ?? [0, 0];
    const share = total === 0 ? 0 : (bytes / total) * 100;
    if (share < MOST_PCT)
      return notHere(
        `its ${size(total)} are spread: node ${home} holds most of them, ${pct(share)}`,
        `메모리 ${size(total)}이(가) 흩어져 있습니다. 가장 많은 노드 ${home}에도 ${pct(share)}뿐입니다`,
      );
    const place = nearestUsableNode(home, situation);
    if (place === null)
      return notHere(
        `node ${home} holds ${pct(share)} of its memory, and no distance says which CPUs are near to it`,
        `메모리의 ${pct(share)}가 노드 ${home}에 있는데, 가까운 CPU를 알려 주는 거리 정보가 없습니다`,
      );
    if (!hasRoom(place.cpus, situation))
      return { because: noRoom(place.cpus, `node:${place.node}`, situation) };
    const away = CpuSet.from(nodes.flatMap(({ cpus }) => cpus.ids())).minus(place.cpus);
    const far = distanceBetween(nodes.find(({ node }) => node !== place.node)?.node ?? home, home, situation);
    return propose({
      strategy: singleNode.id,
      name: `node:${place.node}`,
      summary: {
        en: `pin every thread to node:${place.node} (${place.cpus}), where its memory is${place.node === home ? '' : ` nearest (node ${home} has no CPUs it may use)`}`,
        ko: `메모리가 있는 곳${place.node === home ? '' : `(노드 ${home}, 쓸 수 있는 CPU 없음)에 가장 가까운 곳`}인 node:${place.node} (${place.cpus})에 모든 스레드를 고정합니다`,
      },
      moves: [moveTarget(situation, 'all', { cpus: place.cpus })],
      groups: [],
      why: {
        en: `${pct(share)} of its ${size(total)} are on node ${home}; on ${away} each miss of the caches goes to another node${far === null ? '' : `, distance ${far}`}`,
        ko: `메모리 ${size(total)} 중 ${pct(share)}가 노드 ${home}에 있습니다. ${away}에서는 캐시 미스마다 다른 노드를 거칩니다${far === null ? '' : ` (거리 ${far})`}`,
      },
      expectedGain: {
        en: 'not known before it is tried: memory accesses are not counted here',
        ko: '시험하기 전에는 알 수 없음: 메모리 접근은 세지 않습니다',
      },
      upToPct: null,
      risk: openToOthers(place.cpus),
      isSlow: true,
    });
  },
};
