/** Memory by node: where pages are, and binding them. */
import { isMissing } from '../../base/missing.ts';
import { type Ability, NOT_TRIED, ready, untried } from '../ability.ts';

export const numa: Ability = {
  id: 'numa',
  name: { en: 'memory by node', ko: '노드별 메모리' },
  judge({ nodes, numaBalancing }) {
    if (untried(nodes)) return NOT_TRIED;
    if (isMissing(nodes)) {
      return {
        state: 'no',
        detail: { en: 'a kernel without NUMA', ko: 'NUMA가 없는 커널' },
        because: null,
        costs: { en: 'nothing on a machine with one node', ko: '노드가 하나면 잃는 것이 없습니다' },
        grant: null,
      };
    }
    const balancing = !isMissing(numaBalancing) && numaBalancing !== 0;
    if (nodes === 1) return ready({ en: 'one node: nothing to choose', ko: '노드가 하나라 고를 것이 없음' });
    return ready({
      en: `${nodes} nodes; balancing by the kernel is ${balancing ? 'on' : 'off'}`,
      ko: `노드 ${nodes}개. 커널의 자동 균형은 ${balancing ? '켜짐' : '꺼짐'}`,
    });
  },
};
