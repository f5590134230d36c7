/** What trials of this program on this machine have shown, kept by keel optimize: also what hurt, and what they could not tell. */
import { formatPct } from '../../../base/format.ts';
import { plural, type Sentence } from '../../../base/sentence.ts';
import type { Block, Section } from '../../../report/page.ts';
import type { Judged } from '../../../trial/kept-trial.ts';
import type { Look } from '../../output/look.ts';
import { noiseSentence } from '../optimize/render.ts';
import { formatInterval, verdictText } from '../optimize/values.ts';
import type { Seen } from './look-at.ts';
import { cell, left, paragraph, right, safe } from './phrases.ts';

export function triedSection({ late, recommended: { tried } }: Seen, look: Look): Section {
  const blocks = tried.all.length === 0 ? [paragraph(NOTHING)] : triedBlocks(tried.all, look);
  const title = { en: 'To try it', ko: '시험하기' };
  const line = `keel optimize ${late.target.tgid}`;
  return {
    title: { en: 'What was tried', ko: '시험한 것' },
    blocks: [...blocks, { kind: 'lines', title, lines: [line] }],
  };
}

const NOTHING: Sentence = {
  en: 'Nothing was tried on this program here: what is advised is not proved until it is.',
  ko: '이 프로그램으로 시험한 것이 없습니다. 조언은 시험해 보아야 입증됩니다.',
};

function triedBlocks(all: readonly Judged[], look: Look): readonly Block[] {
  return [triedTable(all, look), ...reasons(all), ...noises(all, look)];
}

function triedTable(all: readonly Judged[], look: Look): Block {
  const pct = (value: number) => `${value > 0 ? '+' : ''}${formatPct(value)}`;
  return {
    kind: 'table',
    columns: [
      left({ en: 'tried', ko: '시험' }),
      left({ en: 'verdict', ko: '판정' }),
      right({ en: 'change', ko: '변화' }),
      right({ en: '90 % interval', ko: '90 % 구간' }),
      right({ en: 'rounds', ko: '반복' }),
      left({ en: 'trial', ko: '시험 번호' }),
    ],
    rows: all.map(({ candidate, trial }) => [
      safe(candidate.summary),
      cell(verdictText(candidate.verdict, false, look)),
      cell(candidate.effectPct === null ? '—' : pct(candidate.effectPct)),
      candidate.intervalPct === null ? cell('—') : formatInterval(candidate.intervalPct),
      cell(`${candidate.rounds}`),
      cell(`${trial.id}, ${trial.at.slice(0, 10)}`),
    ]),
    total: null,
  };
}

/** Why an answer is none. */
function reasons(all: readonly Judged[]): readonly Block[] {
  return all.flatMap(({ candidate: { name, verdict, because } }) => {
    if (because === null || (verdict !== 'inconclusive' && verdict !== 'mixed')) return [];
    return [paragraph({ en: `${name}: ${because.en}.`, ko: `${name}: ${because.ko}.` })];
  });
}

/** Of each trial, what it measured and among what noise. */
function noises(all: readonly Judged[], look: Look): readonly Block[] {
  const trials = [...new Map(all.map(({ trial }) => [trial.id, trial])).values()];
  return trials.map(({ id, objective, candidates, noise }) => {
    const many = plural(candidates.length, 'candidate');
    const rest = noise === null ? { en: '', ko: '' } : noiseSentence(noise, look);
    return paragraph({
      en: `${id} judged ${many} by ${objective.label.en}; changes are of its median, below zero is ${objective.better === 'lower' ? 'better' : 'worse'}. ${rest.en}`,
      ko: `${id}: 후보 ${candidates.length}개를 ${objective.label.ko}(으)로 판정. 변화는 중앙값 기준이며 0보다 작으면 ${objective.better === 'lower' ? '좋아짐' : '나빠짐'}. ${rest.ko}`,
    });
  });
}
