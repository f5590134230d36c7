/** Swap: where pages go that a process will wait for. */
import { isMissing } from '../../base/missing.ts';
import { GIB } from '../../base/units.ts';
import { type Ability, NOT_TRIED, ready } from '../ability.ts';

export const swap: Ability = {
  id: 'swap',
  name: { en: 'swap', ko: '스왑' },
  judge({ swaps }) {
    if (isMissing(swaps)) return NOT_TRIED;
    if (swaps.length === 0)
      return ready({ en: 'none: only files are read back', ko: '없음. 파일 페이지만 다시 읽음' });
    const sizeGib = swaps.reduce((total, area) => total + area.sizeBytes, 0) / GIB;
    const usedGib = swaps.reduce((total, area) => total + area.usedBytes, 0) / GIB;
    const compressed = swaps.filter((area) => area.name.includes('zram')).length;
    const kind = compressed === 0 ? '' : compressed === swaps.length ? ', zram' : ', part zram';
    return ready({
      en: `${usedGib.toFixed(1)} of ${sizeGib.toFixed(1)} GiB in use${kind}`,
      ko: `${sizeGib.toFixed(1)} GiB 중 ${usedGib.toFixed(1)} GiB 사용${kind}`,
    });
  },
};
