/** Counts of page faults, as a document, as CSV and as lines. */
import type { FaultCount } from '../../../app/count-faults.ts';
import { COUNTED, type FaultCounts } from '../../../app/counting-events.ts';
import { GapList, isMissing, missing } from '../../../base/missing.ts';
import type { Sentence } from '../../../base/sentence.ts';
import type { DocumentOutput } from '../../command.ts';
import { formatCount, formatDuration, significant } from '../../output/format.ts';
import { cutMiddle, type Look, safeName } from '../../output/look.ts';
import { tableLines } from '../../output/table.ts';
import { wrap } from '../../output/wrap.ts';

/** What the rows are, where there are any. */
export type RowKind = 'cpu' | 'cgroup';

export function statOutput(count: FaultCount, rowKind: RowKind): DocumentOutput {
  return {
    kind: 'document',
    json: statJson(count, rowKind),
    csv: () => [
      [rowKind, ...COUNTED],
      ...[...count.rows].map(([key, counts]) => [key, ...COUNTED.map((name) => counts[name])]),
      ['', ...COUNTED.map((name) => count.total[name])],
    ],
    lines: (look) => [...summaryLines(count, look), ...rowLines(count, rowKind, look)],
  };
}

function statJson(count: FaultCount, rowKind: RowKind): DocumentOutput['json'] {
  const gaps = new GapList();
  const { total } = count;
  for (const name of COUNTED) {
    if (total[name] === null)
      gaps.take(name, missing('denied', `page-faults ${name}`, 'kernel mode is not shown to this user'));
  }
  const populated = populatedFaults(count);
  return {
    schema: 'keel.faults.stat/1',
    elapsedNs: count.elapsedNs,
    ...total,
    accounted: gaps.take('accounted', count.accounted),
    populated,
    [rowKind === 'cpu' ? 'byCpu' : 'byCgroup']: [...count.rows].map(([key, counts]) =>
      rowKind === 'cpu' ? { cpu: Number(key), ...counts } : { cgroup: key, ...counts },
    ),
    gaps: gaps.gaps.map((gap) => ({ ...gap })),
  };
}

/** Pages brought in inside calls: counted by the memory management, not by perf. null where either is not known. */
function populatedFaults({ accounted, total }: FaultCount): number | null {
  if (isMissing(accounted) || total.kernel === null || total.faults === null) return null;
  return Math.max(0, accounted - total.faults);
}

function summaryLines(count: FaultCount, look: Look): string[] {
  const { total, elapsedNs } = count;
  const number = (value: number | null) => (value === null ? (look.unicode ? '—' : '-') : formatCount(value));
  const rate = total.faults === null ? '' : ` (${significant((total.faults * 1e9) / elapsedNs)}/s)`;
  const time = formatDuration(elapsedNs, look.unicode);
  const lines = [
    look.say({
      en: `faults ${number(total.faults)}${rate} in ${time}: minor ${number(total.minor)}, major ${number(total.major)}; user ${number(total.user)}, kernel ${number(total.kernel)}`,
      ko: `${time} 동안 폴트 ${number(total.faults)}${rate}: 마이너 ${number(total.minor)}, 메이저 ${number(total.major)}; 사용자 ${number(total.user)}, 커널 ${number(total.kernel)}`,
    }),
  ];
  const populated = populatedFaults(count);
  if (populated !== null && !isMissing(count.accounted)) {
    lines.push(
      look.say({
        en: `populate and mlock faults ${formatCount(populated)}, counted by the memory management, not by perf; total ${formatCount(count.accounted)}`,
        ko: `populate, mlock 폴트 ${formatCount(populated)} (perf가 아니라 메모리 관리가 셈). 합계 ${formatCount(count.accounted)}`,
      }),
    );
  }
  if (count.userOnly) lines.push(look.say(USER_ONLY));
  return lines.flatMap((line) => wrap(line, look.width));
}

const USER_ONLY: Sentence = {
  en: '— kernel: faults taken in kernel mode are not shown to this user; run as root, or see keel doctor',
  ko: '— 커널: 커널 모드의 폴트는 이 사용자에게 보이지 않습니다. root로 실행하거나 keel doctor를 보세요',
};

function rowLines({ rows }: FaultCount, rowKind: RowKind, look: Look): string[] {
  if (rows.size === 0) return [];
  const title = rowKind === 'cpu' ? 'CPU' : 'cgroup';
  const width = Math.max(16, look.width - 50);
  const cells = (counts: FaultCounts) =>
    COUNTED.map((name) => (counts[name] === null ? (look.unicode ? '—' : '-') : formatCount(counts[name])));
  return tableLines(
    [
      { title, align: rowKind === 'cpu' ? 'right' : 'left' },
      ...COUNTED.map((name) => ({ title: look.say(TITLES[name]), align: 'right' as const })),
    ],
    [...rows].map(([key, counts]) => [cutMiddle(safeName(key), width, look.unicode), ...cells(counts)]),
  );
}

const TITLES: Readonly<Record<(typeof COUNTED)[number], Sentence>> = {
  faults: { en: 'faults', ko: '폴트' },
  minor: { en: 'minor', ko: 'minor' },
  major: { en: 'major', ko: 'major' },
  user: { en: 'user', ko: '사용자' },
  kernel: { en: 'kernel', ko: '커널' },
};
