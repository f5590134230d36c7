/** Processes with a thread that is often moved to another CPU, where its data is not in the caches. */
import { isMissing } from '../../base/missing.ts';
import { perSec } from '../../model/difference.ts';
import type { ProcessInterval, ThreadInterval } from '../../model/task-interval.ts';
import { evidence, type Finding, NOTABLE_RATIO, type Rule, type Window } from '../finding.ts';
import { gapOf, known, nameOf, noSubjects, pctOfWindow, subjectsOf } from '../look.ts';

const SOURCE = '/proc/PID/task/TID/sched se.nr_migrations';
const RUN_SOURCE = '/proc/PID/task/TID/schedstat';
/**
 * The kernel's own estimate of how long a task stays cache-hot: sched_migration_cost, 500 us (kernel/sched/fair.c).
 * More than that a move does not usually cost, so moves times this is an upper bound.
 */
const MOVE_COST_NS = 500_000;
/** From here the bound reaches 1 % of the time. */
const LIMIT_PER_SEC = (NOTABLE_RATIO * 1e9) / MOVE_COST_NS;
/** A thread that runs less has little in the caches to lose. */
const LEAST_RUN_PCT = 5;

export const migrates: Rule = {
  id: 'migrates',
  looksFor: { en: 'threads that are moved between CPUs often', ko: 'CPU 사이를 자주 이동하는 스레드' },
  check(window) {
    const none = noSubjects(window);
    if (none !== null) return none;
    const movers = subjectsOf(window)
      .flatMap((process) => busyMover(process, window))
      .sort((a, b) => b.perSec - a.perSec);
    const unread = subjectsOf(window)
      .map((process) => process.migrations)
      .find(isMissing);
    return {
      findings: movers
        .filter((mover) => mover.perSec >= LIMIT_PER_SEC)
        .map((mover) => findingFor(mover, window)),
      closest: {
        text: { en: 'moves of a busy thread', ko: '바쁜 스레드의 마이그레이션' },
        value: movers[0]?.perSec ?? 0,
        unit: 'PerSec',
        source: SOURCE,
        limit: LIMIT_PER_SEC,
      },
      gaps: unread === undefined ? [] : [gapOf('migrations', unread)],
    };
  },
};

interface Mover {
  readonly process: ProcessInterval;
  readonly thread: ThreadInterval;
  readonly perSec: number;
}

function busyMover(process: ProcessInterval, window: Window): Mover[] {
  const [thread] = process.threads
    .filter((one) => pctOfWindow(known(one.runTimeNs), window) >= LEAST_RUN_PCT)
    .sort((a, b) => known(b.migrations) - known(a.migrations));
  if (thread === undefined) return [];
  return [{ process, thread, perSec: perSec(known(thread.migrations), window.interval.elapsedNs) }];
}

function findingFor({ process, thread, perSec: rate }: Mover, window: Window): Finding {
  const name = nameOf(process, window);
  const which = process.threads.length > 1 ? ` ${thread.tid}` : '';
  // It cannot lose more time than it ran.
  const ratio = Math.min((rate * MOVE_COST_NS) / 1e9, known(thread.runTimeNs) / window.interval.elapsedNs);
  return {
    rule: migrates.id,
    mark: 'M',
    severity: 'info',
    subject: { tgid: process.tgid, tid: thread.tid, comm: process.comm },
    verdict: { en: `OFTEN MOVED BETWEEN CPUS: ${name}`, ko: `CPU 사이를 자주 이동함: ${name}` },
    summary: {
      en: `${name}${which === '' ? '' : `, thread${which},`} was moved to another CPU again and again`,
      ko: `${name}${which === '' ? '' : ` (스레드${which})`}: 다른 CPU로 계속 이동함`,
    },
    evidence: [
      evidence({ en: 'moves', ko: '이동' }, rate, 'PerSec', SOURCE),
      evidence(
        { en: 'it ran', ko: '실행된 비율' },
        pctOfWindow(known(thread.runTimeNs), window),
        'Pct',
        RUN_SOURCE,
      ),
    ],
    against: [],
    remedies: [
      {
        text: { en: 'watch what the moves go with', ko: '이동과 함께 변하는 값을 관찰' },
        command: `keel monitor ${process.tgid} 10s --threads`,
        undo: null,
      },
    ],
    weightRatio: ratio,
    rankRatio: ratio,
    isEstimate: true,
  };
}
