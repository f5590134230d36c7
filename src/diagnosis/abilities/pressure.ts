/** Pressure stall information: the exact share of time in which tasks waited for CPU, memory or I/O. */
import { isMissing } from '../../base/missing.ts';
import { type Ability, NOT_TRIED, ready, untried } from '../ability.ts';

export const pressure: Ability = {
  id: 'pressure',
  name: { en: 'pressure (PSI)', ko: '압박 (PSI)' },
  judge({ pressure: read }) {
    if (untried(read)) return NOT_TRIED;
    if (!isMissing(read)) return ready({ en: 'CPU, memory and I/O', ko: 'CPU, 메모리, I/O' });
    return {
      state: 'no',
      detail: { en: 'not counted', ko: '집계되지 않음' },
      because: { en: `/proc/pressure is ${read.missing}`, ko: `/proc/pressure: ${read.missing}` },
      costs: {
        en: 'keel why cannot rule out memory and I/O',
        ko: 'keel why가 메모리와 I/O를 배제할 수 없습니다',
      },
      grant: {
        en: 'boot with psi=1, on a kernel with CONFIG_PSI (4.20)',
        ko: 'CONFIG_PSI를 켠 커널(4.20)에서 psi=1로 부팅',
      },
    };
  },
};
