/** What was watched for late moments, as lines: the answer first, how it was obtained last. */
import { isMissing } from '../../../base/missing.ts';
import { plural, type Sentence, verbatim } from '../../../base/sentence.ts';
import { DISTANCE_NAMES } from '../../../model/cpu-distance.ts';
import { FIRST_LATE_ROW, rowBounds } from '../../../model/late/lateness-rows.ts';
import type { LateMoment } from '../../../model/late/moments.ts';
import { differencePct, type IdentityName } from '../../../model/late/reconciliation.ts';
import type { TickSummary } from '../../../model/late/summary.ts';
import type { WatchedLate } from '../../../model/late/watched.ts';
import type { DocumentOutput } from '../../command.ts';
import { horizontalBar } from '../../output/bars.ts';
import { formatCount, formatDuration, formatPct, significant } from '../../output/format.ts';
import { type Look, safeName } from '../../output/look.ts';
import { tableLines } from '../../output/table.ts';
import { wrap } from '../../output/wrap.ts';
import { causeLines } from './causes.ts';
import { lateJson, overheadPct } from './json.ts';
import { threadLines } from './threads.ts';

const EXIT_GONE = 5;
const BAR_WIDTH = 32;

export interface LateView {
  /** As the user typed it. */
  readonly target: string;
  readonly threads: boolean;
}

export function lateOutput(watched: WatchedLate, view: LateView): DocumentOutput {
  return {
    kind: 'document',
    json: lateJson(watched),
    lines: (look) => lateLines(watched, view, look),
    findings: watched.summary.moments ?? 0,
    ...(watched.ended ? { exitCode: EXIT_GONE } : {}),
  };
}

function lateLines(watched: WatchedLate, view: LateView, look: Look): string[] {
  const { summary, obtainedBy } = watched;
  const say = (sentence: Sentence) => wrap(safeName(look.say(sentence)), look.width);
  return [
    ...say(verdict(watched, look)).map(look.colors.bold),
    ...(summary.tick === null && obtainedBy !== 'proc' ? say(noTick(watched, view, look)) : []),
    ...(summary.tick?.timer === 'restarts' ? say(RESTARTS) : []),
    ...(obtainedBy === 'proc' ? [] : histogram(watched, look)),
    ...(summary.lateNs > 0 ? causeLines(summary, look) : []),
    ...(view.threads || obtainedBy === 'proc' ? threadLines(watched, look) : []),
    ...footer(watched, look).flatMap(say),
    ...next(watched, view).flatMap(say),
  ];
}

function verdict({ summary, elapsedNs, overNs, target, obtainedBy }: WatchedLate, look: Look): Sentence {
  const { tick, moments, lateNs } = summary;
  const [seconds, late, over] = [elapsedNs, lateNs, overNs].map((ns) => formatDuration(ns, look.unicode));
  if (obtainedBy === 'proc') {
    return {
      en: `THREADS WAITED ${late} in ${seconds}: ${target.comm} ${target.tgid}, all together; moments are not known`,
      ko: `스레드가 기다린 시간 ${late} (${seconds} 동안, ${target.comm} ${target.tgid} 전체). 순간은 알 수 없음`,
    };
  }
  const where = tick === null ? `${target.comm} ${target.tgid}` : tickName(tick);
  if (moments === 0) {
    return {
      en: `NO LATE MOMENTS over ${over} in ${seconds}: ${where}`,
      ko: `${seconds} 동안 ${over} 이상 늦은 순간이 없음: ${where}`,
    };
  }
  const ticks = tick === null ? null : tick.latenessNs.length;
  const share = formatPct((100 * (moments ?? 0)) / Math.max(1, ticks ?? 1));
  return {
    en: `${plural(moments ?? 0, 'LATE MOMENT', 'LATE MOMENTS')}${ticks === null ? '' : ` of ${formatCount(ticks)} ticks (${share})`}, ${late} in all: ${where}`,
    ko: `늦은 순간 ${formatCount(moments ?? 0)}번${ticks === null ? '' : ` (${formatCount(ticks)}틱 중 ${share})`}, 모두 ${late}: ${where}`,
  };
}

function tickName({ task, hz }: TickSummary): string {
  return `${task.comm} ${task.tid}, ${significant(hz)} Hz`;
}

/** As setInterval of Node.js is. */
const RESTARTS: Sentence = {
  en: 'Its timer is set again when it fires: a late tick makes all behind it later.',
  ko: '타이머가 실행될 때마다 다시 맞춰집니다. 틱 하나가 늦으면 그 뒤의 틱도 모두 늦어집니다.',
};

