/** A recording of page faults, as a document and as lines. */
import type { FaultRecording } from '../../../app/record-faults.ts';
import type { Sentence } from '../../../base/sentence.ts';
import { CAUSE_NAMES } from '../../../model/faults/cause.ts';
import type { MappingShare, Share } from '../../../model/faults/summary.ts';
import type { DocumentOutput } from '../../command.ts';
import { formatCount, formatDuration, formatPct, formatShort } from '../../output/format.ts';
import { cutMiddle, type Look, safeName } from '../../output/look.ts';
import { type Column, tableLines } from '../../output/table.ts';

export function faultsOutput(recording: FaultRecording, rows: number): DocumentOutput {
  return {
    kind: 'document',
    json: faultsJson(recording),
    lines: (look) => faultsLines(recording, rows, look),
  };
}

function faultsJson(recording: FaultRecording): DocumentOutput['json'] {
  const { summary, pairing } = recording;
  const { total } = summary;
  return {
    schema: 'keel.faults/1',
    elapsedNs: recording.elapsedNs,
    faults: total.faults,
    minor: total.minor,
    major: total.major,
    lost: recording.lost,
    unpaired: unpairedOf(recording),
    stallNs: total.stallNs,
    counted: {
      faults: Number(recording.counted.entry),
      minor: Number(recording.counted.minor),
      major: Number(recording.counted.major),
    },
    refaultRatio: summary.refaultRatio,
    byCause: summary.byCause.map((share) => ({ cause: share.cause, ...shareJson(share) })),
    byMapping: summary.byMapping.map((share) => ({
      kind: share.kind,
      path: share.path,
      ...shareJson(share),
    })),
    byThread: summary.byThread.map((share) => ({ tgid: share.tgid, tid: share.tid, ...shareJson(share) })),
    byCpu: summary.byCpu.map((share) => ({ cpu: share.cpu, ...shareJson(share) })),
    addressMismatches: pairing.addressMismatches,
    obtainedBy: 'ring',
    overheadPct: overheadPct(recording),
    gaps: recording.userOnly ? [{ ...USER_ONLY }] : [],
  };
}

const USER_ONLY = {
  field: 'faults',
  path: 'perf_event_open',
  reason: 'denied',
  hint: 'faults taken in kernel mode are not shown to this user; run as root or grant CAP_PERFMON',
} as const;

function shareJson(share: Share) {
  const { faults, minor, major, stallNs, p50Ns, p99Ns, maxNs } = share;
  return { faults, minor, major, stallNs, p50Ns, p99Ns, maxNs };
}

function faultsLines(recording: FaultRecording, rows: number, look: Look): string[] {
  const { summary, elapsedNs } = recording;
  const { total } = summary;
  if (total.faults === 0) {
    const seconds = formatDuration(elapsedNs, look.unicode);
    return [
      look.say({ en: `NO PAGE FAULTS in ${seconds}.`, ko: `${seconds} 동안 페이지 폴트가 없었습니다.` }),
      ...footer(recording, look),
    ];
  }
  return [
    look.colors.bold(look.say(verdict(recording, look))),
    ...causeTable(recording, look),
    '',
    ...mappingTable(summary.byMapping, rows, total.stallNs, look),
    ...footer(recording, look),
  ];
}

function verdict({ summary, elapsedNs }: FaultRecording, look: Look): Sentence {
  const { total } = summary;
  const [first] = summary.byCause;
  const stall = formatDuration(total.stallNs, look.unicode);
  const seconds = formatDuration(elapsedNs, look.unicode);
  const share = formatPct((100 * total.stallNs) / elapsedNs);
  const name = first === undefined ? null : CAUSE_NAMES[first.cause];
  const part = first === undefined ? '' : formatPct((100 * first.stallNs) / Math.max(1, total.stallNs));
  return {
    en: `${stall} STALLED in ${seconds} (${share})${name ? `, ${part} of it: ${name.en}` : ''}`,
    ko: `${seconds} 동안 ${stall} 멈춤 (${share})${name ? `, 그중 ${part}: ${name.ko}` : ''}`,
  };
}

