/** `keel warm`: the plan, and what came of it. */
import type { Populated, PopulatePlan } from '../../../app/populate-memory.ts';
import type { Warmed, WarmPlan } from '../../../app/warm-memory.ts';
import { GapList } from '../../../base/missing.ts';
import type { Sentence } from '../../../base/sentence.ts';
import { broughtInBytes, type MemoryState, missingBytes } from '../../../model/warming.ts';
import type { DocumentOutput } from '../../command.ts';
import { formatBytes, formatDuration } from '../../output/format.ts';
import { cutMiddle, type Look, safeName } from '../../output/look.ts';
import { tableLines } from '../../output/table.ts';
import { wrap } from '../../output/wrap.ts';
import { populatedLines, populateJson, stopSentence } from './populated.ts';

const SHOWN_FILES = 10;
const NAME_WIDTH = 36;

export function planOutput(plan: WarmPlan, populate: PopulatePlan | null): DocumentOutput {
  return {
    kind: 'document',
    json: { ...json(plan, null), populate: populateJson(populate, null) },
    lines: (look) => planLines(plan, populate, look),
  };
}

export function warmedOutput(plan: WarmPlan, warmed: Warmed): DocumentOutput {
  return {
    kind: 'document',
    json: { ...json(plan, warmed), populate: null },
    lines: (look) => [...stateTable(plan.before, warmed.after, look), ...resultLines(plan, warmed, look)],
  };
}

/** The state at the end, after both: what was read, and what was mapped in. */
export function populatedOutput(
  plan: WarmPlan,
  warmed: Warmed,
  populate: PopulatePlan,
  populated: Populated,
): DocumentOutput {
  const both = { ...warmed, after: populated.after };
  return {
    kind: 'document',
    json: withPopulated(json(plan, both), populate, populated),
    lines: (look) => [
      ...stateTable(plan.before, populated.after, look),
      ...resultLines(plan, warmed, look),
      ...populatedLines(plan.before, populated, look),
    ],
  };
}

function withPopulated(warmed: ReturnType<typeof json>, populate: PopulatePlan, populated: Populated) {
  const missed = new GapList();
  missed.take('populate.minorFaults', populated.faults);
  const gaps = [...warmed.gaps, ...missed.gaps.map((gap) => ({ ...gap }))];
  return { ...warmed, populate: populateJson(populate, populated), gaps };
}

function json({ target, wish, only, mappings, before }: WarmPlan, warmed: Warmed | null) {
  const plain = (state: MemoryState) => ({ ...state, files: state.files.map((file) => ({ ...file })) });
  const gaps = before.files
    .filter((file) => file.cachedBytes === null)
    .map(({ path }) => ({
      field: 'cachedBytes',
      path,
      reason: 'absent',
      hint: 'cachestat(2) is of Linux 6.5, and the file must be the one that was mapped',
    }));
  return {
    schema: 'keel.warm/1',
    tgid: target.tgid,
    comm: target.comm,
    wish,
    file: only,
    mappings: mappings.length,
    before: plain(before),
    after: warmed === null ? null : plain(warmed.after),
    advisedBytes: warmed?.advisedBytes ?? null,
    broughtInBytes: warmed === null ? null : broughtInBytes(before, warmed.after),
    refusedMappings: warmed?.refused ?? null,
    stillReading: warmed?.stillReading ?? null,
    elapsedNs: warmed?.elapsedNs ?? null,
    gaps,
  } as const;
}

/** What is out now, and what will be asked for. */
export function planLines(plan: WarmPlan, populate: PopulatePlan | null, look: Look): string[] {
  const { target, wish, before, mappings } = plan;
  const name = `${safeName(target.comm)} ${target.tgid}`;
  const paragraph = (sentence: Sentence) => wrap(look.say(sentence), look.width);
  if (mappings.length === 0) {
    return paragraph({
      en: `${name} has nothing that could be asked for: no mapped file, nothing in swap.`,
      ko: `${name}에는 요청할 것이 없습니다. 매핑된 파일도 스왑에 나간 메모리도 없습니다.`,
    });
  }
  return [
    ...stateTable(before, null, look),
    ...paragraph(WISHES[wish](name, before, look)),
    ...(populate === null ? [] : paragraph(stopSentence(populate, look))),
  ];
}

const WISHES: Readonly<
  Record<WarmPlan['wish'], (name: string, before: MemoryState, look: Look) => Sentence>
> = {
  warm: (name, before) => ({
    en: `Plan: up to ${formatBytes(missingBytes(before))} read for ${name}, which goes on meanwhile.`,
    ko: `계획: ${name}을(를) 위해 최대 ${formatBytes(missingBytes(before))}를 읽습니다. 프로세스는 멈추지 않습니다.`,
  }),
  cold: (name, before) => ({
    en: `Plan: ${formatBytes(before.residentBytes)} of ${name} may be taken before other memory; it stays where it is until then.`,
    ko: `계획: ${name}의 ${formatBytes(before.residentBytes)}를 다른 메모리보다 먼저 회수하게 합니다. 그때까지는 그대로 있습니다.`,
  }),
  pageout: (name, before) => ({
    en: `Plan: up to ${formatBytes(before.residentBytes)} of ${name} put out now; what is of no file, as far as swap has room. It will wait for storage at each page it needs again. keel warm brings it back.`,
    ko: `계획: ${name}의 메모리를 최대 ${formatBytes(before.residentBytes)}까지 지금 내보냅니다. 파일이 아닌 메모리는 스왑에 자리가 있는 만큼만 나갑니다. 다시 쓰는 페이지마다 저장 장치를 기다립니다. keel warm으로 되돌릴 수 있습니다.`,
  }),
};

