/** Interrupts: which of them can be sent away from CPUs that are to be left alone. */
import { isMissing } from '../../base/missing.ts';
import { type Ability, NOT_TRIED, ready, untried } from '../ability.ts';

const NAMED = 3;

export const interrupts: Ability = {
  id: 'interrupts',
  name: { en: 'interrupts', ko: '인터럽트' },
  judge({ interruptMobility, uid }) {
    if (untried(interruptMobility)) return NOT_TRIED;
    if (isMissing(interruptMobility)) {
      return {
        state: 'no',
        detail: { en: '/proc/irq is not there', ko: '/proc/irq가 없음' },
        because: null,
        costs: { en: 'interrupts cannot be moved', ko: '인터럽트를 옮길 수 없습니다' },
        grant: null,
      };
    }
    const { interrupts: all, fixed } = interruptMobility;
    if (fixed.length === 0 && uid === 0) {
      return ready({ en: `all ${all} can move`, ko: `${all}개 모두 옮길 수 있음` });
    }
    const movable = all - fixed.length;
    const names = `${fixed.slice(0, NAMED).join(', ')}${fixed.length > NAMED ? ', …' : ''}`;
    const driver =
      fixed.length === 0
        ? { en: '', ko: '' }
        : { en: `; ${names}: held by the driver`, ko: `. ${names}은(는) 드라이버가 고정` };
    return {
      state: 'partly',
      detail: {
        en: `${movable} of ${all} can move${uid === 0 ? '' : ', by root'}${driver.en}`,
        ko: `${all}개 중 ${movable}개를 ${uid === 0 ? '' : 'root가 '}옮길 수 있음${driver.ko}`,
      },
      because:
        uid === 0
          ? {
              en: 'drivers spread the queues of their devices over the CPUs themselves',
              ko: '드라이버가 장치의 큐를 직접 CPU에 나눠 둡니다',
            }
          : { en: 'only root may move interrupts', ko: '인터럽트는 root만 옮길 수 있습니다' },
      costs: {
        en: 'interrupts that stay disturb the CPUs they are on',
        ko: '남은 인터럽트는 그 CPU를 방해합니다',
      },
      grant: uid === 0 ? null : { en: 'root', ko: 'root' },
    };
  },
};
