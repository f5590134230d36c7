/** Where threads run and how: affinity, policy, priority; and undoing it. */
import { type Ability, holds, NOT_TRIED, ready, untried } from '../ability.ts';

export const placement: Ability = {
  id: 'placement',
  name: { en: 'placement and undo', ko: '배치와 되돌리기' },
  judge(machine) {
    if (untried(machine.trials.perfOwn)) return NOT_TRIED;
    if (holds(machine, 'CAP_SYS_NICE')) {
      return ready({
        en: 'affinity, policy, priority of all',
        ko: '모든 프로세스의 친화도, 정책, 우선순위',
      });
    }
    return {
      state: 'partly',
      detail: { en: 'own processes; lower priority only', ko: '자기 프로세스, 우선순위 낮추기만' },
      because: { en: 'CAP_SYS_NICE is not held', ko: 'CAP_SYS_NICE가 없음' },
      costs: {
        en: 'processes of others cannot be pinned, nothing made real-time',
        ko: '다른 사용자의 프로세스를 고정하거나 실시간으로 바꿀 수 없습니다',
      },
      grant: { en: 'root or CAP_SYS_NICE', ko: 'root나 CAP_SYS_NICE' },
    };
  },
};
