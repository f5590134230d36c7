/** The table that is drawn while a trial runs. A function of how it stands. */
import type { Progress } from '../../../app/optimize.ts';
import { safeName } from '../../../base/safe-name.ts';
import type { Standing } from '../../../trial/report.ts';
import { formatDuration } from '../../output/format.ts';
import { cutMiddle, type Look } from '../../output/look.ts';
import { tableLines } from '../../output/table.ts';
import { formatChange, formatInterval, verdictText } from './values.ts';

const BAR_CELLS = 20;
const NAME_CELLS = 30;

export function liveLines({ plan, rounds, standings, elapsedNs }: Progress, look: Look): readonly string[] {
  const rows = standings.map((one) => [
    `  ${cutMiddle(safeName(one.name), NAME_CELLS, look.unicode)}`,
    one.rounds === 0 ? '' : String(one.rounds),
    one.effectPct === null ? '' : formatChange(one.effectPct),
    one.intervalPct === null ? '' : look.say(formatInterval(one.intervalPct)),
    one.verdict === null
      ? look.say({ en: 'in the race', ko: '시험 중' })
      : verdictText(one.verdict, false, look),
  ]);
  const columns = [
    { title: look.say({ en: '  candidate', ko: '  후보' }) },
    { title: look.say({ en: 'rounds', ko: '반복' }), align: 'right' as const },
    { title: look.say({ en: 'change', ko: '변화' }), align: 'right' as const },
    { title: look.say({ en: '90 % interval', ko: '90 % 구간' }), align: 'right' as const },
    { title: '' },
  ];
  const line = look.say(headline(rounds, elapsedNs, plan.budgetNs, best(standings)));
  return [
    cutMiddle(`${bar(elapsedNs / plan.budgetNs, look)} ${line}`, look.width - 1, look.unicode),
    ...tableLines(columns, rows),
  ].map((one) => cutMiddle(one, look.width - 1, look.unicode));
}

function bar(ratio: number, look: Look): string {
  const full = Math.round(Math.min(1, ratio) * BAR_CELLS);
  return (look.unicode ? '█' : '#').repeat(full) + (look.unicode ? '░' : '.').repeat(BAR_CELLS - full);
}

function best(standings: readonly Standing[]): Standing | null {
  const racing = standings.filter((one) => one.verdict === null && one.effectPct !== null);
  return racing.sort((a, b) => (a.effectPct ?? 0) - (b.effectPct ?? 0))[0] ?? null;
}

function headline(rounds: number, elapsedNs: number, budgetNs: number, leader: Standing | null) {
  const left = formatDuration(Math.max(0, budgetNs - elapsedNs));
  const name = leader === null ? '' : safeName(leader.name);
  return {
    en: `round ${rounds + 1}, at most ${left} left${name === '' ? '' : `   best so far: ${name}`}`,
    ko: `${rounds + 1}번째 반복, 최대 ${left} 남음${name === '' ? '' : `   지금까지 최선: ${name}`}`,
  };
}
