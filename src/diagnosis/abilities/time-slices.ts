/** The scheduler's own time slice of a task: `--slice`, with EEVDF. */
import { isMissing } from '../../base/missing.ts';
import { type Ability, NOT_TRIED, ready } from '../ability.ts';

/** sched_attr.sched_runtime for ordinary tasks: kernel/sched/syscalls.c since Linux 6.12. */
const FIRST_VERSION = [6, 12] as const;

export const timeSlices: Ability = {
  id: 'time-slices',
  name: { en: 'time slices', ko: '타임 슬라이스' },
  judge({ version, sched }) {
    if (version === null) return NOT_TRIED;
    const recent =
      version[0] > FIRST_VERSION[0] || (version[0] === FIRST_VERSION[0] && version[1] >= FIRST_VERSION[1]);
    if (recent) {
      const sliceNs = isMissing(sched) ? null : sched.sliceNs;
      const now = sliceNs === null ? '' : `, ${Number(sliceNs) / 1e6} ms`;
      return ready({ en: `EEVDF${now}`, ko: `EEVDF${now}` });
    }
    return {
      state: 'no',
      detail: { en: 'fixed by the kernel', ko: '커널이 정함' },
      because: { en: `Linux ${version.join('.')}`, ko: `Linux ${version.join('.')}` },
      costs: {
        en: 'keel pin --slice and keel run --slice are refused',
        ko: 'keel pin --slice와 keel run --slice를 쓸 수 없습니다',
      },
      grant: { en: 'Linux 6.12 or later', ko: 'Linux 6.12 이상' },
    };
  },
};
