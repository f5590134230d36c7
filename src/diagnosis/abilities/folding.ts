/** BPF with BTF: events folded in the kernel, all threads read in one pass; no compiler needed. */
import { isMissing } from '../../base/missing.ts';
import { type Ability, holds, NOT_TRIED, ready, succeeded, untried } from '../ability.ts';

export const folding: Ability = {
  id: 'folding',
  name: { en: 'folding in kernel', ko: '커널 안 집계' },
  judge(machine) {
    const { trials, btf, isInitialNamespace, lockdown } = machine;
    if (untried(trials.bpf)) return NOT_TRIED;
    if (succeeded(trials.bpf))
      return ready({ en: 'BPF with BTF; no compiler needed', ko: 'BPF와 BTF. 컴파일러 불필요' });
    const costs = {
      en: 'perf rings and /proc are used instead: a little dearer, the same answers',
      ko: '대신 perf 링과 /proc를 씁니다. 비용은 조금 더 들지만 결과는 같습니다',
    };
    const detail = { en: 'BPF programs cannot be used', ko: 'BPF 프로그램을 쓸 수 없음' };
    const no = (en: string, ko: string, grantEn: string, grantKo: string) => ({
      state: 'no' as const,
      detail,
      because: { en, ko },
      costs,
      grant: { en: grantEn, ko: grantKo },
    });
    if (isMissing(btf) || !btf.includes('vmlinux')) {
      return no(
        'the kernel has no BTF',
        '커널에 BTF가 없음',
        'a kernel with CONFIG_DEBUG_INFO_BTF',
        'CONFIG_DEBUG_INFO_BTF를 켠 커널',
      );
    }
    if (lockdown === 'confidentiality') {
      return no(
        'kernel lockdown is on',
        '커널 lockdown 사용 중',
        'boot without lockdown=confidentiality',
        'lockdown=confidentiality 없이 부팅',
      );
    }
    if (!isMissing(isInitialNamespace) && !isInitialNamespace) {
      return no(
        'this is a container with ids of its own',
        '자체 PID를 쓰는 컨테이너 안임',
        'run keel on the host',
        '호스트에서 keel 실행',
      );
    }
    if (!holds(machine, 'CAP_BPF') && !holds(machine, 'CAP_SYS_ADMIN')) {
      return no(
        'CAP_BPF is not held',
        'CAP_BPF가 없음',
        'root, or CAP_BPF and CAP_PERFMON',
        'root, 또는 CAP_BPF와 CAP_PERFMON',
      );
    }
    const said = isMissing(trials.bpf) ? (trials.bpf.detail ?? trials.bpf.missing) : '';
    return { ...no(said, said, '', ''), grant: null };
  },
};
