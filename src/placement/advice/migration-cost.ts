/** "Set sched_migration_cost_ns to 1": that makes tasks count as cold at once, so they are moved more, not less. */
import { isMissing } from '../../base/missing.ts';
import { type Advice, advised } from '../advice.ts';
import { known } from '../demand.ts';
import { moveCostPct, USUAL_MOVE_COST_NS } from '../move-cost.ts';
import { pct } from '../phrases.ts';

const NOTABLE_PCT = 1;
/** It lies in debugfs since Linux 5.13. */
const set = (costNs: number) => `echo ${costNs} > /sys/kernel/debug/sched/migration_cost_ns`;

export const migrationCostAdvice: Advice = {
  id: 'migration-cost',
  about: { en: 'migration cost', ko: '마이그레이션 비용' },
  consider(situation) {
    const { target, settings } = situation;
    const cost = settings.migrationCostNs;
    const moves = target.threads.reduce((sum, thread) => sum + known(thread.migrationsPerSec), 0).toFixed(1);
    const bound = moveCostPct(situation);
    if (!isMissing(cost) && cost < USUAL_MOVE_COST_NS)
      return advised(
        true,
        `it is ${cost} ns, below the usual ${USUAL_MOVE_COST_NS}: tasks count as cache-cold sooner and are moved more (${moves}/s here)`,
        `${cost} ns로 보통 값 ${USUAL_MOVE_COST_NS}보다 낮습니다. 태스크를 더 빨리 캐시에 없는 것으로 보아 더 자주 옮깁니다 (여기서 초당 ${moves}번)`,
        set(USUAL_MOVE_COST_NS),
        set(cost),
      );
    if (bound < NOTABLE_PCT || isMissing(cost))
      return advised(
        false,
        `${moves} moves/s cost ${pct(bound)} of the time at most; a lower value would make more of them`,
        `초당 ${moves}번 이동은 많아야 시간의 ${pct(bound)}입니다. 값을 낮추면 이동이 더 늘어납니다`,
      );
    return advised(
      true,
      `${moves} moves/s cost up to ${pct(bound)}: a higher value makes fewer, for every task of the machine`,
      `초당 ${moves}번 이동이 최대 ${pct(bound)}입니다. 값을 높이면 컴퓨터의 모든 태스크에서 이동이 줄어듭니다`,
      set(cost * 4),
      set(cost),
    );
  },
};
