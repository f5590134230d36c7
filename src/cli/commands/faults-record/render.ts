/** A recording of page faults, as lines. */
import { hintFor } from '../../../base/missing.ts';
import { plural, type Sentence, verbatim } from '../../../base/sentence.ts';
import { CAUSE_NAMES } from '../../../model/faults/cause.ts';
import { byFunction, type FaultRecording } from '../../../model/faults/recording.ts';
import type { MappingShare } from '../../../model/faults/summary.ts';
import type { DocumentOutput } from '../../command.ts';
import { formatCount, formatDuration, formatPct } from '../../output/format.ts';
import { cutMiddle, type Look, safeName } from '../../output/look.ts';
import { moreLine } from '../../output/more.ts';
import { programEndText } from '../../output/program-end.ts';
import { tableLines } from '../../output/table.ts';
import { wrap } from '../../output/wrap.ts';
import { functionTable, verdictOnFunctions } from './functions.ts';
import { faultsJson, overheadPct } from './json.ts';
import { nodeTable } from './nodes.ts';
import { columnsFor, shareCells } from './shares.ts';
import { DEFAULT_ROWS } from './show.ts';

export function faultsOutput(recording: FaultRecording, rows = DEFAULT_ROWS): DocumentOutput {
  return {
    kind: 'document',
    json: faultsJson(recording),
    lines: (look) => faultsLines(recording, rows, look),
  };
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
  const functions = byFunction(recording);
  return [
    look.colors.bold(look.say(verdict(recording, look))),
    ...causeTable(recording, look),
    '',
    ...mappingTable(summary.byMapping, rows, total.stallNs, look),
    '',
    ...functionTable(functions, recording, rows, look),
    '',
    ...nodeTable(summary, look),
    ...verdictOnFunctions(functions, total, look),
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

/** A path, or what kind of memory it is. */
export function mappingName(mapping: Pick<MappingShare, 'kind' | 'path'>, look: Look): string {
  const hasPath = mapping.kind === 'file' || mapping.kind === 'shared-memory';
  return hasPath ? safeName(mapping.path) : look.say(KIND_NAMES[mapping.kind]);
}

function mappingTable(shares: readonly MappingShare[], rows: number, stallNs: number, look: Look): string[] {
  const shown = shares.slice(0, rows);
  const width = Math.max(16, look.width - 61);
  const lines = tableLines(
    columnsFor({ en: 'where', ko: '위치' }, look),
    shown.map((share) => [
      `  ${cutMiddle(mappingName(share, look), width, look.unicode)}`,
      ...shareCells(share, stallNs, look),
    ]),
  );
  return [...lines, ...moreLine(shares.length, shown.length, look)];
}

function footer(recording: FaultRecording, look: Look): string[] {
  const lines = [
    ...(recording.damaged ? [DAMAGED] : recording.cut ? [CUT] : []),
    ...(recording.cut ? [] : [obtained(recording, look.unicode)]),
    ...(recording.userOnly ? [USER_ONLY] : []),
    ...unread(recording),
    ...programEndText(recording.program),
  ];
  return lines.flatMap((line) => wrap(look.say(line), look.width));
}

const USER_ONLY: Sentence = {
  en: 'Only faults taken in user mode: those inside system calls are shown to root.',
  ko: '사용자 모드의 폴트만 보입니다. 시스템 호출 안의 폴트는 root에게 보입니다.',
};

const DAMAGED: Sentence = {
  en: 'THE FILE IS DAMAGED: a part of it is not what was written, and nothing behind that can be read. All faults before it are above.',
  ko: '파일이 손상되었습니다. 일부가 기록한 내용과 다르며 그 뒤는 읽을 수 없습니다. 그 앞의 폴트는 모두 위에 있습니다.',
};

const CUT: Sentence = {
  en: 'THE FILE ENDS EARLY: recording was cut off. All faults that are whole in it are above; names of functions, lost records and the cost are written at the end, so they are not known.',
  ko: '파일이 중간에 끝났습니다. 온전한 폴트는 모두 위에 있습니다. 함수 이름, 잃은 기록 수, 비용은 끝에 쓰이므로 알 수 없습니다.',
};

function obtained(recording: FaultRecording, unicode: boolean): Sentence {
  const [counted, lost, unpaired] = [recording.counted.entry, recording.lost, recording.unpaired].map(
    formatCount,
  );
  const cost = formatPct(overheadPct(recording));
  const analysis = analysisCost(recording, unicode);
  return {
    en: `Obtained by ${recording.obtainedBy === 'bpf' ? 'BPF' : 'perf rings'}: the kernel counts ${counted} faults, ${lost} records lost, ${unpaired} unpaired; keel itself used ${cost} of one CPU${analysis.en}.`,
    ko: `${recording.obtainedBy === 'bpf' ? 'BPF' : 'perf 링으'}로 측정: 커널이 센 폴트 ${counted}개, 잃은 기록 ${lost}개, 짝 없음 ${unpaired}개. keel이 쓴 CPU는 한 개의 ${cost}입니다${analysis.ko}.`,
  };
}

/** What it took to explain the faults afterwards, which the target did not feel. */
function analysisCost({ analysisCpuNs }: FaultRecording, unicode: boolean): Sentence {
  if (analysisCpuNs === undefined) return { en: '', ko: '' };
  const time = formatDuration(analysisCpuNs, unicode);
  return { en: `, and ${time} afterwards to explain them`, ko: ` (기록 뒤 분석에 ${time})` };
}

/** Why code has no names: one line, however many files. */
function unread({ unread: files }: FaultRecording): Sentence[] {
  const [first] = files;
  if (first === undefined) return [];
  const path = safeName(first.path);
  const why = first.detail === undefined ? hintFor(first.missing) : verbatim(first.detail);
  const others = files.length - 1;
  return [
    {
      en: `No names for ${path}: ${why.en}${others > 0 ? `; nor for ${plural(others, 'more file')} (--json)` : ''}.`,
      ko: `${path}의 함수 이름 없음: ${why.ko}${others > 0 ? `. 그 밖에 ${others}개 (--json)` : ''}.`,
    },
  ];
}
