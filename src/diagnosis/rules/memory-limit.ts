/** Cgroups that are held down by their memory limit: what they give back they need again at once. */
import { isMissing } from '../../base/missing.ts';
import { groupDigits } from '../../base/sentence.ts';
import { MIB } from '../../base/units.ts';
import { perSec } from '../../model/difference.ts';
import { STORAGE_CAUSES } from '../../model/faults/cause.ts';
import { faultsOf, stallNsOf } from '../../model/faults/stalls.ts';
import type { MemoryLimitUse } from '../../model/memory-limits.ts';
import { type Evidence, evidence, type Finding, type Rule, severityOf, type Window } from '../finding.ts';
import { cannotKnow, gapOf, known, nameOf, subjectsOf } from '../look.ts';
import { LIMIT_FILES, limitRemedies } from '../memory-limit.ts';

/**
 * Pages that came back, per second; the bar of swaps. A limit that is met without refaults only trims the page cache of
 * a program that reads once, which is what limits are for.
 */
const LIMIT_PER_SEC = 10;
/** Between a page of zram (1 us) and one of a disk (several ms): for groups of v1, whose waiting nobody measures. */
const PAGE_COST_NS = 100_000;

export const memoryLimit: Rule = {
  id: 'memory-limit',
  looksFor: { en: 'cgroups that thrash at their memory limit', ko: '메모리 한도 때문에 허덕이는 cgroup' },
  check(window) {
    if (isMissing(window.memoryLimits)) return cannotKnow('memoryLimits', window.memoryLimits);
    const subjects = new Set(subjectsOf(window).map((process) => process.tgid));
    const groups = window.memoryLimits.filter((group) => group.tgids.some((tgid) => subjects.has(tgid)));
    const unread = groups.flatMap((group) => [group.hits, group.refaults]).find(isMissing);
    const refaultsPerSec = (group: MemoryLimitUse) =>
      known(group.hits) === 0 ? 0 : perSec(known(group.refaults), window.interval.elapsedNs);
    return {
      findings: groups
        .filter((group) => refaultsPerSec(group) >= LIMIT_PER_SEC)
        .map((group) => findingFor(group, window)),
      closest: {
        text: { en: 'pages that came back at a memory limit', ko: '메모리 한도 때문에 되돌아온 페이지' },
        value: Math.max(0, ...groups.map(refaultsPerSec)),
        unit: 'PerSec',
        source: 'memory.stat',
        limit: LIMIT_PER_SEC,
      },
      gaps: unread === undefined ? [] : [gapOf('memoryLimits', unread)],
    };
  },
};

function findingFor(group: MemoryLimitUse, window: Window): Finding {
  const [heaviest] = subjectsOf(window)
    .filter((process) => group.tgids.includes(process.tgid))
    .sort((a, b) => known(b.majorFaults) - known(a.majorFaults));
  const { cgroup } = group.at;
  const limit = `${groupDigits(Math.round(Number(group.limit.bytes) / MIB))} MiB`;
  const name = heaviest === undefined ? cgroup : nameOf(heaviest, window);
  const heldNs = heldByStorageNs(group, window);
  const measured = heldNs !== null || !isMissing(group.stalledNs);
  const refaultNs = known(group.refaults) * PAGE_COST_NS;
  const waitedNs = measured ? Math.max(heldNs ?? 0, known(group.stalledNs)) : refaultNs;
  const ratio = Math.min(1, waitedNs / window.interval.elapsedNs);
  return {
    rule: memoryLimit.id,
    mark: 'F',
    severity: severityOf(ratio),
    subject: heaviest === undefined ? null : { tgid: heaviest.tgid, tid: null, comm: heaviest.comm },
    verdict: {
      en: `LATE BECAUSE OF THE MEMORY LIMIT: ${name} may use ${limit}`,
      ko: `늦은 이유: 메모리 한도 (${name}은(는) ${limit}까지)`,
    },
    summary: {
      en: `cgroup ${cgroup} met its limit of ${limit} and read again what it had to give back`,
      ko: `cgroup ${cgroup}: ${limit} 한도에 닿아 내보낸 페이지를 다시 읽음`,
    },
    evidence: evidenceOf(group, window),
    against: [],
    remedies: limitRemedies(group, heaviest === undefined ? undefined : window.units.get(heaviest.tgid)),
    weightRatio: ratio,
    rankRatio: ratio,
    isEstimate: !measured,
  };
}

/**
 * How long faults held the target for storage, where the pages that came back to the group are enough to explain them;
 * null where they are not, or nobody measured. Pressure alone says too little: a swapped page that was not in use of
 * late is read without counting as a wait for memory (mm/page_io.c, swap_readpage).
 */
function heldByStorageNs({ refaults }: MemoryLimitUse, { stalls }: Window): number | null {
  if (stalls === null || isMissing(stalls)) return null;
  const faults = faultsOf(stalls, STORAGE_CAUSES);
  if (faults === 0 || known(refaults) < faults * MOST_RATIO) return null;
  return stallNsOf(stalls, STORAGE_CAUSES);
}

/** More than half: the rest would not be the cause. */
const MOST_RATIO = 0.5;

function evidenceOf(
  { at, hits, limit, refaults, usedBytes, stalledNs }: MemoryLimitUse,
  { interval }: Window,
): Evidence[] {
  const files = LIMIT_FILES[at.version];
  const rate = (count: number) => perSec(count, interval.elapsedNs);
  return [
    evidence({ en: 'limit met', ko: '한도에 닿음' }, rate(known(hits)), 'PerSec', files.hits),
    evidence(
      { en: 'pages came back', ko: '되돌아온 페이지' },
      rate(known(refaults)),
      'PerSec',
      'memory.stat',
    ),
    ...(isMissing(usedBytes)
      ? []
      : [evidence({ en: 'in use', ko: '사용 중' }, Number(usedBytes), 'Bytes', files.used)]),
    evidence({ en: 'limit', ko: '한도' }, Number(limit.bytes), 'Bytes', files[limit.kind]),
    ...(isMissing(stalledNs)
      ? []
      : [evidence({ en: 'some task waited', ko: '기다린 시간' }, stalledNs, 'Ns', 'memory.pressure')]),
  ];
}
