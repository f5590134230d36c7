/** Processes that wait for pages of their own that were swapped out. */

import { isMissing } from '../../base/missing.ts';
import { perSec } from '../../model/difference.ts';
import { SWAP_CAUSES } from '../../model/faults/cause.ts';
import { faultsOf, stallNsOf } from '../../model/faults/stalls.ts';
import type { SwapUse } from '../../model/swap-use.ts';
import type { ProcessInterval } from '../../model/task-interval.ts';
import { STALL_SOURCE } from '../fault-stalls.ts';
import {
  type Evidence,
  evidence,
  type Finding,
  NOTABLE_RATIO,
  type Remedy,
  type Rule,
  severityOf,
  type Window,
} from '../finding.ts';
import { gapOf, known, nameOf, noSubjects, subjectsOf } from '../look.ts';
import { FAULT_LIMITS } from '../page-faults.ts';
import { swapAreaName, swapKindOf } from '../swap-areas.ts';

const STAT_SOURCE = '/proc/PID/stat';
const STATUS_SOURCE = '/proc/PID/status';
const SWAPS_SOURCE = '/proc/swaps';
/** Between zram (1 us) and a disk (several ms). */
const PAGE_COST_NS = 100_000;

/** What a process waited for its swapped pages: measured of a target, else made of its major faults. */
interface Waiting {
  readonly process: ProcessInterval;
  readonly swapBytes: number;
  readonly ratio: number;
  readonly faults: number;
  readonly isEstimate: boolean;
}

export const swappedOut: Rule = {
  id: 'swapped-out',
  looksFor: { en: 'processes that wait for their swapped memory', ko: '스왑된 메모리를 기다리는 프로세스' },
  check(window) {
    const none = noSubjects(window);
    if (none !== null) return none;
    const waiting = subjectsOf(window).flatMap((process) => waitingOf(process, window));
    const unread = [...window.memory.values()].map((memory) => memory.swapBytes).find(isMissing);
    return {
      findings: waiting.filter((one) => one.ratio >= NOTABLE_RATIO).map((one) => findingFor(one, window)),
      closest: {
        text: { en: 'waiting for swapped memory', ko: '스왑된 메모리 대기' },
        value: 100 * Math.max(0, ...waiting.map((one) => one.ratio)),
        unit: 'Pct',
        source: STATUS_SOURCE,
        limit: 100 * NOTABLE_RATIO,
      },
      gaps: unread === undefined ? [] : [gapOf('swapBytes', unread)],
    };
  },
};

/** Nobody, where nothing of the process is in swap: its major faults are of files then. */
function waitingOf(process: ProcessInterval, window: Window): Waiting[] {
  const swapBytes = known(window.memory.get(process.tgid)?.swapBytes ?? 0);
  if (swapBytes === 0) return [];
  const { stalls, interval } = window;
  if (stalls !== null && !isMissing(stalls)) {
    const ratio = Math.min(1, stallNsOf(stalls, SWAP_CAUSES) / interval.elapsedNs);
    return [{ process, swapBytes, ratio, faults: faultsOf(stalls, SWAP_CAUSES), isEstimate: false }];
  }
  const faults = known(process.majorFaults);
  if (perSec(faults, interval.elapsedNs) < FAULT_LIMITS.major.limitPerSec) return [];
  const ratio = Math.min(1, (faults * PAGE_COST_NS) / interval.elapsedNs);
  return [{ process, swapBytes, ratio, faults, isEstimate: true }];
}

