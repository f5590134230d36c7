/** The page of a report: verdict, figures, evidence, what to do, how it was measured, limits. */
import { formatCount, formatDuration, formatPct } from '../../../base/format.ts';
import { GapList, isMissing } from '../../../base/missing.ts';
import { type Sentence, verbatim } from '../../../base/sentence.ts';
import { differencePct } from '../../../model/late/reconciliation.ts';
import type { LateSource, WatchedLate } from '../../../model/late/watched.ts';
import type { Topology } from '../../../model/topology.ts';
import type { Block, Figure, Page, Section } from '../../../report/page.ts';
import type { Look } from '../../output/look.ts';
import { lateJson, overheadPct } from '../late/json.ts';
import { recommendJson } from '../recommend/json.ts';
import { topologySvg } from '../topo/picture/draw.ts';
import { whyOutput } from '../why/render.ts';
import { adviceSection } from './advice.ts';
import { evidenceSection } from './evidence.ts';
import { headlineOf } from './headline.ts';
import { hosterSection } from './hoster.ts';
import type { Seen } from './look-at.ts';
import { cell, left, paragraph, right, safe } from './phrases.ts';
import { triedSection } from './tried.ts';
import { seriesJson, workSection } from './work.ts';

export function reportPage(seen: Seen, topology: Topology, look: Look): Page {
  const { comm, tgid } = seen.late.target;
  const { watched } = seen.recommended.measured;
  const headline = headlineOf(seen.late, watched);
  const hoster = hosterSection(seen.late, watched.diagnosis.findings, look);
  return {
    title: safe({ en: `keel report: ${comm} ${tgid}`, ko: `keel 보고서: ${comm} ${tgid}` }),
    verdict: headline.process,
    second: headline.machine,
    about: aboutSentence(seen, topology),
    figures: figuresOf(seen.late),
    sections: [
      evidenceSection(seen, look),
      workSection(seen, look),
      triedSection(seen, look),
      adviceSection(seen),
      ...(hoster === null ? [] : [hoster]),
      machineSection(topology, look),
      methodSection(seen.late),
      limitsSection(seen),
    ],
    data: reportJson(seen),
  };
}

/** `keel.report/1`: the documents of the commands it is made of. */
export function reportJson(seen: Seen) {
  const { late, recommended, startedUnixMs, identity } = seen;
  const gaps = new GapList();
  const headline = headlineOf(late, recommended.measured.watched);
  return {
    schema: 'keel.report/1' as const,
    startedUnixMs,
    tgid: late.target.tgid,
    comm: late.target.comm,
    hostName: identity.hostName,
    commandLine: identity.commandLine === null ? null : gaps.take('commandLine', identity.commandLine),
    verdict: headline.process.en,
    machine: headline.machine?.en ?? null,
    gaps: gaps.gaps,
    why: whyOutput(recommended.measured.watched, { show: Number.POSITIVE_INFINITY }).json,
    late: lateJson(late),
    recommend: recommendJson(recommended, null),
    series: seriesJson(seen),
  };
}

