/** Counters of the CPU itself: cycles, instructions, cache misses. */
import { isMissing } from '../../base/missing.ts';
import { type Ability, NOT_TRIED, ready, succeeded, untried } from '../ability.ts';

/** The folders that CPU counters have; other units count elsewhere. */
const CPU_UNIT = /^(cpu|cpu_core|cpu_atom|armv\w+)$/;

export const hardwareCounters: Ability = {
  id: 'hardware-counters',
  name: { en: 'hardware counters', ko: '하드웨어 카운터' },
  judge({ trials, counterUnits }) {
    const unit = isMissing(counterUnits) ? false : counterUnits.some((name) => CPU_UNIT.test(name));
    if (untried(trials.perfHardware)) return NOT_TRIED;
    if (succeeded(trials.perfHardware))
      return ready({ en: 'cycles, instructions, cache misses', ko: '사이클, 명령어, 캐시 미스' });
    return {
      state: 'no',
      detail: unit
        ? { en: 'there, but refused to this user', ko: '있지만 이 사용자에게 허용되지 않음' }
        : { en: 'none here, as in most virtual machines', ko: '없음 (대부분의 가상 머신과 같음)' },
      because: null,
      costs: {
        en: 'cache misses are not counted; no command needs them',
        ko: '캐시 미스를 셀 수 없습니다. 이것이 필요한 명령은 없습니다',
      },
      grant: unit ? { en: 'root or CAP_PERFMON', ko: 'root나 CAP_PERFMON' } : null,
    };
  },
};
