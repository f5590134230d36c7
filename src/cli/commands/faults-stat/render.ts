/** Counts of page faults, as a document, as CSV and as lines. */
import type { FaultCount } from '../../../app/count-faults.ts';
import type { CountRow } from '../../../app/count-scopes.ts';
import { COUNTED, type FaultCounts } from '../../../app/counting-events.ts';
import { GapList, isMissing, missing, orNull } from '../../../base/missing.ts';
import type { Sentence } from '../../../base/sentence.ts';
import type { DocumentOutput } from '../../command.ts';
import { formatCount, formatDuration, formatRate } from '../../output/format.ts';
import { cutMiddle, type Look, safeName } from '../../output/look.ts';
import { programEndJson, programEndText } from '../../output/program-end.ts';
import { tableLines } from '../../output/table.ts';
import { wrap } from '../../output/wrap.ts';

/** @param rows what the rows are; null where there are none */
export function statOutput(count: FaultCount, rows: CountRow | null): DocumentOutput {
  return {
    kind: 'document',
    json: statJson(count, rows),
    csv: () => csvRows(count, rows),
    lines: (look) => [...summaryLines(count, rows, look), ...rowLines(count, rows, look)],
  };
}

function statJson(count: FaultCount, rows: CountRow | null): DocumentOutput['json'] {
  const gaps = new GapList();
  const { total } = count;
  for (const name of COUNTED) {
    if (total[name] === null)
      gaps.take(name, missing('denied', `page-faults ${name}`, 'kernel mode is not shown to this user'));
  }
  const ofChildren = count.ofChildren === null ? null : gaps.take('ofChildren', count.ofChildren);
  return {
    schema: 'keel.faults.stat/1',
    elapsedNs: count.elapsedNs,
    ...total,
    accounted: gaps.take('accounted', count.accounted),
    populated: gaps.take('populated', count.populated),
    ofChildren,
    program: programEndJson(count.program),
    ended: count.ended.map(({ tgid, comm }) => ({ tgid, comm })),
    ...(rows === null ? {} : { [ROW_LISTS[rows]]: [...count.rows].map(rowJson(count, rows)) }),
    gaps: gaps.gaps.map((gap) => ({ ...gap })),
  };
}

const ROW_LISTS: Readonly<Record<CountRow, string>> = {
  cpu: 'byCpu',
  cgroup: 'byCgroup',
  thread: 'byThread',
};

function rowJson({ names }: FaultCount, rows: CountRow) {
  return ([key, counts]: [string, FaultCounts]) => {
    if (rows === 'cgroup') return { cgroup: key, ...counts };
    if (rows === 'cpu') return { cpu: Number(key), ...counts };
    return { tid: Number(key), comm: names.get(key) ?? null, ...counts };
  };
}

function csvRows(count: FaultCount, rows: CountRow | null): (string | number | null)[][] {
  const numbers = (counts: FaultCounts) => COUNTED.map((name) => counts[name]);
  const header = rows === 'thread' ? ['tid', 'comm'] : [rows ?? 'rows'];
  const who = (key: string) => (rows === 'thread' ? [key, count.names.get(key) ?? null] : [key]);
  return [
    [...header, ...COUNTED],
    ...[...count.rows].map(([key, counts]) => [...who(key), ...numbers(counts)]),
    [...header.map(() => ''), ...numbers(count.total)],
  ];
}

function summaryLines(count: FaultCount, rows: CountRow | null, look: Look): string[] {
  const { total, elapsedNs } = count;
  const number = (value: number | null) => (value === null ? (look.unicode ? '—' : '-') : formatCount(value));
  const rate = total.faults === null ? '' : ` (${formatRate((total.faults * 1e9) / elapsedNs)})`;
  const time = formatDuration(elapsedNs, look.unicode);
  const lines: Sentence[] = [
    {
      en: `faults ${number(total.faults)}${rate} in ${time}: minor ${number(total.minor)}, major ${number(total.major)}; user ${number(total.user)}, kernel ${number(total.kernel)}`,
      ko: `${time} 동안 폴트 ${number(total.faults)}${rate}: 마이너 ${number(total.minor)}, 메이저 ${number(total.major)}; 사용자 ${number(total.user)}, 커널 ${number(total.kernel)}`,
    },
    ...accountText(count),
    ...(count.userOnly ? [USER_ONLY] : []),
    ...count.ended.map(endedText),
    ...programEndText(count.program),
    ...(rows === null && count.program === null ? [ROWS_HINT] : []),
  ];
  return lines.flatMap((line) => wrap(look.say(line), look.width));
}