const NUMBER_COLUMNS: readonly (readonly [Sentence, 'right'])[] = [
  [{ en: 'faults', ko: '폴트' }, 'right'],
  [{ en: 'major', ko: 'major' }, 'right'],
  [{ en: 'stall', ko: '멈춤' }, 'right'],
  [{ en: 'share', ko: '비율' }, 'right'],
  [{ en: 'p50 / p99 / max', ko: 'p50 / p99 / 최대' }, 'right'],
];

function columnsFor(first: Sentence, look: Look): Column[] {
  return [
    { title: `  ${look.say(first)}` },
    ...NUMBER_COLUMNS.map(([title, align]) => ({ title: look.say(title), align })),
  ];
}

function shareCells(share: Share, stallNs: number, look: Look): string[] {
  const time = (ns: number) => formatDuration(ns, look.unicode);
  return [
    formatCount(share.faults),
    formatCount(share.major),
    time(share.stallNs),
    formatPct((100 * share.stallNs) / Math.max(1, stallNs)),
    [share.p50Ns, share.p99Ns, share.maxNs].map((ns) => formatShort(ns, look.unicode)).join(' / '),
  ];
}

function causeTable({ summary }: FaultRecording, look: Look): string[] {
  const { total } = summary;
  return tableLines(columnsFor({ en: 'cause', ko: '원인' }, look), [
    ...summary.byCause.map((share) => [
      `  ${look.say(CAUSE_NAMES[share.cause])}`,
      ...shareCells(share, total.stallNs, look),
    ]),
    [`  ${look.say({ en: 'total', ko: '합계' })}`, ...shareCells(total, total.stallNs, look)],
  ]);
}

const KIND_NAMES: Readonly<Record<MappingShare['kind'], Sentence>> = {
  file: { en: 'file', ko: '파일' },
  heap: { en: '[heap]', ko: '[힙]' },
  stack: { en: '[stack]', ko: '[스택]' },
  anonymous: { en: 'anonymous memory', ko: '익명 메모리' },
  'shared-memory': { en: 'shared memory', ko: '공유 메모리' },
  kernel: { en: 'kernel page', ko: '커널 페이지' },
  unknown: { en: 'no mapping known', ko: '알려지지 않은 매핑' },
};

function mappingTable(shares: readonly MappingShare[], rows: number, stallNs: number, look: Look): string[] {
  const shown = shares.slice(0, rows);
  const width = Math.max(16, look.width - 61);
  const name = (share: MappingShare) =>
    share.kind === 'file' || share.kind === 'shared-memory'
      ? cutMiddle(safeName(share.path), width, look.unicode)
      : look.say(KIND_NAMES[share.kind]);
  const lines = tableLines(
    columnsFor({ en: 'where', ko: '위치' }, look),
    shown.map((share) => [`  ${name(share)}`, ...shareCells(share, stallNs, look)]),
  );
  const more = shares.length - shown.length;
  if (more > 0)
    lines.push(
      look.say({
        en: `  ${more} more: --show ${shares.length}`,
        ko: `  그 밖에 ${more}개: --show ${shares.length}`,
      }),
    );
  return lines;
}

function footer(recording: FaultRecording, look: Look): string[] {
  const { counted, lost } = recording;
  const unpaired = unpairedOf(recording);
  const cost = formatPct(overheadPct(recording));
  return [
    look.say({
      en: `Obtained by perf rings: the kernel counts ${formatCount(counted.entry)} faults, ${formatCount(lost)} records lost, ${formatCount(unpaired)} unpaired;`,
      ko: `perf 링으로 측정: 커널이 센 폴트 ${formatCount(counted.entry)}개, 잃은 기록 ${formatCount(lost)}개, 짝 없음 ${formatCount(unpaired)}개,`,
    }),
    look.say({ en: `keel itself used ${cost} of one CPU.`, ko: `keel이 쓴 CPU는 한 개의 ${cost}입니다.` }),
    ...(recording.userOnly
      ? [
          look.say({
            en: 'Only faults taken in user mode: those inside system calls are shown to root.',
            ko: '사용자 모드의 폴트만 보입니다. 시스템 호출 안의 폴트는 root에게 보입니다.',
          }),
        ]
      : []),
  ];
}

function unpairedOf({ pairing }: FaultRecording): number {
  return pairing.unservedEntries + pairing.orphanCompletions + pairing.addressMismatches;
}

function overheadPct({ ownCpuNs, elapsedNs }: FaultRecording): number {
  return Math.round((1000 * ownCpuNs) / elapsedNs) / 10;
}
