/** Processes that lock memory up to their limit, and fault: what they lock from here on is not locked. */
import { isMissing } from '../../base/missing.ts';
import { perSec } from '../../model/difference.ts';
import type { ProcessMemory } from '../../model/memory-limits.ts';
import type { ProcessInterval } from '../../model/task-interval.ts';
import { evidence, type Finding, type Rule, severityOf, type Window } from '../finding.ts';
import { lockEvidence, NEAR_LIMIT_RATIO, raiseLockLimit } from '../lock-limit.ts';
import { gapOf, known, nameOf, subjectsOf } from '../look.ts';
import { FAULT_LIMITS } from '../page-faults.ts';

interface Locker {
  readonly process: ProcessInterval;
  readonly lockedBytes: number;
  readonly limit: { readonly soft: bigint; readonly hard: bigint | 'unlimited' };
}

export const lockLimit: Rule = {
  id: 'lock-limit',
  looksFor: { en: 'locked memory at its limit', ko: '한도에 닿은 잠긴 메모리' },
  check(window) {
    const lockers = subjectsOf(window).flatMap((process) =>
      lockerOf(process, window.memory.get(process.tgid)),
    );
    const unread = subjectsOf(window)
      .map((process) => window.memory.get(process.tgid))
      .map((memory) => (memory !== undefined && known(memory.lockedBytes) > 0 ? memory.lockLimit : null))
      .find(isMissing);
    return {
      findings: lockers
        .filter((one) => ratioOf(one) >= NEAR_LIMIT_RATIO && faultsOf(one) > 0)
        .map((one) => findingFor(one, window)),
      closest: {
        text: { en: 'locked memory of its limit', ko: '한도 대비 잠긴 메모리' },
        // What is locked and never faults is no trouble, however close to the limit.
        value: Math.max(0, ...lockers.filter((one) => faultsOf(one) > 0).map((one) => 100 * ratioOf(one))),
        unit: 'Pct',
        source: '/proc/PID/status',
        limit: 100 * NEAR_LIMIT_RATIO,
      },
      gaps: unread === undefined ? [] : [gapOf('lockLimit', unread)],
    };
  },
};

/** Nobody, where the process locks nothing or its limit does not hold for it. */
function lockerOf(process: ProcessInterval, memory: ProcessMemory | undefined): Locker[] {
  if (memory === undefined || isMissing(memory.lockLimit) || memory.mayLockBeyond !== false) return [];
  const { soft, hard } = memory.lockLimit;
  const lockedBytes = known(memory.lockedBytes);
  return soft === 'unlimited' || lockedBytes === 0 ? [] : [{ process, lockedBytes, limit: { soft, hard } }];
}

function ratioOf({ lockedBytes, limit }: Locker): number {
  return limit.soft === 0n ? 1 : lockedBytes / Number(limit.soft);
}

function faultsOf({ process }: Locker): number {
  return process.born ? 0 : known(process.minorFaults) + known(process.majorFaults);
}

function findingFor({ process, lockedBytes, limit }: Locker, window: Window): Finding {
  const name = nameOf(process, window);
  const stallNs =
    known(process.minorFaults) * FAULT_LIMITS.minor.costNs +
    known(process.majorFaults) * FAULT_LIMITS.major.costNs;
  const ratio = Math.min(1, stallNs / window.interval.elapsedNs);
  const rate = (count: number) => perSec(count, window.interval.elapsedNs);
  return {
    rule: lockLimit.id,
    mark: 'F',
    severity: severityOf(ratio),
    subject: { tgid: process.tgid, tid: null, comm: process.comm },
    verdict: {
      en: `ITS LOCKED MEMORY IS AT THE LIMIT: ${name}`,
      ko: `잠긴 메모리가 한도에 닿음 (${name})`,
    },
    summary: {
      en: `${name} keeps memory locked, may lock no more, and faults in what is not locked`,
      ko: `${name}: 메모리를 더 잠글 수 없고 잠기지 않은 곳에서 폴트가 남`,
    },
    evidence: [
      ...lockEvidence(lockedBytes, Number(limit.soft)),
      evidence(
        { en: 'minor faults', ko: '마이너 폴트' },
        rate(known(process.minorFaults)),
        'PerSec',
        STAT_SOURCE,
      ),
      evidence(
        { en: 'major faults', ko: '메이저 폴트' },
        rate(known(process.majorFaults)),
        'PerSec',
        STAT_SOURCE,
      ),
    ],
    against: [],
    remedies: [raiseLockLimit(process.tgid, limit)],
    weightRatio: ratio,
    rankRatio: ratio,
    isEstimate: true,
  };
}

const STAT_SOURCE = '/proc/PID/stat';
