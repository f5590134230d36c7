/** To the node with most free memory, pages and threads, where the node of the pages is nearly full. */

import { CpuSet } from '../../base/cpu-set.ts';
import { isMissing } from '../../base/missing.ts';
import { usableNodes } from '../cpu-choice.ts';
import { hasRoom } from '../demand.ts';
import { moveTarget, noRoom } from '../moves.ts';
import { mayHaveMemoryOn, memoryOf } from '../nodes.ts';
import { doNotFit, pagesUnknown } from '../page-refusals.ts';
import { pct, size } from '../phrases.ts';
import type { Proposal } from '../proposal.ts';
import type { Situation } from '../situation.ts';
import { notHere, propose, type Strategy } from '../strategy.ts';

/** With less free than this share of a node, the kernel begins to look elsewhere for pages. A convention. */
const NEARLY_FULL_RATIO = 0.05;

export const mostFreeNode: Strategy = {
  id: 'most-free-node',
  does: {
    en: 'moves threads and pages to the NUMA node with most free memory',
    ko: '여유 메모리가 가장 많은 NUMA 노드로 스레드와 페이지를 옮깁니다',
  },
  goals: ['throughput', 'general'],
  splitsCores: false,
  propose(situation) {
    const { byNode } = situation.target;
    const places = freePlaces(situation);
    const [best] = places;
    if (best === undefined || places.length < 2)
      return notHere(
        `it may use the CPUs and memory of ${places.length} NUMA node`,
        `CPU와 메모리를 함께 쓸 수 있는 NUMA 노드가 ${places.length}개입니다`,
      );
    if (isMissing(byNode)) return pagesUnknown(byNode);
    const rss = [...byNode.values()].reduce((sum, bytes) => sum + bytes, 0);
    const [home, bytes] = [...byNode].sort((a, b) => b[1] - a[1])[0] ?? [best.node, 0];
    const memory = memoryOf(home, situation);
    const freeHome = memory?.freeBytes ?? null;
    if (home === best.node || memory === null || freeHome === null)
      return notHere(
        `most of its pages are on node ${home} already${home === best.node ? ', which has most free memory' : ''}`,
        `페이지 대부분이 이미 노드 ${home}에 있습니다${home === best.node ? '. 여유 메모리도 그곳이 가장 많습니다' : ''}`,
      );
    const total = memory.totalBytes ?? freeHome;
    if (freeHome > total * NEARLY_FULL_RATIO)
      return notHere(
        `node ${home}, where ${size(bytes)} of it are, has ${size(freeHome)} free`,
        `${size(bytes)}이(가) 있는 노드 ${home}의 여유 메모리가 ${size(freeHome)}입니다`,
      );
    const tooMuch = doNotFit(rss, best);
    if (tooMuch !== null) return tooMuch;
    if (!hasRoom(best.cpus, situation)) return { because: noRoom(best.cpus, `node:${best.node}`, situation) };
    return propose(
      proposal(situation, { rss, home, freeHome, shareFree: pct((freeHome / total) * 100), best }),
    );
  },
};

/** Nodes with usable CPUs and memory that it may have, the one with most free first. */
function freePlaces(situation: Situation) {
  return usableNodes(situation)
    .filter(({ node }) => mayHaveMemoryOn(node, situation))
    .flatMap((place) => {
      const freeBytes = memoryOf(place.node, situation)?.freeBytes ?? null;
      return freeBytes === null ? [] : [{ ...place, freeBytes }];
    })
    .sort((a, b) => b.freeBytes - a.freeBytes || a.node - b.node);
}

interface Crowded {
  readonly rss: number;
  readonly home: number;
  readonly freeHome: number;
  /** As people read it. */
  readonly shareFree: string;
  readonly best: ReturnType<typeof freePlaces>[number];
}

function proposal(situation: Situation, { rss, home, freeHome, shareFree, best }: Crowded): Proposal {
  return {
    strategy: mostFreeNode.id,
    name: `to node:${best.node}`,
    summary: {
      en: `move every thread and its ${size(rss)} to node:${best.node} (${best.cpus})`,
      ko: `모든 스레드와 메모리 ${size(rss)}을(를) node:${best.node} (${best.cpus})로 옮깁니다`,
    },
    moves: [
      moveTarget(situation, 'all', {
        cpus: best.cpus,
        memory: { mode: 'preferred', nodes: CpuSet.of(best.node), migrate: true },
      }),
    ],
    groups: [],
    why: {
      en: `node ${home} has ${size(freeHome)} free (${shareFree}), so new pages go elsewhere; node ${best.node} has ${size(best.freeBytes)}`,
      ko: `노드 ${home}의 여유가 ${size(freeHome)} (${shareFree})이라 새 페이지는 다른 노드에 놓입니다. 노드 ${best.node}의 여유는 ${size(best.freeBytes)}입니다`,
    },
    expectedGain: {
      en: 'new pages are near again; how much that is worth shows only when tried',
      ko: '새 페이지가 다시 가까워집니다. 얼마나 나은지는 시험해 보아야 압니다',
    },
    upToPct: null,
    risk: {
      en: `moving ${size(rss)} stalls the process and takes that much of node ${best.node} from others`,
      ko: `${size(rss)}을(를) 옮기는 동안 프로세스가 멈추고, 노드 ${best.node}의 메모리를 그만큼 차지합니다`,
    },
    isSlow: true,
  };
}
