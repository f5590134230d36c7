/** `keel record list` as a document and as a table. */
import type { Recorder } from '../../../app/recorders.ts';
import type { RecordingRow } from '../../../history/reader.ts';
import type { DocumentOutput } from '../../command.ts';
import { formatBytes, formatCount, formatDuration, formatTimeOfDay } from '../../output/format.ts';
import { cutMiddle, type Look, padEnd, padStart, safeName } from '../../output/look.ts';

export interface HistoryFile {
  readonly path: string;
  readonly sizeBytes: number;
}

export function listOutput(
  rows: readonly RecordingRow[],
  running: readonly Recorder[],
  { path, sizeBytes }: HistoryFile,
): DocumentOutput {
  const recorderOf = (id: number) => running.find((one) => one.recording === id) ?? null;
  const iso = (ms: number | null) => (ms === null ? null : new Date(ms).toISOString());
  return {
    kind: 'document',
    json: {
      schema: 'keel.record/1',
      path,
      sizeBytes,
      recordings: rows.map(
        ({ id, title, everyNs, beganMs, endedMs, frames, slowFaults, lateMoments, firstMs, lastMs }) => ({
          recording: `r-${id}`,
          title,
          everyNs,
          began: iso(beganMs),
          ended: iso(endedMs),
          frames,
          slowFaults,
          lateMoments,
          first: iso(firstMs),
          last: iso(lastMs),
          recorderTgid: recorderOf(id)?.tgid ?? null,
        }),
      ),
      gaps: [],
    },
    lines: (look) =>
      rows.length === 0
        ? [
            look.say({
              en: 'Nothing was recorded yet. Begin: keel record start PID',
              ko: '아직 기록한 것이 없습니다. 시작: keel record start PID',
            }),
          ]
        : [
            look.colors.dim(headerLine(look)),
            ...rows.map((row) => rowLine(row, recorderOf(row.id), look)),
            look.say({
              en: `${path}, ${formatBytes(sizeBytes)}      Look: keel replay r-${rows[0]?.id}`,
              ko: `${path}, ${formatBytes(sizeBytes)}      보기: keel replay r-${rows[0]?.id}`,
            }),
          ],
  };
}

const WIDTHS = { id: 5, title: 16, span: 23, frames: 7, late: 6, slow: 6 } as const;

function headerLine(look: Look): string {
  return [
    padEnd('', WIDTHS.id),
    padEnd(look.say({ en: 'target', ko: '대상' }), WIDTHS.title),
    padEnd(look.say({ en: 'kept', ko: '보관된 시간' }), WIDTHS.span),
    padStart(look.say({ en: 'frames', ko: '프레임' }), WIDTHS.frames),
    padStart(look.say({ en: 'late', ko: '늦음' }), WIDTHS.late),
    padStart(look.say({ en: 'faults', ko: '폴트' }), WIDTHS.slow),
    look.say({ en: 'state', ko: '상태' }),
  ].join('  ');
}

function rowLine(row: RecordingRow, recorder: Recorder | null, look: Look): string {
  return [
    padEnd(`r-${row.id}`, WIDTHS.id),
    padEnd(cutMiddle(safeName(row.title), WIDTHS.title, look.unicode), WIDTHS.title),
    padEnd(spanOf(row), WIDTHS.span),
    padStart(formatCount(row.frames), WIDTHS.frames),
    padStart(formatCount(row.lateMoments), WIDTHS.late),
    padStart(formatCount(row.slowFaults), WIDTHS.slow),
    stateOf(row, recorder, look),
  ].join('  ');
}

/** The day and the times, both where the reader is. */
function spanOf({ firstMs, lastMs, beganMs }: RecordingRow): string {
  const from = firstMs ?? beganMs;
  const at = new Date(from);
  const day = [at.getMonth() + 1, at.getDate()].map((part) => String(part).padStart(2, '0')).join('-');
  const until = lastMs === null ? '' : `-${formatTimeOfDay(lastMs)}`;
  return `${day} ${formatTimeOfDay(from)}${until}`;
}

function stateOf({ endedMs, everyNs }: RecordingRow, recorder: Recorder | null, look: Look): string {
  const every = formatDuration(everyNs, look.unicode);
  if (recorder !== null)
    return look.say({
      en: `every ${every}, by ${recorder.tgid}`,
      ko: `${every}마다, 프로세스 ${recorder.tgid}`,
    });
  return endedMs === null
    ? look.say({ en: 'cut off', ko: '중간에 끊김' })
    : look.say({ en: 'ended', ko: '끝남' });
}
