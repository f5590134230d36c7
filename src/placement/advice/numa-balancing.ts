/** numa_balancing: moves pages to the threads by making them fault. It has nothing to do with interrupts. */
import { isMissing } from '../../base/missing.ts';
import { type Advice, advised } from '../advice.ts';
import { usableNodes } from '../cpu-choice.ts';

/** Bit 0 of the setting; bit 1 is memory tiering. */
const BALANCES = 1;

export const numaBalancingAdvice: Advice = {
  id: 'numa-balancing',
  about: { en: 'NUMA balancing', ko: 'NUMA 밸런싱' },
  consider(situation) {
    const { settings, topology, target } = situation;
    const setting = settings.numaBalancing;
    if (isMissing(setting)) return null;
    if ((setting & BALANCES) === 0 || topology.nodes.length < 2)
      return advised(
        false,
        (setting & BALANCES) === 0 ? 'it is off' : 'it is on, but there is one NUMA node only',
        (setting & BALANCES) === 0 ? '꺼져 있습니다' : '켜져 있지만 NUMA 노드가 하나뿐입니다',
      );
    const inside = usableNodes(situation).find(({ cpus }) =>
      target.threads.every(
        ({ affinity }) => !isMissing(affinity) && affinity.intersect(topology.online).isSubsetOf(cpus),
      ),
    );
    if (inside === undefined)
      return advised(
        false,
        'its threads may use several nodes: there it brings pages to them, which is what it is for',
        '스레드가 여러 노드를 쓸 수 있어, 페이지를 스레드 쪽으로 옮기는 기능이 제 역할을 합니다',
      );
    return advised(
      true,
      `every thread is pinned inside node ${inside.node}, so its hinting faults stall them for nothing; this is for the whole machine`,
      `모든 스레드가 노드 ${inside.node} 안에 고정되어 있어 힌트 폴트로 불필요하게 멈춥니다. 컴퓨터 전체에 적용됩니다`,
      'sysctl -w kernel.numa_balancing=0',
      `sysctl -w kernel.numa_balancing=${setting}`,
    );
  },
};
