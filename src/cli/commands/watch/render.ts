/** `keel watch` without a screen: one frame as text or JSON, and the summary on leaving. */
import { EXIT } from '../../../base/errors.ts';
import { GapList } from '../../../base/missing.ts';
import type { Totals } from '../../../model/totals.ts';
import type { WatchFrame } from '../../../model/watch/frame.ts';
import { renderWatch } from '../../../tui/watch/screen.ts';
import { type ChangeChoice, initialState, withFrame } from '../../../tui/watch/state.ts';
import type { DocumentOutput } from '../../command.ts';
import { frameJson } from '../../output/frame-json.ts';
import { type Look, safeName } from '../../output/look.ts';
import { totalsJson } from '../monitor/data.ts';
import { summaryLines } from '../monitor/summary.ts';

export interface FrameView {
  readonly title: string;
  readonly everyNs: number;
  readonly isLive: boolean;
}

const PLAIN_ROWS = 24;

/** @param frame null where the target ended before the first interval was over */
export function frameOutput(frame: WatchFrame | null, view: FrameView): DocumentOutput {
  return {
    kind: 'document',
    json: { schema: 'keel.watch/1', frame: frame === null ? null : frameJson(frame) },
    lines: (look) => (frame === null ? [endedLine(view, look)] : plainLines(frame, view, look)),
    ...(frame === null ? { exitCode: EXIT.gone } : {}),
  };
}

function endedLine({ title }: FrameView, look: Look): string {
  return look.say({
    en: `${safeName(title)} ended before the first interval was over`,
    ko: `${safeName(title)}이(가) 첫 구간이 끝나기 전에 종료되었습니다`,
  });
}

/** The screen as it would be, without what keys do. */
function plainLines(frame: WatchFrame, { title, everyNs, isLive }: FrameView, look: Look): string[] {
  const size = { columns: Math.max(80, look.width), rows: PLAIN_ROWS };
  const state = initialState({ size, source: isLive ? 'live' : 'replay', title, everyNs });
  return renderWatch(withFrame(state, frame), look)
    .slice(0, -1)
    .map((line) => line.trimEnd());
}

export function summaryOutput(all: readonly Totals[], changes: readonly ChangeChoice[]): DocumentOutput {
  const gaps = new GapList();
  return {
    kind: 'document',
    json: {
      schema: 'keel.watch/1',
      tasks: all.map((one, i) => totalsJson(one, gaps, `tasks[${i}]`)),
      changes: changes.map((one) => ({ ...one })),
      gaps: gaps.gaps.map((gap) => ({ ...gap })),
    },
    lines: (look) => [
      ...all.flatMap((one) => summaryLines(one, true, look)),
      ...changes.map(({ id, command }) =>
        look.say({
          en: `still active: ${id}, keel ${safeName(command)}   undo: keel undo ${id}`,
          ko: `적용 중: ${id}, keel ${safeName(command)}   되돌리기: keel undo ${id}`,
        }),
      ),
    ],
  };
}
