/** More threads of its own want to run than there are CPUs for them: they wait for each other. */
import { type Classifier, cannotJudge, judged } from '../classifier.ts';
import { firstMissing, wantedPct } from '../demand.ts';
import { gapOf, known } from '../look.ts';

const SOURCE = '/proc/PID/task/TID/schedstat';
/** A tenth above what there is: the shares of single threads are that exact in a short window. */
const LIMIT_PCT = 110;
/** A thread that wants half a CPU is one that a CPU could be planned for. */
const BUSY_PCT = 50;
/** With less, others have the CPUs, and what its threads wait for is not each other. A convention. */
const OWN_RATIO = 0.2;

export const oversubscribed: Classifier = {
  id: 'oversubscribed',
  name: { en: 'OVERSUBSCRIBED', ko: 'CPU보다 스레드가 많음' },
  judge({ threads, usableCpus }) {
    const unread = firstMissing(threads.flatMap(({ runPct, runDelayPct }) => [runPct, runDelayPct]));
    if (unread !== null) return cannotJudge(gapOf('runDelayNs', unread));
    const wanted = threads.reduce((sum, thread) => sum + wantedPct(thread), 0) / usableCpus;
    const ran = threads.reduce((sum, thread) => sum + known(thread.runPct), 0) / usableCpus;
    const busy = threads.filter((thread) => wantedPct(thread) >= BUSY_PCT).length;
    const fits = wanted >= LIMIT_PCT && busy > usableCpus && ran >= 100 * OWN_RATIO;
    return judged(fits, [
      {
        text: {
          en: `its threads wanted, of the ${usableCpus} CPUs it may use`,
          ko: `스레드가 원한 CPU (쓸 수 있는 ${usableCpus}개에 대한 비율)`,
        },
        value: wanted,
        unit: 'Pct',
        source: SOURCE,
        limit: LIMIT_PCT,
      },
      {
        text: {
          en: `threads that wanted ${BUSY_PCT} % of a CPU`,
          ko: `CPU의 ${BUSY_PCT} % 이상을 원한 스레드`,
        },
        value: busy,
        unit: 'threads',
        source: SOURCE,
        limit: usableCpus + 1,
      },
      {
        text: { en: 'they ran, of these CPUs', ko: '그 CPU들에서 실행된 비율' },
        value: ran,
        unit: 'Pct',
        source: SOURCE,
        limit: 100 * OWN_RATIO,
      },
    ]);
  },
};