function noTick({ overNs, target, summary }: WatchedLate, view: LateView, look: Look): Sentence {
  const over = formatDuration(overNs, look.unicode);
  if (summary.freeRunning !== null) {
    const { task, medianHz } = summary.freeRunning;
    const hz = significant(medianHz);
    return {
      en: `NO TICK FOUND: ${task.comm} ${task.tid} is free-running, median ${hz} Hz: it sleeps for a time and works for another, and has no due times. A moment is late time of ${over} or more without a break; another limit: keel late ${view.target} --over 5ms`,
      ko: `틱 없음: ${task.comm} ${task.tid} 스레드는 정해진 시각 없이 잠과 작업을 되풀이합니다(중앙값 ${hz} Hz). 순간은 끊김 없이 ${over} 이상 늦은 시간입니다. 다른 기준: keel late ${view.target} --over 5ms`,
    };
  }
  return {
    en: `NO TICK FOUND: no thread of ${target.comm} wakes at a fixed rate. A moment is late time of ${over} or more without a break; another limit: keel late ${view.target} --over 5ms`,
    ko: `틱 없음: ${target.comm}에는 일정한 주기로 깨어나는 스레드가 없습니다. 순간은 끊김 없이 ${over} 이상 늦은 시간입니다. 다른 기준: keel late ${view.target} --over 5ms`,
  };
}

function histogram({ summary, overNs }: WatchedLate, look: Look): string[] {
  const { rows, tick } = summary;
  const all = rows.reduce((sum, count) => sum + count, 0);
  if (all === 0) return [];
  const most = Math.max(...rows);
  const last = rows.findLastIndex((count) => count > 0);
  const lines = rows
    .slice(0, Math.max(last + 1, FIRST_LATE_ROW))
    .map((count, row) => [
      `  ${look.say(rowName(row, overNs, look))}`,
      formatCount(count),
      `${horizontalBar(count / most, BAR_WIDTH, look)}${row === FIRST_LATE_ROW && tick !== null ? look.say({ en: ' late', ko: ' 늦음' }) : ''}`,
    ]);
  const columns = [
    {
      title: `  ${look.say(tick === null ? { en: 'wait for a CPU', ko: 'CPU 대기' } : { en: 'lateness', ko: '늦은 정도' })}`,
    },
    {
      title: look.say(tick === null ? { en: 'waits', ko: '횟수' } : { en: 'ticks', ko: '틱' }),
      align: 'right' as const,
    },
    { title: '' },
  ];
  return tableLines(columns, lines);
}

function rowName(row: number, overNs: number, look: Look): Sentence {
  const [fromNs, toNs] = rowBounds(row, overNs);
  const [from, to] = [fromNs, toNs ?? 0].map((ns) => formatDuration(ns, look.unicode));
  if (row === 0) return { en: `under ${to}`, ko: `${to} 미만` };
  return toNs === null ? { en: `${from} and more`, ko: `${from} 이상` } : verbatim(`${from} - ${to}`);
}

const IDENTITY_NAMES: Readonly<Record<IdentityName, Sentence>> = {
  'run-delay': { en: 'waited for CPUs', ko: 'CPU 대기' },
  'run-delay-and-run-time': { en: 'waited and ran', ko: '대기와 실행' },
  'throttled-time': { en: 'stopped by the quota', ko: '할당량으로 멈춤' },
  steal: { en: 'taken by the hypervisor', ko: '하이퍼바이저가 가져감' },
};

function footer(watched: WatchedLate, look: Look): Sentence[] {
  const cost = formatPct(overheadPct(watched));
  if (watched.obtainedBy === 'proc') {
    const why = watched.because === null ? '' : ` (${watched.because.detail ?? watched.because.path})`;
    return [
      {
        en: `Obtained from /proc, read twice${why}; keel itself used ${cost} of one CPU. With root each moment has its cause.`,
        ko: `/proc를 두 번 읽어 얻음${why}. keel이 쓴 CPU는 한 개의 ${cost}입니다. root로 실행하면 순간마다 원인이 나옵니다.`,
      },
      ...endedLine(watched),
    ];
  }
  const way = WAY_NAMES[watched.obtainedBy];
  return [
    {
      en: `Obtained by ${way.en}: ${plural(watched.events, 'event')}, ${formatCount(watched.lost)} lost; keel itself used ${cost} of one CPU.`,
      ko: `${way.ko} 측정: 이벤트 ${formatCount(watched.events)}개, 잃은 것 ${formatCount(watched.lost)}개. keel이 쓴 CPU는 한 개의 ${cost}입니다.`,
    },
    ...(watched.obtainedBy === 'ring' ? [untoldByRing(watched)] : []),
    ...reconciled(watched, look),
    ...incomplete(watched, look),
    ...moved(watched),
    ...endedLine(watched),
  ];
}

const WAY_NAMES: Readonly<Record<'bpf' | 'ring', Sentence>> = {
  bpf: { en: 'BPF', ko: 'BPF로' },
  ring: { en: 'perf rings', ko: 'perf 링으로' },
};

function untoldByRing({ because }: WatchedLate): Sentence {
  const why = because === null ? '' : ` (${because.detail ?? because.path})`;
  return {
    en: `Only BPF${why} tells locks, waits for I/O, quotas and what the hypervisor takes: such sleep counts as meant, stops by a quota as other tasks or unexplained.`,
    ko: `락, I/O 대기, 할당량, 하이퍼바이저가 가져간 시간은 BPF로만 알 수 있습니다${why}. 그런 잠은 의도한 잠으로, 할당량으로 멈춘 시간은 다른 태스크나 설명되지 않은 시간으로 계산합니다.`,
  };
}

