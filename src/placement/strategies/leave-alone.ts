/** Changes nothing: what every other proposal is compared with, and often the best. */
import { isMissing } from '../../base/missing.ts';
import { known, longestDelayPct } from '../demand.ts';
import { pct } from '../phrases.ts';
import { propose, type Strategy } from '../strategy.ts';

export const leaveAlone: Strategy = {
  id: 'leave-alone',
  does: { en: 'changes nothing', ko: '아무것도 바꾸지 않습니다' },
  goals: ['latency', 'throughput', 'cache', 'isolation', 'general'],
  splitsCores: false,
  propose(situation) {
    const { threads } = situation.target;
    const moves = threads.reduce((sum, thread) => sum + known(thread.migrationsPerSec), 0);
    const moved = threads.some((thread) => isMissing(thread.migrationsPerSec)) ? '—' : moves.toFixed(1);
    const delay = pct(longestDelayPct(situation));
    return propose({
      strategy: leaveAlone.id,
      name: 'leave alone',
      summary: { en: 'leave it alone', ko: '그대로 둡니다' },
      moves: [],
      groups: [],
      why: {
        en: `the kernel can put each thread on any free CPU; now the longest wait is ${delay}, with ${moved} moves/s`,
        ko: `커널이 빈 CPU로 스레드를 옮길 수 있습니다. 지금 가장 긴 대기는 ${delay}, 이동은 초당 ${moved}번입니다`,
      },
      expectedGain: { en: 'none; costs nothing', ko: '없음. 비용도 없습니다' },
      upToPct: 0,
      risk: { en: 'none', ko: '없음' },
      isSlow: false,
    });
  },
};
