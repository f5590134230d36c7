/** Which code faulted, and whom counting would blame instead. */
import type { FaultRecording } from '../../../model/faults/recording.ts';
import type { Share } from '../../../model/faults/summary.ts';
import { fileName } from '../../../model/stacks/names.ts';
import type { FunctionShare } from '../../../model/stacks/stack-totals.ts';
import { formatCount, formatDuration, formatPct } from '../../output/format.ts';
import { cutMiddle, type Look, safeName } from '../../output/look.ts';
import { moreLine } from '../../output/more.ts';
import { type Column, tableLines } from '../../output/table.ts';
import { wrap } from '../../output/wrap.ts';

/** Columns that are no names, with two blanks before each. */
const NUMBERS_WIDTH = 30;

export function functionTable(
  functions: readonly FunctionShare[],
  { callchains, summary }: FaultRecording,
  rows: number,
  look: Look,
): string[] {
  const shown = functions.slice(0, rows);
  const stallNs = Math.max(1, summary.total.stallNs);
  const width = Math.max(16, look.width - NUMBERS_WIDTH - (callchains ? 14 : 0));
  const columns: Column[] = [
    { title: `  ${look.say({ en: 'code', ko: '코드' })}` },
    { title: look.say({ en: 'faults', ko: '폴트' }), align: 'right' },
    { title: look.say({ en: 'stall', ko: '멈춤' }), align: 'right' },
    { title: look.say({ en: 'share', ko: '비율' }), align: 'right' },
    ...(callchains
      ? [{ title: look.say({ en: 'with callees', ko: '호출 포함' }), align: 'right' } as const]
      : []),
  ];
  const lines = tableLines(
    columns,
    shown.map((share) => [
      `  ${cutMiddle(functionLabel(share, look), width, look.unicode)}`,
      formatCount(share.faults),
      formatDuration(share.stallNs, look.unicode),
      formatPct((100 * share.stallNs) / stallNs),
      ...(callchains ? [formatPct((100 * share.withCalleesStallNs) / stallNs)] : []),
    ]),
  );
  return [...lines, ...moreLine(functions.length, shown.length, look)];
}

/** `tick  arena`, or what is known of code without a name. */
export function functionLabel(share: Pick<FunctionShare, 'function' | 'binary'>, look: Look): string {
  const binary = safeName(fileName(share.binary));
  if (share.function !== null) return `${safeName(share.function)}  ${binary}`;
  return share.binary.startsWith('/')
    ? look.say({ en: `${binary}, without names`, ko: `${binary}, 이름 없음` })
    : binary;
}

/** Only where the count and the time disagree: then the count misleads. */
export function verdictOnFunctions(
  functions: readonly FunctionShare[],
  total: Share,
  look: Look,
): readonly string[] {
  const byTime = functions[0];
  const byCount = functions.reduce<FunctionShare | undefined>(
    (most, one) => (most === undefined || one.faults > most.faults ? one : most),
    undefined,
  );
  if (byTime === undefined || byCount === undefined || byTime === byCount) return [];
  const said = (share: FunctionShare) => {
    const faults = formatPct((100 * share.faults) / Math.max(1, total.faults));
    const stall = formatPct((100 * share.stallNs) / Math.max(1, total.stallNs));
    return {
      en: `${functionName(share)} (${faults} of faults, ${stall} of stall)`,
      ko: `${functionName(share)} (폴트의 ${faults}, 멈춘 시간의 ${stall})`,
    };
  };
  const [count, time] = [said(byCount), said(byTime)];
  return wrap(
    look.say({
      en: `Counting blames ${count.en}; time blames ${time.en}.`,
      ko: `횟수로는 ${count.ko}, 시간으로는 ${time.ko}이 원인입니다.`,
    }),
    look.width,
  );
}

function functionName(share: FunctionShare): string {
  return safeName(share.function ?? fileName(share.binary));
}
