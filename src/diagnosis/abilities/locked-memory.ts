/** Keeping pages in memory, and room for perf rings, which count as locked. */
import { isMissing } from '../../base/missing.ts';
import { GIB, MIB } from '../../base/units.ts';
import { type Ability, holds, NOT_TRIED, ready } from '../ability.ts';

export const lockedMemory: Ability = {
  id: 'locked-memory',
  name: { en: 'locked memory', ko: '메모리 잠금' },
  judge(machine) {
    const limit = machine.lockedLimit;
    if (isMissing(limit)) return NOT_TRIED;
    if (holds(machine, 'CAP_IPC_LOCK'))
      return ready({ en: 'without limit (CAP_IPC_LOCK)', ko: '제한 없음 (CAP_IPC_LOCK)' });
    if (limit.softBytes === null) return ready({ en: 'without limit', ko: '제한 없음' });
    const soft = sized(limit.softBytes);
    const hard = limit.hardBytes === null ? null : sized(limit.hardBytes);
    return {
      state: 'partly',
      detail:
        hard === null
          ? { en: `${soft}, can be raised`, ko: `${soft}, 올릴 수 있음` }
          : { en: `${soft}, at most ${hard}`, ko: `${soft}, 최대 ${hard}` },
      because: {
        en: `the limit is ${soft} and CAP_IPC_LOCK is not held`,
        ko: `한도가 ${soft}이고 CAP_IPC_LOCK이 없음`,
      },
      costs: {
        en: 'larger locks are refused, perf rings are small',
        ko: '더 큰 잠금은 거부되고 perf 링이 작습니다',
      },
      grant: {
        en: 'LimitMEMLOCK= of the unit, /etc/security/limits.conf, or CAP_IPC_LOCK',
        ko: '유닛의 LimitMEMLOCK=, /etc/security/limits.conf, 또는 CAP_IPC_LOCK',
      },
    };
  },
};

function sized(bytes: bigint): string {
  const count = Number(bytes);
  return count >= GIB ? `${Math.round(count / GIB)} GiB` : `${Math.round(count / MIB)} MiB`;
}
