/** Waits for storage, and for longer than it runs. Little CPU alone says nothing: an idle process uses little too. */
import { isMissing } from '../../base/missing.ts';
import type { Sentence } from '../../base/sentence.ts';
import { MIB } from '../../base/units.ts';
import { type Classifier, judged, type ProcessWork } from '../classifier.ts';
import { known } from '../look.ts';
import { STORAGE_PCT, waitsForStorage } from '../thread-kinds.ts';

export const ioBound: Classifier = {
  id: 'io_bound',
  name: { en: 'I/O-BOUND', ko: 'I/O에 묶임' },
  judge(work) {
    const [most] = [...work.threads].sort((a, b) => b.storageWaitPct - a.storageWaitPct);
    const waited = most?.storageWaitPct ?? 0;
    const ran = most === undefined ? 0 : known(most.runPct);
    return judged(
      most !== undefined && waitsForStorage(most),
      [
        {
          text: {
            en: `readings in which ${most === undefined || work.threads.length === 1 ? 'it' : `${most.comm} ${most.tid}`} waited for storage (it ran ${ran.toFixed(1)} %)`,
            ko: `${most === undefined || work.threads.length === 1 ? '' : `${most.comm} ${most.tid}이(가) `}저장 장치를 기다린 비율 (실행은 ${ran.toFixed(1)} %)`,
          },
          value: waited,
          unit: 'Pct',
          source: '/proc/PID/task/TID/stat state D',
          limit: STORAGE_PCT,
        },
      ],
      traffic(work),
    );
  },
};

function traffic({ storage }: ProcessWork): Sentence | null {
  if (isMissing(storage)) return null;
  const [read, written] = [storage.readBytesPerSec, storage.writtenBytesPerSec].map((bytes) =>
    (bytes / MIB).toFixed(1),
  );
  return {
    en: `from storage ${read} MiB/s, to it ${written} MiB/s`,
    ko: `저장 장치에서 ${read} MiB/s 읽고 ${written} MiB/s 씀`,
  };
}