/** Ours beside the kernel's, on as few lines as fit. */
function reconciled({ identities, counts }: WatchedLate, look: Look): Sentence[] {
  const known = identities.flatMap(({ identity, oursNs, kernelNs }) => {
    if (isMissing(kernelNs) || (oursNs === 0 && kernelNs === 0)) return [];
    const [ours, kernel] = [oursNs, kernelNs].map((ns) => formatDuration(ns, look.unicode));
    const pct = differencePct(oursNs, kernelNs);
    const off = pct === null ? '' : ` (${pct > 0 ? '+' : ''}${pct.toFixed(1)} %)`;
    const { en, ko } = IDENTITY_NAMES[identity];
    return [{ en: `${en} ${ours}, kernel ${kernel}${off}`, ko: `${ko} ${ours}, 커널 ${kernel}${off}` }];
  });
  const switches = counts.flatMap(({ count, ours, kernel }) =>
    count !== 'switches' || isMissing(kernel)
      ? []
      : [
          {
            en: `switches ${formatCount(ours)}, kernel ${formatCount(kernel)}`,
            ko: `전환 ${formatCount(ours)}, 커널 ${formatCount(kernel)}`,
          },
        ],
  );
  const all = [...known, ...switches];
  if (all.length === 0) return [];
  const joined = (language: keyof Sentence) => all.map((one) => one[language]).join('; ');
  return [{ en: `Checked: ${joined('en')}.`, ko: `검산: ${joined('ko')}.` }];
}

function incomplete({ incomplete: threads, healedNs, unseenSwitches }: WatchedLate, look: Look): Sentence[] {
  const healed = formatDuration(healedNs, look.unicode);
  const lines: Sentence[] = [];
  if (unseenSwitches > 0) {
    lines.push({
      en: `${plural(unseenSwitches, 'switch', 'switches')} of other tasks were not told by the kernel; ${healed} were judged by the tasks that were met instead.`,
      ko: `커널이 알리지 않은 다른 태스크의 전환 ${formatCount(unseenSwitches)}번. 그동안의 ${healed}은 실제로 만난 태스크로 판단했습니다.`,
    });
  }
  const [first] = threads;
  if (first === undefined) return lines;
  const count = threads.reduce((sum, one) => sum + one.missing, 0);
  const others = threads.length - 1;
  const name = `${first.comm} ${first.tid}`;
  lines.push({
    en: `RECORDS ARE MISSING: ${plural(count, 'switch', 'switches')} of ${name}${others > 0 ? ` and ${plural(others, 'more thread')}` : ''}; the times above are low.`,
    ko: `빠진 기록이 있습니다: ${name}${others > 0 ? ` 외 스레드 ${others}개` : ''}의 전환 ${formatCount(count)}번. 위의 시간은 실제보다 작습니다.`,
  });
  return lines;
}

/** How often its threads went to another CPU, and how far. */
function moved({ summary: { moves } }: WatchedLate): Sentence[] {
  if (moves.length === 0) return [];
  const all = moves.reduce((sum, one) => sum + one.moves, 0);
  const list = (language: keyof Sentence) =>
    moves
      .map(({ distance, moves: count }) => {
        const name = distance === null ? UNKNOWN_DISTANCE : DISTANCE_NAMES[distance];
        return `${name[language]} ${formatCount(count)}`;
      })
      .join(', ');
  return [
    {
      en: `Moved to another CPU ${plural(all, 'time')}: ${list('en')}.`,
      ko: `다른 CPU로 옮겨진 횟수 ${formatCount(all)}번: ${list('ko')}.`,
    },
  ];
}

const UNKNOWN_DISTANCE: Sentence = { en: 'distance not known', ko: '거리 알 수 없음' };

function endedLine({ ended, target, elapsedNs }: WatchedLate): Sentence[] {
  if (!ended) return [];
  const seconds = (elapsedNs / 1e9).toFixed(1);
  return [
    {
      en: `${target.comm} ${target.tgid} ended after ${seconds} s; all until then is above.`,
      ko: `${target.comm} ${target.tgid}이(가) ${seconds}초 뒤에 끝났습니다. 그때까지의 결과입니다.`,
    },
  ];
}

/** The worst moment that was kept. */
function next({ summary }: WatchedLate, { target }: LateView): Sentence[] {
  const worst = summary.kept.reduce<LateMoment | null>(
    (most, one) => (most === null || one.lateNs > most.lateNs ? one : most),
    null,
  );
  if (worst === null) return [];
  const line = `keel late ${target} --show ${summary.kept.indexOf(worst) + 1}`;
  return [
    {
      en: `Next: ${line}     the worst moment, part by part`,
      ko: `다음: ${line}     가장 늦은 순간을 자세히`,
    },
  ];
}