function aboutSentence({ late, startedUnixMs, identity }: Seen, topology: Topology): Sentence {
  const at = `${new Date(startedUnixMs).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
  const { comm, tgid } = late.target;
  const took = formatDuration(late.elapsedNs);
  const model = topology.model === null ? '' : `, ${topology.model}`;
  const cpus = topology.online.size;
  const of = identity.hostName === null ? '' : `, ${identity.hostName}`;
  const line = lineOf(identity);
  return safe({
    en: `${at}${of}; ${comm} ${tgid}, watched for ${took}; ${cpus} CPUs online${model}${line.en}`,
    ko: `${at}${of}. ${comm} ${tgid}을(를) ${took} 동안 관찰. 온라인 CPU ${cpus}개${model}${line.ko}`,
  });
}

function lineOf({ commandLine }: Seen['identity']): Sentence {
  if (commandLine === null) return verbatim('');
  if (!isMissing(commandLine)) return verbatim(`; ${commandLine}`);
  const { missing } = commandLine;
  return { en: `; command line not readable: ${missing}`, ko: `; 명령줄을 읽을 수 없음: ${missing}` };
}

function figuresOf({ summary, overNs }: WatchedLate): readonly Figure[] {
  const { tick, moments, lateNs, byCause, threads } = summary;
  const unexplainedNs = byCause.find(({ cause }) => cause === 'unexplained')?.lateNs ?? 0;
  const worst = tick === null ? threads[0]?.p99Ns : tick.latenessP99Ns;
  const count = moments === null ? '—' : formatCount(moments);
  return [
    tick === null
      ? { value: count, name: { en: 'late moments', ko: '늦은 순간' } }
      : {
          // Moments of its thread can be more: it may wake up between ticks.
          value: `${formatCount(tick.latenessNs.filter((ns) => ns >= overNs).length)} / ${formatCount(tick.latenessNs.length)}`,
          name: { en: 'late ticks', ko: '늦은 틱' },
        },
    {
      value: worst === undefined || worst === null ? '—' : formatDuration(worst),
      name:
        tick === null
          ? { en: 'p99 of waiting for a CPU, worst thread', ko: 'CPU 대기 p99, 가장 나쁜 스레드' }
          : { en: 'p99 of lateness', ko: '늦은 정도 p99' },
    },
    {
      value: lateNs === 0 ? '—' : formatPct(100 * (1 - unexplainedNs / lateNs)),
      name: { en: 'of late time explained', ko: '늦은 시간 중 설명된 비율' },
    },
  ];
}

function machineSection(topology: Topology, look: Look): Section {
  return {
    title: { en: 'The machine', ko: '컴퓨터' },
    blocks: [
      {
        kind: 'picture',
        svg: topologySvg(topology, look),
        describes: { en: 'packages, caches, cores and CPUs', ko: '패키지, 캐시, 코어, CPU' },
      },
    ],
  };
}

const SOURCE_NAMES: Readonly<Record<LateSource, Sentence>> = {
  bpf: { en: 'BPF', ko: 'BPF' },
  ring: { en: 'perf rings', ko: 'perf 링' },
  proc: { en: "the kernel's own counters", ko: '커널의 카운터' },
};

function methodSection(late: WatchedLate): Section {
  const [took, over] = [formatDuration(late.elapsedNs), formatDuration(late.overNs)];
  const [events, lost, cost] = [
    formatCount(late.events),
    formatCount(late.lost),
    formatPct(overheadPct(late)),
  ];
  const by = SOURCE_NAMES[late.obtainedBy];
  return {
    title: { en: 'How it was measured', ko: '측정 방법' },
    blocks: [
      paragraph({
        en: `Obtained by ${by.en} for ${took}: ${events} events, ${lost} lost; it cost ${cost} of one CPU. A moment is late time of ${over} or more without a break, or a tick with so much.`,
        ko: `${by.ko}에서 ${took} 동안 얻음: 이벤트 ${events}개, 유실 ${lost}개. 비용은 CPU 하나의 ${cost}. 순간은 끊김 없이 ${over} 이상 늦은 시간이거나 그만큼 늦은 틱입니다.`,
      }),
      ...reconciliationBlocks(late),
    ],
  };
}

function reconciliationBlocks({ identities }: WatchedLate): readonly Block[] {
  const known = identities.filter(({ kernelNs }) => !isMissing(kernelNs));
  if (known.length === 0) return [];
  return [
    {
      kind: 'table',
      columns: [
        left({ en: 'cross-check', ko: '대조' }),
        right({ en: 'ours', ko: '측정값' }),
        right({ en: "the kernel's", ko: '커널의 값' }),
        right({ en: 'difference', ko: '차이' }),
      ],
      rows: known.map((one) => [
        cell(one.identity),
        cell(formatDuration(one.oursNs)),
        cell(isMissing(one.kernelNs) ? '—' : formatDuration(one.kernelNs)),
        cell(differenceText(one)),
      ]),
      total: null,
    },
  ];
}

function differenceText(one: WatchedLate['identities'][number]): string {
  const pct = isMissing(one.kernelNs) ? null : differencePct(one.oursNs, one.kernelNs);
  return pct === null ? '—' : formatPct(pct);
}

function limitsSection({ late, recommended }: Seen): Section {
  const { gaps } = recommended.measured.watched.diagnosis;
  return {
    title: { en: 'Limits', ko: '한계' },
    blocks: [
      paragraph({
        en: 'What was seen holds for this window and this load; it does not prove what a change would do.',
        ko: '관찰된 내용은 이 시간과 이 부하에서만 유효하며, 변경의 효과를 입증하지는 않습니다.',
      }),
      ...(late.because === null
        ? []
        : [
            paragraph({
              en: 'Single moments could not be told: following every switch needs root and BPF. Times are those the kernel counts anyway.',
              ko: '순간을 하나하나 볼 수 없었습니다. 전환을 모두 추적하려면 root와 BPF가 필요합니다. 시간은 커널이 세는 값입니다.',
            }),
          ]),
      ...(gaps.length === 0
        ? []
        : [
            {
              kind: 'table' as const,
              columns: [
                left({ en: 'not readable', ko: '읽을 수 없던 것' }),
                left({ en: 'why, and what would help', ko: '이유와 해결 방법' }),
              ],
              rows: gaps.map(({ field, hint, reason }) => [cell(field), cell(`${reason}: ${hint}`)]),
              total: null,
            },
          ]),
    ],
  };
}