function stateTable(before: MemoryState, after: MemoryState | null, look: Look): string[] {
  const dash = look.unicode ? '—' : '-';
  const bytes = (value: number | null | undefined) => (value == null ? dash : formatBytes(value));
  const files = [...before.files].sort((a, b) => b.mappedBytes - a.mappedBytes);
  const now = (path: string) => after?.files.find((file) => file.path === path)?.cachedBytes;
  const rows = files
    .slice(0, SHOWN_FILES)
    .map((file) => [
      cutMiddle(safeName(file.path), NAME_WIDTH, look.unicode),
      bytes(file.cachedBytes),
      ...(after === null ? [] : [bytes(now(file.path))]),
      bytes(file.mappedBytes),
    ]);
  const more = files.length - Math.min(SHOWN_FILES, files.length);
  return [
    ...(rows.length === 0 ? [] : tableLines(columns(after !== null, look), rows.map(indented))),
    ...(more > 0
      ? [look.say({ en: `  and ${more} smaller files`, ko: `  그리고 더 작은 파일 ${more}개` })]
      : []),
    ...memoryLines(before, after, look),
  ];
}

function columns(hasAfter: boolean, look: Look) {
  const right = (en: string, ko: string) => ({ title: look.say({ en, ko }), align: 'right' as const });
  return [
    { title: `  ${look.say({ en: 'file', ko: '파일' })}` },
    hasAfter ? right('cached before', '이전 캐시') : right('cached', '캐시'),
    ...(hasAfter ? [right('after', '이후')] : []),
    right('of mapped', '매핑'),
  ];
}

function indented([name = '', ...rest]: readonly string[]): readonly string[] {
  return [`  ${name}`, ...rest];
}

function memoryLines(before: MemoryState, after: MemoryState | null, look: Look): string[] {
  const step = (from: number, to: number | undefined) =>
    to === undefined ? formatBytes(from) : `${formatBytes(from)} -> ${formatBytes(to)}`;
  const resident = step(before.residentBytes, after?.residentBytes);
  const lines: Sentence[] = [
    { en: `  mapped by the process: ${resident}`, ko: `  프로세스에 매핑된 양: ${resident}` },
  ];
  if (before.swapBytes > 0 || (after?.swapBytes ?? 0) > 0) {
    const swap = step(before.swapBytes, after?.swapBytes);
    lines.push({ en: `  in swap by its page tables: ${swap}`, ko: `  페이지 테이블 기준 스왑: ${swap}` });
  }
  return lines.map(look.say);
}

function resultLines({ wish, before }: WarmPlan, warmed: Warmed, look: Look): string[] {
  const time = formatDuration(warmed.elapsedNs, look.unicode);
  const lines: Sentence[] = [];
  if (wish === 'warm') {
    const bytes = broughtInBytes(before, warmed.after);
    const back = swapBack(before, warmed.after);
    const parts = (language: 'en' | 'ko') =>
      [
        bytes === null
          ? []
          : [language === 'en' ? `${formatBytes(bytes)} of files read` : `파일 ${formatBytes(bytes)} 읽음`],
        back === null
          ? []
          : [
              language === 'en'
                ? `${formatBytes(back)} of swap brought back`
                : `스왑 ${formatBytes(back)} 되가져옴`,
            ],
      ]
        .flat()
        .join(', ');
    const what = { en: parts('en') || 'asked', ko: parts('ko') || '요청함' };
    lines.push({
      en: `${what.en} in ${time}: the next touch of these pages waits for no storage. The kernel may evict them again.`,
      ko: `${time} 동안 ${what.ko}. 이제 이 페이지들은 저장 장치를 기다리지 않습니다. 커널이 다시 회수할 수 있습니다.`,
    });
  } else {
    lines.push({
      en: `Advised about ${formatBytes(warmed.advisedBytes)} in ${time}. To bring it back: keel warm`,
      ko: `${time} 동안 ${formatBytes(warmed.advisedBytes)}에 대해 요청했습니다. 되돌리려면: keel warm`,
    });
  }
  if (warmed.refused > 0) {
    lines.push({
      en: `${warmed.refused} mappings were refused: they are locked, of a device, or gone by now.`,
      ko: `매핑 ${warmed.refused}개는 거부되었습니다. 잠겼거나, 장치의 매핑이거나, 이미 사라졌습니다.`,
    });
  }
  if (warmed.stillReading) {
    lines.push({
      en: 'The kernel was still reading when we stopped waiting.',
      ko: '기다림을 멈췄을 때 커널은 아직 읽고 있었습니다.',
    });
  }
  return lines.flatMap((line) => wrap(look.say(line), look.width));
}

/** How much more swap is in memory now; of the machine, so only where it grew by no more than this process had out. */
function swapBack(before: MemoryState, after: MemoryState): number | null {
  if (before.swapBytes === 0 || before.swapCachedBytes === null || after.swapCachedBytes === null)
    return null;
  return Math.max(0, Math.min(before.swapBytes, after.swapCachedBytes - before.swapCachedBytes));
}
