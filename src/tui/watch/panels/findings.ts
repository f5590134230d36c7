/** What the rules say, the heaviest first. */
import { isMissing } from '../../../base/missing.ts';
import { horizontalBar } from '../../../cli/output/bars.ts';
import { formatPct } from '../../../cli/output/format.ts';
import { type Look, padEnd, safeName } from '../../../cli/output/look.ts';
import type { FrameFinding } from '../../../model/watch/frame.ts';
import { boxed, fitted, titleLine } from '../../drawing/lines.ts';
import { findingsOf, type Shown } from '../state.ts';
import { dash, type Panel } from './panel.ts';

const BAR = 12;
const SHARE = 9;

export const findingsPanel: Panel = (state, shown, size, look) => {
  const { width, height } = size;
  const findings = findingsOf(shown);
  const room = Math.max(0, height - 1);
  const first = Math.max(0, Math.min(state.finding - room + 1, findings.length - room));
  const lines = findings
    .slice(first, first + room)
    .map((finding, i) =>
      rowLine(finding, first + i, state.panel === 'findings' && state.finding === first + i, width, look),
    );
  const title = titleLine(titleOf(shown, look), width, look, state.panel === 'findings');
  return boxed(
    [title, ...(lines.length > 0 ? lines : [fitted(nothingLine(shown, look), width, look)])],
    size,
  );
};

function titleOf({ entry }: Shown, look: Look): string {
  const { judgement } = entry.frame;
  if (isMissing(judgement)) return look.say({ en: 'findings', ko: '발견' });
  const seconds = Math.round(judgement.windowNs / 1e9);
  return look.say({
    en: `findings, last ${seconds} s, share of the time held up`,
    ko: `발견, 최근 ${seconds}초, 지체된 시간의 비율`,
  });
}

function nothingLine({ entry }: Shown, look: Look): string {
  const { judgement } = entry.frame;
  if (isMissing(judgement)) return `${dash(look)}  ${judgement.detail ?? judgement.missing}`;
  return ` ${look.say({ en: 'nothing unsteady', ko: '불안정한 것이 없습니다' })}`;
}

function rowLine(finding: FrameFinding, at: number, isCursor: boolean, width: number, look: Look): string {
  const share = formatPct(finding.weightRatio * 100);
  const bar = width >= 60 ? `  ${padEnd(horizontalBar(finding.weightRatio, BAR, look), BAR)}` : '';
  const tail = `${share.padStart(SHARE)}${bar}`;
  const room = width - SHARE - (bar === '' ? 0 : BAR + 2);
  const text = `${at + 1} ${finding.mark} ${safeName(look.say(finding.summary))}`;
  const line = `${isCursor ? '>' : ' '}${fitted(text, room - 1, look)}${tail}`;
  return isCursor ? look.colors.inverse(line) : line;
}
