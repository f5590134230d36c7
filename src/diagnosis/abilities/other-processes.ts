/** Acting inside a running process: memory policy of its threads, locking its pages (ptrace). */
import { isMissing } from '../../base/missing.ts';
import { type Ability, holds, NOT_TRIED, ready, untried } from '../ability.ts';

/** Yama: from 2 on only with the capability, at 3 nobody. */
const SCOPE_CAPABILITY = 2;
const SCOPE_NOBODY = 3;

export const otherProcesses: Ability = {
  id: 'other-processes',
  name: { en: 'inside processes', ko: '프로세스 내부 변경' },
  judge(machine) {
    if (untried(machine.trials.perfOwn)) return NOT_TRIED;
    const scope = isMissing(machine.ptraceScope) ? 0 : machine.ptraceScope;
    const capable = holds(machine, 'CAP_SYS_PTRACE');
    if (capable && scope < SCOPE_NOBODY)
      return ready({ en: 'memory policy of any process', ko: '모든 프로세스의 메모리 정책' });
    const because = {
      en: `${scope > 0 ? `kernel.yama.ptrace_scope is ${scope}` : 'CAP_SYS_PTRACE is not held'}`,
      ko: `${scope > 0 ? `kernel.yama.ptrace_scope가 ${scope}` : 'CAP_SYS_PTRACE가 없음'}`,
    };
    const costs = {
      en: 'keel pin --mem cannot change a running process',
      ko: '실행 중인 프로세스에 keel pin --mem을 쓸 수 없습니다',
    };
    if (scope >= SCOPE_CAPABILITY || scope === 1) {
      return {
        state: 'no',
        detail: { en: 'tracing is refused', ko: '추적이 거부됨' },
        because,
        costs,
        grant:
          scope === SCOPE_NOBODY
            ? { en: 'only a reboot lowers it from 3', ko: '3은 재부팅해야 낮아집니다' }
            : { en: 'root or CAP_SYS_PTRACE', ko: 'root나 CAP_SYS_PTRACE' },
      };
    }
    return {
      state: 'partly',
      detail: { en: 'own processes', ko: '자기 프로세스' },
      because,
      costs: {
        en: 'keel pin --mem works on own processes only',
        ko: 'keel pin --mem을 자기 프로세스에만 쓸 수 있습니다',
      },
      grant: { en: 'root or CAP_SYS_PTRACE', ko: 'root나 CAP_SYS_PTRACE' },
    };
  },
};
