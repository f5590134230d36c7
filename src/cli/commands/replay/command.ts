/** `keel replay`: a recording on the screen of `keel watch`, or as text. */
import { openHistory, recordingAt, replayFrames, telling } from '../../../app/history.ts';
import { EXIT } from '../../../base/errors.ts';
import type { HistoryEvent } from '../../../history/events.ts';
import type { HistoryReader } from '../../../history/reader.ts';
import type { WatchFrame } from '../../../model/watch/frame.ts';
import { runWatch } from '../../../tui/run-watch.ts';
import { defineCommand } from '../../command.ts';
import { flag, text } from '../../options.ts';
import { parseSpeed, parseWhen, recordingNumber } from './parse.ts';
import { frameRecords } from './render.ts';

export default defineCommand({
  name: 'replay',
  summary: {
    en: 'a recording as keel watch showed it, from any time on, at any speed',
    ko: '기록을 keel watch 화면 그대로, 원하는 시각부터 원하는 속도로 다시 봅니다',
  },
  details: {
    en: 'Without a terminal: a line for each frame, or with --json an object for each, all at once.',
    ko: '터미널이 없으면 프레임마다 한 줄, --json이면 프레임마다 객체 하나를 기다리지 않고 출력합니다.',
  },
  arguments: [
    {
      name: '[recording]',
      describe: { en: 'its id, such as r-3 (the newest)', ko: '기록 ID, 예: r-3 (가장 최근)' },
    },
  ],
  options: {
    at: text('--at <time>', {
      en: 'from this time on: 03:12, 2026-01-31T03:12, -10m',
      ko: '이 시각부터: 03:12, 2026-01-31T03:12, -10m',
    }),
    until: text('--until <time>', { en: 'up to this time', ko: '이 시각까지' }),
    speed: text('--speed <factor>', { en: 'such as 10 or 0.5 (1)', ko: '배속, 예: 10 또는 0.5 (1)' }),
    plain: flag('--plain', { en: 'lines, also on a terminal', ko: '터미널에서도 줄로 출력' }),
  },
  examples: [
    {
      line: 'keel replay --at 03:12',
      does: { en: 'what happened at twelve past three', ko: '3시 12분에 일어난 일' },
    },
    { line: 'keel replay r-3 --speed 10', does: { en: 'ten times as fast', ko: '열 배 빠르게' } },
    {
      line: 'keel replay r-3 --json > frames.ndjson',
      does: { en: 'every frame for a program', ko: '모든 프레임을 프로그램용으로' },
    },
  ],
  async run({ args, options, context }) {
    const nowMs = context.clock.unixMs();
    const atMs = options.at === undefined ? null : parseWhen('--at', options.at, nowMs);
    const untilMs = options.until === undefined ? undefined : parseWhen('--until', options.until, nowMs);
    const speed = options.speed === undefined ? 1 : parseSpeed(options.speed);
    const id = args[0] === undefined ? null : recordingNumber(args[0]);
    const reader = openHistory(context.env);
    const recording = telling('history.db', () => recordingAt(reader.recordings(), { id, atMs }));
    const frames = reader.frames(recording.id, atMs ?? 0, untilMs);
    const screen = options.plain === true ? null : await context.openScreen();
    if (screen === null)
      return { kind: 'stream', records: frameRecords(frames, momentsOf(reader, recording.id)) };
    const state = await runWatch(
      screen,
      context.look,
      { source: 'replay', title: recording.title, everyNs: recording.everyNs },
      {
        signal: context.signal,
        frames: (_, __, signal): AsyncIterable<WatchFrame> =>
          replayFrames(frames, context.clock, speed, signal),
        runLine: context.runLine,
        processes: () => [],
        changes: async () => [],
        momentsOf: momentsOf(reader, recording.id),
      },
    );
    const shown = state.entries.at(-1)?.frame.unixMs ?? null;
    return {
      kind: 'document',
      json: { schema: 'keel.replay/1', recording: `r-${recording.id}`, lastUnixMs: shown },
      lines: () => [],
      exitCode: EXIT.fine,
    };
  },
});

/** Late moments and slow faults that began in the interval of a frame. */
function momentsOf(reader: HistoryReader, recording: number) {
  return ({ unixMs, elapsedNs }: WatchFrame): readonly HistoryEvent[] =>
    unixMs === null ? [] : reader.events(unixMs - elapsedNs / 1e6, unixMs, ['late', 'slow-fault'], recording);
}
