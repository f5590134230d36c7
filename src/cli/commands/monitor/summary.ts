/** The end of `keel monitor`: totals, rates, time on each CPU, and a small picture of it over time. */
import { isMissing, type Maybe } from '../../../base/missing.ts';
import { groupDecimals } from '../../../base/sentence.ts';
import { MIB } from '../../../base/units.ts';
import { COUNTERS } from '../../../model/activity.ts';
import { perSec } from '../../../model/difference.ts';
import { busyOverTime, type Totals } from '../../../model/totals.ts';
import { barRow, horizontalBar } from '../../output/bars.ts';
import { formatCount, formatDuration, formatPct, formatRate } from '../../output/format.ts';
import { type Look, padEnd, padStart, safeName } from '../../output/look.ts';
import { wrap } from '../../output/wrap.ts';
import { dash, orDash } from './rows.ts';

const MOST_CPUS = 8;
const BAR_COLUMNS = 10;

/** @param named where several are watched, each summary says whose it is */
export function summaryLines(totals: Totals, named: boolean, look: Look): string[] {
  return [
    look.colors.bold(headLine(totals, named, look)),
    ...[countsLine(totals, look), faultsLine(totals, look)].flatMap((line) =>
      wrap(line, look.width - 2).map((part) => `  ${part}`),
    ),
    ...cpuLines(totals, look),
    ...caveatLines(totals, look).flatMap((line) => wrap(line, look.width)),
  ];
}

function headLine(totals: Totals, named: boolean, look: Look): string {
  const who = named ? `${safeName(totals.comm)} ${totals.tid ?? totals.tgid}: ` : '';
  const cpu = orDash(totals.runTimeNs, look, (ns) => formatPct((ns / totals.elapsedNs) * 100));
  const time = formatElapsed(totals.elapsedNs);
  const rss =
    totals.rss === null
      ? ''
      : `   RSS ${mib(totals.rss.firstBytes)} -> ${mib(totals.rss.lastBytes)} MiB${
          totals.rss.mostBytes > Math.max(totals.rss.firstBytes, totals.rss.lastBytes)
            ? look.say({
                en: `, most ${mib(totals.rss.mostBytes)}`,
                ko: `, 최대 ${mib(totals.rss.mostBytes)}`,
              })
            : ''
        }`;
  return look.say({
    en: `${who}${time}, ${cpu} of one CPU on average${rss}`,
    ko: `${who}${time}, 평균 CPU 사용 ${cpu} (CPU 하나 기준)${rss}`,
  });
}

function countsLine(totals: Totals, look: Look): string {
  const moves = counted(totals.migrations, totals, look);
  const voluntary = counted(totals.voluntarySwitches, totals, look);
  const involuntary = counted(totals.involuntarySwitches, totals, look);
  return look.say({
    en: `moves ${moves}   switches: voluntary ${voluntary}, involuntary ${involuntary}`,
    ko: `이동 ${moves}   컨텍스트 스위치: 자발 ${voluntary}, 비자발 ${involuntary}`,
  });
}

function faultsLine(totals: Totals, look: Look): string {
  const delay = orDash(totals.runDelayNs, look, (ns) => {
    const share = formatPct((ns / totals.elapsedNs) * 100);
    return ns === 0 ? '0' : `${formatDuration(ns, look.unicode)} (${share})`;
  });
  const minor = counted(totals.minorFaults, totals, look);
  const major = counted(totals.majorFaults, totals, look);
  return look.say({
    en: `run delay ${delay}   faults: minor ${minor}, major ${major}`,
    ko: `실행 지연 ${delay}   페이지 폴트: 마이너 ${minor}, 메이저 ${major}`,
  });
}

function counted(value: Maybe<number>, { elapsedNs }: Totals, look: Look): string {
  return orDash(
    value,
    look,
    (count) => `${formatCount(count)}${count === 0 ? '' : ` (${formatRate(perSec(count, elapsedNs))})`}`,
  );
}

