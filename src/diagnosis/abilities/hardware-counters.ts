/** Counters of the CPU itself: cycles, instructions, cache misses. */
import { isMissing } from '../../base/missing.ts';
import type { Capabilities } from '../../model/capabilities.ts';
import { type Ability, type Judgement, NOT_TRIED, ready, succeeded, untried } from '../ability.ts';

/** The folders that CPU counters have; other units count elsewhere. */
const CPU_UNIT = /^(cpu|cpu_core|cpu_atom|armv\w+)$/;

export const hardwareCounters: Ability = {
  id: 'hardware-counters',
  name: { en: 'hardware counters', ko: '하드웨어 카운터' },
  judge({ trials, counterUnits, accessSampling }) {
    const unit = isMissing(counterUnits) ? false : counterUnits.some((name) => CPU_UNIT.test(name));
    if (untried(trials.perfHardware)) return NOT_TRIED;
    if (succeeded(trials.perfHardware)) return counting(accessSampling);
    return {
      state: 'no',
      detail: unit
        ? { en: 'there, but refused to this user', ko: '있지만 이 사용자에게 허용되지 않음' }
        : { en: 'none here, as in most virtual machines', ko: '없음 (대부분의 가상 머신과 같음)' },
      because: null,
      costs: {
        en: 'cache misses are not counted, and which lines CPUs share is not seen (perf c2c); no command needs them',
        ko: '캐시 미스를 셀 수 없고, CPU들이 공유하는 라인도 볼 수 없습니다 (perf c2c). 이것이 필요한 명령은 없습니다',
      },
      grant: unit ? { en: 'root or CAP_PERFMON', ko: 'root나 CAP_PERFMON' } : null,
    };
  },
};

/** Counting is one thing; perf c2c samples single accesses, which needs more of the CPU. */
function counting(accessSampling: Capabilities['accessSampling']): Judgement {
  const detail = { en: 'cycles, instructions, cache misses', ko: '사이클, 명령어, 캐시 미스' };
  if (isMissing(accessSampling) || accessSampling !== null) return ready(detail);
  return {
    state: 'partly',
    detail,
    because: {
      en: 'no unit samples memory accesses: neither mem-loads (Intel), nor ibs_op (AMD), nor arm_spe',
      ko: '메모리 접근을 샘플링하는 장치가 없음: mem-loads(Intel), ibs_op(AMD), arm_spe 모두 없음',
    },
    costs: {
      en: 'which cache lines CPUs share is not seen (perf c2c); no command needs it',
      ko: 'CPU들이 공유하는 캐시 라인을 볼 수 없습니다 (perf c2c). 이것이 필요한 명령은 없습니다',
    },
    grant: null,
  };
}
