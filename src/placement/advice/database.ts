/** "Bind a database to a node": right while it fits into one, harmful when it does not. */
import { isMissing } from '../../base/missing.ts';
import { type Advice, advised } from '../advice.ts';
import { memoryOf } from '../nodes.ts';
import { size } from '../phrases.ts';
import { runs } from '../program.ts';

const PROGRAMS = [
  'mysqld',
  'mariadbd',
  'postgres',
  'mongod',
  'redis-server',
  'valkey-server',
  'clickhouse-server',
];

export const database: Advice = {
  id: 'database',
  about: { en: 'database', ko: '데이터베이스' },
  consider(situation) {
    const { target, topology } = situation;
    if (!runs(target, PROGRAMS)) return null;
    const nodes = topology.nodes.filter(({ node }) => memoryOf(node, situation) !== null);
    if (nodes.length < 2)
      return advised(
        false,
        'all memory is on one NUMA node: no binding changes where its pages are',
        '메모리가 모두 한 NUMA 노드에 있어, 노드 지정으로 달라질 것이 없습니다',
      );
    if (isMissing(target.rssBytes))
      return advised(false, 'its size is not known', '메모리 크기를 알 수 없습니다');
    const largest = Math.max(...nodes.map(({ node }) => memoryOf(node, situation)?.totalBytes ?? 0));
    const fits = target.rssBytes <= largest / 2;
    return fits
      ? advised(
          false,
          `its ${size(target.rssBytes)} fit into one node of ${size(largest)}: the node of its pages is proposed above, if at all`,
          `메모리 ${size(target.rssBytes)}이(가) ${size(largest)}인 노드 하나에 들어갑니다. 필요하면 위에서 그 노드를 제안합니다`,
        )
      : advised(
          true,
          `its ${size(target.rssBytes)} are more than half a node (${size(largest)}): interleave them (MySQL: innodb_numa_interleave), do not bind`,
          `메모리 ${size(target.rssBytes)}이(가) 노드(${size(largest)})의 절반을 넘습니다. 한 노드에 묶지 말고 분산하세요 (MySQL: innodb_numa_interleave)`,
          `keel pin ${target.tgid} --mem interleave:${nodes.map(({ node }) => node).join(',')}`,
          'keel undo',
        );
  },
};
