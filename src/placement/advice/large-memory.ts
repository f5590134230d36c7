/** "Over 1 GB, bind to node 0": what counts is on which nodes its pages are, not how many there are. */
import { isMissing } from '../../base/missing.ts';
import { GIB } from '../../base/units.ts';
import { type Advice, advised } from '../advice.ts';
import { memoryOf } from '../nodes.ts';
import { pct, size } from '../phrases.ts';

/** Shared libraries lie where their first user ran; a tenth elsewhere is what that explains. */
const APART_PCT = 10;

export const largeMemory: Advice = {
  id: 'large-memory',
  about: { en: 'memory over 1 GiB', ko: '1 GiB가 넘는 메모리' },
  consider(situation) {
    const { target, topology } = situation;
    if (isMissing(target.rssBytes) || target.rssBytes < GIB) return null;
    const nodes = topology.nodes.filter(({ node }) => memoryOf(node, situation) !== null);
    if (nodes.length < 2)
      return advised(
        false,
        `${size(target.rssBytes)}, all on the one NUMA node there is: nothing to bind`,
        `${size(target.rssBytes)}이(가) 하나뿐인 NUMA 노드에 있어 지정할 것이 없습니다`,
      );
    if (isMissing(target.byNode))
      return advised(
        false,
        `where its pages are is not known (${target.byNode.path})`,
        `페이지가 어느 노드에 있는지 알 수 없습니다 (${target.byNode.path})`,
      );
    const total = [...target.byNode.values()].reduce((sum, bytes) => sum + bytes, 0);
    const [home, bytes] = [...target.byNode].sort((a, b) => b[1] - a[1])[0] ?? [0, 0];
    const away = total === 0 ? 0 : ((total - bytes) / total) * 100;
    if (away < APART_PCT)
      return advised(
        false,
        `${pct(100 - away)} of its ${size(total)} are on node ${home} already`,
        `${size(total)} 중 ${pct(100 - away)}가 이미 노드 ${home}에 있습니다`,
      );
    return advised(
      true,
      `${pct(away)} of its ${size(total)} are away from node ${home}: prefer that node (binding may fail allocations), and bring them there`,
      `${size(total)} 중 ${pct(away)}가 노드 ${home} 밖에 있습니다. 그 노드를 우선하게 하고(bind는 할당이 실패할 수 있음) 페이지를 옮기세요`,
      `keel pin ${target.tgid} --mem preferred:${home} --migrate-memory`,
      'keel undo',
    );
  },
};
