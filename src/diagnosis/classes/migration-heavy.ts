/** Threads that run and are moved between CPUs often: by the kernel's own count. */
import { type Classifier, cannotJudge, judged } from '../classifier.ts';
import { firstMissing } from '../demand.ts';
import { gapOf, known } from '../look.ts';

/** From here moves of 0.5 ms each, the time a task counts as cache-hot, reach 1 % of the time (rule `migrates`). */
const LIMIT_PER_SEC = 20;
/** A thread that runs less has little in the caches to lose. */
const LEAST_RUN_PCT = 5;

export const migrationHeavy: Classifier = {
  id: 'migration_heavy',
  name: { en: 'MOVED BETWEEN CPUS OFTEN', ko: 'CPU 사이를 자주 이동' },
  judge({ threads }) {
    const unread = firstMissing(threads.map((thread) => thread.migrationsPerSec));
    if (unread !== null) return cannotJudge(gapOf('migrations', unread));
    const rates = threads
      .filter((thread) => known(thread.runPct) >= LEAST_RUN_PCT)
      .map((thread) => known(thread.migrationsPerSec));
    const most = Math.max(0, ...rates);
    return judged(most >= LIMIT_PER_SEC, [
      {
        text: { en: 'moves of a thread that runs', ko: '실행 중인 스레드의 이동' },
        value: most,
        unit: 'PerSec',
        source: '/proc/PID/task/TID/sched se.nr_migrations',
        limit: LIMIT_PER_SEC,
      },
    ]);
  },
};
