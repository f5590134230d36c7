/** Where the pages of the processes of a proposal go, and whether they could be brought back as they were. */
import type { PlacedProcess } from '../actions/arms.ts';
import type { MigrationRecord } from '../actions/change.ts';
import { CpuSet } from '../base/cpu-set.ts';
import { formatBytes, formatPct } from '../base/format.ts';
import { isMissing, type Maybe, mapMaybe } from '../base/missing.ts';
import type { Sentence } from '../base/sentence.ts';
import { GIB } from '../base/units.ts';
import type { Host } from '../host/host.ts';
import { numaMaps, residentByNode } from '../kernel/task/numa-maps.ts';
import type { Move } from '../placement/proposal.ts';

/** More takes longer to move there and back than a block of a trial lasts: some 1 s for each GiB. */
const MOST_BYTES = GIB;
/** The kernel moves pages by node: those that were there before come along on the way back. */
const MOST_THERE_PCT = 10;

interface PageMove {
  readonly migration: MigrationRecord;
  readonly awayBytes: number;
  readonly thereBytes: number;
}

/** For the journal; of processes whose memory cannot be looked at, or that have no pages elsewhere, nothing. */
export function pageMoves(
  host: Host,
  processes: readonly PlacedProcess[],
  moves: readonly Move[],
): readonly MigrationRecord[] {
  return lookAtAll(host, processes, moves).flatMap((one) => (isMissing(one) ? [] : [one.migration]));
}

/** Why a trial cannot move them there and back, again and again; null where it can, or nothing is to be moved. */
export function whyPagesStay(
  host: Host,
  processes: readonly PlacedProcess[],
  moves: readonly Move[],
): Sentence | null {
  for (const one of lookAtAll(host, processes, moves)) {
    const because = isMissing(one) ? notKnown(one.path) : whyOneStays(one);
    if (because !== null) return because;
  }
  return null;
}

function whyOneStays({ migration: { from }, awayBytes, thereBytes }: PageMove): Sentence | null {
  if (awayBytes > MOST_BYTES) {
    const size = formatBytes(awayBytes);
    return {
      en: `it moves ${size}, which costs more than a block can show; keel pin does it`,
      ko: `${size}을(를) 옮기는 비용이 커서 시험할 수 없습니다. keel pin으로 하세요`,
    };
  }
  if (CpuSet.parseList(from).size > 1) {
    return {
      en: `its pages are on several nodes (${from}) and could not be put back as they were; keel pin does it`,
      ko: `페이지가 여러 노드(${from})에 있어 원래대로 되돌릴 수 없습니다. keel pin으로 하세요`,
    };
  }
  const therePct = (100 * thereBytes) / (awayBytes + thereBytes);
  if (therePct <= MOST_THERE_PCT) return null;
  return {
    en: `${formatPct(therePct)} of its pages are there already and would come along on the way back; keel pin does it`,
    ko: `페이지의 ${formatPct(therePct)}가 이미 그곳에 있어 되돌릴 때 함께 옮겨집니다. keel pin으로 하세요`,
  };
}

function notKnown(path: string): Sentence {
  return {
    en: `where its pages are is not known (${path})`,
    ko: `페이지가 어느 노드에 있는지 알 수 없습니다 (${path})`,
  };
}

function lookAtAll(
  host: Host,
  processes: readonly PlacedProcess[],
  moves: readonly Move[],
): readonly Maybe<PageMove>[] {
  return moves.flatMap(({ tgid, memory }) => {
    const process = processes.find((one) => one.tgid === tgid);
    if (memory?.migrate !== true || process === undefined) return [];
    const found = mapMaybe(host.read(numaMaps, { pid: tgid }), (mappings) =>
      pageMove(process, residentByNode(mappings), memory.nodes),
    );
    return isMissing(found) || found.awayBytes > 0 ? [found] : [];
  });
}

function pageMove(
  { tgid, startTicks }: PlacedProcess,
  byNode: ReadonlyMap<number, number>,
  to: CpuSet,
): PageMove {
  const away = [...byNode].filter(([node, bytes]) => !to.has(node) && bytes > 0);
  const sum = (list: readonly (readonly [number, number])[]) =>
    list.reduce((total, [, bytes]) => total + bytes, 0);
  const awayBytes = sum(away);
  const from = CpuSet.from(away.map(([node]) => node)).toKernelList();
  return {
    migration: { tgid, startTicks, from, to: to.toKernelList() },
    awayBytes,
    thereBytes: sum([...byNode]) - awayBytes,
  };
}
