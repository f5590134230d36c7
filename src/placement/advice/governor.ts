/** "Set the performance governor": helps work that sleeps, on a machine that has governors, where it is not set yet. */
import { CpuSet } from '../../base/cpu-set.ts';
import { type Advice, advised } from '../advice.ts';
import { wantedPct } from '../demand.ts';
import { pct } from '../phrases.ts';

/** A thread that runs all the time keeps its CPU fast by itself. */
const SLEEPY_PCT = 80;

export const governor: Advice = {
  id: 'governor',
  about: { en: 'frequency governor', ko: '주파수 거버너' },
  consider({ topology, usable, target }) {
    const cpus = topology.cpus.filter(({ cpu, frequency }) => usable.has(cpu) && frequency.governor !== null);
    const slow = cpus.filter(({ frequency }) => frequency.governor !== 'performance');
    const [first] = slow;
    if (cpus.length === 0)
      return advised(
        false,
        'no CPU has a governor here (as in most virtual machines)',
        '이 컴퓨터의 CPU에는 거버너가 없습니다 (대부분의 가상 머신처럼)',
      );
    if (first === undefined)
      return advised(
        false,
        'every CPU it may use is at "performance" already',
        '쓸 수 있는 CPU가 모두 이미 performance입니다',
      );
    const most = Math.max(0, ...target.threads.map(wantedPct));
    if (target.workload !== 'latency_periodic' || most >= SLEEPY_PCT)
      return advised(
        false,
        `governor ${first.frequency.governor}, but it is ${target.workload.replaceAll('_', ' ')} with ${pct(most)} of a CPU: a CPU in use rises by itself`,
        `거버너는 ${first.frequency.governor}이지만 작업 유형이 ${target.workload}이고 CPU의 ${pct(most)}을(를) 씁니다. 쓰이는 CPU는 스스로 빨라집니다`,
      );
    const list = CpuSet.from(slow.map(({ cpu }) => cpu)).toKernelList();
    return advised(
      true,
      `a thread that sleeps between ticks wakes on a slow CPU: ${list} are at ${first.frequency.governor}. Costs power`,
      `틱 사이에 잠드는 스레드는 느려진 CPU에서 깨어납니다: ${list}의 거버너가 ${first.frequency.governor}입니다. 전력을 더 씁니다`,
      `cpupower -c ${list} frequency-set -g performance`,
      `cpupower -c ${list} frequency-set -g ${first.frequency.governor}`,
    );
  },
};
