/** What will be tried, before anything is: the lines over the question. */
import type { OptimizePlan } from '../../../app/optimize.ts';
import { safeName } from '../../../base/safe-name.ts';
import { plural } from '../../../base/sentence.ts';
import { formatDuration } from '../../output/format.ts';
import { cells, type Look } from '../../output/look.ts';
import { tableLines } from '../../output/table.ts';
import { wrap } from '../../output/wrap.ts';

export function planLines(plan: OptimizePlan, look: Look): readonly string[] {
  const { target, proposals, timing, budgetNs, meter } = plan;
  const title = look.say({
    en: `Trial of ${plural(proposals.length, 'placement')} on ${safeName(target.comm)} ${target.tgid}`,
    ko: `${safeName(target.comm)} ${target.tgid}에서 ${proposals.length}가지 배치 시험`,
  });
  const state = look.say({ en: 'nothing changed yet', ko: '아직 바꾸지 않았습니다' });
  const gap = Math.max(3, look.width - cells(title) - cells(state));
  const block = formatDuration(timing.washoutNs + timing.blockNs, look.unicode);
  const budget = formatDuration(budgetNs, look.unicode);
  const rows = proposals.map((one) => [`  ${safeName(one.name)}`, safeName(look.say(one.summary))]);
  const [, ...table] = tableLines([{ title: '' }, { title: '' }], rows);
  return [
    title + ' '.repeat(gap) + state,
    ...wrap(
      look.say({
        en: `Judged by ${safeName(meter.objective.label.en)}${watchedText(plan).en}: blocks of ${block} in random order, at most ${budget}.`,
        ko: `판단 기준: ${safeName(meter.objective.label.ko)}${watchedText(plan).ko}. ${block}씩 무작위 순서로 최대 ${budget} 시험합니다.`,
      }),
      look.width,
    ),
    ...table,
    ...skippedLines(plan, look),
    ...wrap(
      look.say({
        en: 'Each is in force for moments only. One that is proven is kept as a change that keel undo takes back; all else is put back, also if keel is killed.',
        ko: '각 배치는 잠깐씩만 적용됩니다. 입증된 것 하나만 keel undo로 되돌릴 수 있는 변경으로 유지하고, keel이 강제 종료되어도 나머지는 모두 되돌립니다.',
      }),
      look.width,
    ),
  ];
}

function watchedText({ watched }: OptimizePlan): { readonly en: string; readonly ko: string } {
  if (watched === null) return { en: '', ko: '' };
  const [tid] = watched.tids;
  const name = safeName(watched.comm);
  return {
    en: ` of thread ${tid} ${name} (${watched.because.en})`,
    ko: ` (스레드 ${tid} ${name}: ${watched.because.ko})`,
  };
}

export function skippedLines({ skipped }: Pick<OptimizePlan, 'skipped'>, look: Look): readonly string[] {
  return skipped.flatMap(({ name, because }) =>
    wrap(
      look.say({
        en: `not tried: ${safeName(name)}, ${safeName(because.en)}`,
        ko: `시험하지 않음: ${safeName(name)}, ${safeName(because.ko)}`,
      }),
      look.width - 4,
    ).map((line, i) => (i === 0 ? `  = ${line}` : `    ${line}`)),
  );
}
