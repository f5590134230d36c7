/** Threads whose page faults another program answers: a live migration, a snapshot that is restored, a collector. */
import { isMissing } from '../../base/missing.ts';
import { mostHeld } from '../../model/waits/sampled-waits.ts';
import { evidence, NOTABLE_RATIO, type Rule, severityOf } from '../finding.ts';
import { cannotKnow, nameOf, subjectsOf } from '../look.ts';

const SOURCE = '/proc/PID/task/TID/stack';
/** Looks: fewer may be one fault, seen twice. */
const LEAST_LOOKS = 3;

export const userfaultfd: Rule = {
  id: 'userfaultfd',
  looksFor: { en: 'page faults that another program answers', ko: '다른 프로그램이 처리하는 페이지 폴트' },
  check(window) {
    const { waits } = window;
    if (waits === null) return { findings: [], closest: null, gaps: [] };
    if (isMissing(waits)) return cannotKnow('waits', waits);
    const held = mostHeld(waits, ['userfaultfd']);
    const ratio = held?.ratio ?? 0;
    const text = { en: 'waiting for a userfaultfd handler', ko: 'userfaultfd 처리기 대기' };
    const closest = { text, value: 100 * ratio, unit: 'Pct', source: SOURCE, limit: 100 * NOTABLE_RATIO };
    const process = subjectsOf(window).find((one) => one.threads.some(({ tid }) => tid === held?.thread.tid));
    const looks = held?.thread.waiting.userfaultfd ?? 0;
    if (held === null || process === undefined || ratio < NOTABLE_RATIO || looks < LEAST_LOOKS) {
      return { findings: [], closest, gaps: [] };
    }
    const name = nameOf(process, window);
    const finding = {
      rule: userfaultfd.id,
      mark: 'F' as const,
      severity: severityOf(ratio),
      subject: { tgid: process.tgid, tid: held.thread.tid, comm: held.thread.comm },
      verdict: {
        en: `LATE BECAUSE ANOTHER PROGRAM ANSWERS ITS PAGE FAULTS: ${name}`,
        ko: `늦은 이유: 다른 프로그램이 페이지 폴트를 처리함 (${name})`,
      },
      summary: {
        en: `thread ${held.thread.tid} of ${name} waited for the handler of a userfaultfd`,
        ko: `${name}: 스레드 ${held.thread.tid}이(가) userfaultfd 처리기를 기다림`,
      },
      evidence: [
        evidence({ en: 'found there', ko: '그곳에 있던 횟수' }, looks, 'looks', SOURCE),
        evidence({ en: 'of', ko: '전체' }, held.thread.looks, 'looks', SOURCE),
      ],
      against: [],
      remedies: [
        {
          text: {
            en: 'look at the handler: the thread or program that holds the userfaultfd; it needs a CPU and must not fault itself',
            ko: 'userfaultfd를 가진 처리기를 확인하세요. CPU가 필요하고 스스로 폴트를 내면 안 됩니다',
          },
          command: `keel faults trace ${process.tgid} --over 100us`,
          undo: null,
        },
      ],
      weightRatio: ratio,
      rankRatio: ratio,
      isEstimate: false,
    };
    return { findings: [finding], closest, gaps: [] };
  },
};