/** How our count and the account of the memory management fit together. */
function accountText({ accounted, populated, ofChildren }: FaultCount): Sentence[] {
  if (isMissing(accounted) || isMissing(populated)) return [];
  const [more, all] = [formatCount(populated), formatCount(accounted)];
  const children = ofChildren === null ? 0 : (orNull(ofChildren) ?? 0);
  const texts: Sentence[] = [
    {
      en: `populate and mlock faults ${more}, counted by the kernel, not by perf; with them ${all}`,
      ko: `populate, mlock 폴트 ${more} (perf가 아니라 커널이 셈). 합쳐서 ${all}`,
    },
  ];
  if (children > 0) {
    const count = formatCount(children);
    texts.push({
      en: `${count} of the faults above are of children that the target started; /proc counts them apart`,
      ko: `위의 폴트 가운데 ${count}개는 대상이 시작한 자식의 것이며 /proc는 따로 셉니다`,
    });
  }
  return texts;
}

function endedText({ tgid, comm }: FaultCount['ended'][number]): Sentence {
  const name = `${safeName(comm)} ${tgid}`;
  return {
    en: `${name} ended meanwhile: counted to its end, but for what its calls brought in.`,
    ko: `${name}이(가) 그 사이에 끝났습니다. 끝까지 셌지만 호출 안에서 가져온 페이지는 뺐습니다.`,
  };
}

const USER_ONLY: Sentence = {
  en: '— kernel: faults taken in kernel mode are not shown to this user; run as root, or see keel doctor',
  ko: '— 커널: 커널 모드의 폴트는 이 사용자에게 보이지 않습니다. root로 실행하거나 keel doctor를 보세요',
};

const ROWS_HINT: Sentence = {
  en: 'Exact. Per CPU, cgroup or thread: --by cpu|cgroup|thread',
  ko: '정확한 횟수입니다. CPU, cgroup, 스레드별: --by cpu|cgroup|thread',
};

function rowLines(count: FaultCount, rows: CountRow | null, look: Look): string[] {
  if (rows === null || count.rows.size === 0) return [];
  const width = Math.max(16, look.width - 50);
  const dash = look.unicode ? '—' : '-';
  const cells = (counts: FaultCounts) =>
    COUNTED.map((name) => (counts[name] === null ? dash : formatCount(counts[name])));
  const who = (key: string) =>
    rows === 'thread' ? `${key} ${safeName(count.names.get(key) ?? dash)}` : safeName(key);
  return tableLines(
    [
      { title: look.say(ROW_TITLES[rows]), align: rows === 'cpu' ? 'right' : 'left' },
      ...COUNTED.map((name) => ({ title: look.say(TITLES[name]), align: 'right' as const })),
    ],
    [...count.rows].map(([key, counts]) => [cutMiddle(who(key), width, look.unicode), ...cells(counts)]),
  );
}

const ROW_TITLES: Readonly<Record<CountRow, Sentence>> = {
  cpu: { en: 'CPU', ko: 'CPU' },
  cgroup: { en: 'cgroup', ko: 'cgroup' },
  thread: { en: 'thread', ko: '스레드' },
};

const TITLES: Readonly<Record<(typeof COUNTED)[number], Sentence>> = {
  faults: { en: 'faults', ko: '폴트' },
  minor: { en: 'minor', ko: 'minor' },
  major: { en: 'major', ko: 'major' },
  user: { en: 'user', ko: '사용자' },
  kernel: { en: 'kernel', ko: '커널' },
};