/** One line a CPU: how long, which share, and when: the moves between CPUs can be seen. */
function cpuLines(totals: Totals, look: Look): string[] {
  const { cpus, timeline, elapsedNs } = totals;
  if (cpus.length === 0) return [];
  const columns = Math.max(10, Math.min(40, look.width - 42));
  const shown = cpus.slice(0, MOST_CPUS);
  const ran = cpus.reduce((total, one) => total + one.runTimeNs, 0);
  const title = look.say({
    en: `over ${formatElapsed(elapsedNs)}; a full block is one CPU`,
    ko: `${formatElapsed(elapsedNs)} 동안. 가득 찬 칸이 CPU 하나`,
  });
  return [
    `  ${padStart('CPU', 4)}  ${padStart(look.say({ en: 'run time', ko: '실행' }), 9)}  ${padEnd(look.say({ en: 'share', ko: '비율' }), 17)}  ${title}`,
    ...shown.map((one) => {
      const share = one.runTimeNs / ran;
      const bar = padEnd(horizontalBar(share, BAR_COLUMNS, look), BAR_COLUMNS);
      const picture = barRow(busyOverTime(timeline, one.cpu, columns), 1, look);
      const time = padStart(formatDuration(one.runTimeNs, look.unicode), 9);
      return `  ${padStart(String(one.cpu), 4)}  ${time}  ${padStart(formatPct(share * 100), 7)} ${bar} ${picture}`.trimEnd();
    }),
    ...(cpus.length > MOST_CPUS
      ? [
          look.say({
            en: `  ${cpus.length - MOST_CPUS} more CPUs with less: --json`,
            ko: `  더 적게 쓴 CPU ${cpus.length - MOST_CPUS}개는 --json으로`,
          }),
        ]
      : []),
  ];
}

/** What the numbers do not say. */
function caveatLines(totals: Totals, look: Look): string[] {
  const lines: string[] = [];
  const ran = totals.cpus.reduce((total, one) => total + one.runTimeNs, 0);
  const exact = totals.cpus.reduce((total, one) => total + one.exactNs, 0);
  if (ran > 0 && exact < ran) {
    const share = formatPct((exact / ran) * 100);
    lines.push(
      look.say({
        en: `Time on each CPU: ${share} is exact (no move in the interval), the rest goes to the CPU seen last.`,
        ko: `CPU별 시간: ${share}는 정확하며(구간 중 이동 없음), 나머지는 마지막으로 본 CPU에 넣었습니다.`,
      }),
    );
  }
  if (totals.bornThreads + totals.endedThreads > 0) {
    const { bornThreads: born, endedThreads: ended } = totals;
    lines.push(
      look.say({
        en: `Threads: ${born} born, ${ended} ended. What an ended one did after its last reading is in CPU time and faults; its moves, switches and delay are counted nowhere.`,
        ko: `스레드: ${born}개 생김, ${ended}개 끝남. 끝난 스레드가 마지막으로 읽힌 뒤 한 일은 CPU 시간과 폴트에만 들어 있으며, 이동, 전환, 지연은 어디에도 집계되지 않습니다.`,
      }),
    );
  }
  const missing = COUNTERS.map((name) => totals[name]).find(isMissing);
  if (missing !== undefined) {
    lines.push(
      look.say({
        en: `${dash(look)} not readable: ${missing.path} (${missing.missing})`,
        ko: `${dash(look)} 읽을 수 없음: ${missing.path} (${missing.missing})`,
      }),
    );
  }
  return lines;
}

function formatElapsed(ns: number): string {
  return ns < 60e9 ? `${(ns / 1e9).toFixed(3)} s` : formatDuration(ns);
}

function mib(bytes: number): string {
  return bytes < 10 * MIB ? String(Number((bytes / MIB).toFixed(2))) : groupDecimals(bytes / MIB, 0);
}
