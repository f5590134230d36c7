/** "Disable IRQ balancing": that is irqbalance and smp_affinity, and matters where interrupts take time from the target. */
import { isMissing } from '../../base/missing.ts';
import { type Advice, advised } from '../advice.ts';
import { pct } from '../phrases.ts';

/** A hundredth of a CPU: where waiting begins to show. */
const NOTABLE_PCT = 1;

export const irqBalancing: Advice = {
  id: 'irq-balancing',
  about: { en: 'IRQ balancing', ko: 'IRQ 밸런싱' },
  consider({ load, target, others }) {
    if (isMissing(load)) return null;
    const used = [...new Set(target.threads.map(({ lastCpu }) => lastCpu))];
    const loads = used.flatMap((cpu) => {
      const one = load.get(cpu);
      return one === undefined ? [] : [{ cpu, ...one }];
    });
    const [worst] = loads.sort((a, b) => b.interruptPct - a.interruptPct);
    if (worst === undefined) return null;
    const rate = isMissing(worst.interruptsPerSec) ? '—' : worst.interruptsPerSec.toFixed(0);
    if (worst.interruptPct < NOTABLE_PCT)
      return advised(
        false,
        `interrupts take ${pct(worst.interruptPct)} of the CPUs its threads were on at most (${rate}/s)`,
        `스레드가 있던 CPU에서 인터럽트가 차지한 시간이 많아야 ${pct(worst.interruptPct)}입니다 (초당 ${rate}번)`,
      );
    const balancer = others.some(({ comm }) => comm === 'irqbalance');
    return advised(
      true,
      `interrupts take ${pct(worst.interruptPct)} of CPU ${worst.cpu} (${rate}/s of devices): keep threads that must be on time off it (irqfree)${balancer ? '; irqbalance runs, and would undo a change of /proc/irq' : ''}`,
      `인터럽트가 CPU ${worst.cpu}의 ${pct(worst.interruptPct)}을(를) 차지합니다 (장치 초당 ${rate}번). 제때 실행되어야 하는 스레드는 다른 CPU(irqfree)에 두세요${balancer ? '. irqbalance가 실행 중이라 /proc/irq의 변경은 되돌려집니다' : ''}`,
    );
  },
};