function findingFor({ process, swapBytes, ratio, faults, isEstimate }: Waiting, window: Window): Finding {
  const name = nameOf(process, window);
  const areas = areasInUse(window);
  return {
    rule: swappedOut.id,
    mark: 'F',
    severity: severityOf(ratio),
    subject: { tgid: process.tgid, tid: null, comm: process.comm },
    verdict: {
      en: `LATE BECAUSE ITS MEMORY WAS SWAPPED OUT: ${name}`,
      ko: `늦은 이유: 스왑으로 밀려난 메모리 (${name})`,
    },
    summary: {
      en: `${name} touched memory of its own that had been swapped out`,
      ko: `${name}: 스왑으로 밀려난 자신의 메모리를 건드림`,
    },
    evidence: [
      evidence({ en: 'still in swap', ko: '스왑에 남은 메모리' }, swapBytes, 'Bytes', STATUS_SOURCE),
      faultEvidence(faults, isEstimate, window),
      ...medianEvidence(window),
      ...areas.map((area) => evidence(swapAreaName(area), area.usedBytes, 'Bytes', SWAPS_SOURCE)),
    ],
    against: [],
    remedies: [...remediesFor(process.tgid), ...compressFirst(areas)],
    weightRatio: ratio,
    rankRatio: ratio,
    isEstimate,
  };
}

/** With 0 the kernel would rather kill than swap, where files are gone (mm/vmscan.c, get_scan_count). */
const LEAST_SWAPPINESS = '1';

/** What is locked first has to be there: the other way round the lock itself would wait for the swap. */
function remediesFor(tgid: number): readonly Remedy[] {
  return [
    {
      text: {
        en: 'first bring its memory back, before it is needed',
        ko: '먼저, 필요하기 전에 메모리를 다시 불러오세요',
      },
      command: `keel warm ${tgid}`,
      undo: null,
      action: { kind: 'warm' },
    },
    {
      text: {
        en: 'then keep it from being swapped out, where the machine has the memory',
        ko: '그다음, 컴퓨터에 메모리가 충분하면 다시 스왑되지 않게 잠그세요',
      },
      command: `keel lock ${tgid}`,
      undo: 'keel undo',
      action: { kind: 'lock', what: 'memory' },
    },
    {
      text: {
        en: 'or, where much of memory is the cache of files, have the kernel drop those first',
        ko: '또는 메모리 대부분이 파일 캐시라면 커널이 파일부터 버리게 하세요',
      },
      command: null,
      undo: null,
      action: { kind: 'setting', setting: 'swappiness', at: '', value: LEAST_SWAPPINESS },
    },
  ];
}

/** Where its pages may be: of no page it is told in which of them. */
function areasInUse({ swaps }: Window): readonly SwapUse[] {
  return isMissing(swaps) ? [] : swaps.filter((area) => area.usedBytes > 0);
}

/** A page comes back from zram within some microseconds, from a disk within some hundreds and more. */
function medianEvidence({ stalls }: Window): Evidence[] {
  if (stalls === null || isMissing(stalls)) return [];
  const swapIns = stalls.summary.byCause.find((share) => SWAP_CAUSES.includes(share.cause));
  if (swapIns === undefined) return [];
  return [
    evidence({ en: 'half of them within', ko: '그중 절반이 걸린 시간' }, swapIns.p50Ns, 'Ns', STALL_SOURCE),
  ];
}

/** Swapping is not always a mistake; waiting for a disk mostly is. */
function compressFirst(areas: readonly SwapUse[]): readonly Remedy[] {
  if (areas.every((area) => swapKindOf(area) === 'zram')) return [];
  const text = {
    en: 'or have memory compressed before it goes to storage: zram as swap of a higher priority, or zswap',
    ko: '또는 저장 장치로 나가기 전에 압축하세요: 우선순위가 더 높은 zram 스왑 또는 zswap',
  };
  return [{ text, command: null, undo: null }];
}

function faultEvidence(faults: number, isEstimate: boolean, { interval }: Window): Evidence {
  const rate = perSec(faults, interval.elapsedNs);
  return isEstimate
    ? evidence({ en: 'major faults', ko: '메이저 폴트' }, rate, 'PerSec', STAT_SOURCE)
    : evidence({ en: 'pages swapped in', ko: '스왑에서 읽은 폴트' }, rate, 'PerSec', STALL_SOURCE);
}
