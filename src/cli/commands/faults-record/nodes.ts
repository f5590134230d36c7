/** On which memory nodes the pages of faults lie, and how many were asked for from another one. */
import type { FaultSummary } from '../../../model/faults/summary.ts';
import { formatCount, formatPct } from '../../output/format.ts';
import type { Look } from '../../output/look.ts';
import { tableLines } from '../../output/table.ts';
import { wrap } from '../../output/wrap.ts';
import { columnsFor, shareCells } from './shares.ts';

/** Nothing where no page's node is known, as on a machine of one node. */
export function nodeTable({ byNode, total }: FaultSummary, look: Look): string[] {
  if (byNode.length === 0) return [];
  const rows = byNode.map((share) => [`  node ${share.node}`, ...shareCells(share, total.stallNs, look)]);
  const columns = columnsFor({ en: 'memory of', ko: '메모리 위치' }, look);
  return [...tableLines(columns, rows), ...wrap(look.say(remoteText(byNode)), look.width), ''];
}

function remoteText(byNode: FaultSummary['byNode']) {
  const sum = (of: (share: FaultSummary['byNode'][number]) => number) =>
    byNode.reduce((all, share) => all + of(share), 0);
  const [known, remote] = [sum((share) => share.faults), sum((share) => share.remoteFaults)];
  const stall = formatPct(
    (100 * sum((share) => share.remoteStallNs)) /
      Math.max(
        1,
        sum((share) => share.stallNs),
      ),
  );
  const [pages, all, part] = [formatCount(remote), formatCount(known), formatPct((100 * remote) / known)];
  return {
    en: `${pages} of ${all} pages (${part}, ${stall} of their stall) lie on another node than the CPU that asked for them.`,
    ko: `페이지 ${all}개 중 ${pages}개(${part}, 그 멈춤의 ${stall})가 요청한 CPU와 다른 노드에 있습니다.`,
  };
}
