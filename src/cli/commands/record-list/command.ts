/** `keel record list`: what was and is recorded. */
import { statSync } from 'node:fs';
import { historyPath, openHistory, telling } from '../../../app/history.ts';
import { listRecorders } from '../../../app/recorders.ts';
import { defineCommand } from '../../command.ts';
import { listOutput } from './render.ts';

export default defineCommand({
  name: 'record list',
  summary: { en: 'what was recorded, and what is being recorded', ko: '기록한 것과 기록 중인 것의 목록' },
  arguments: [],
  options: {},
  examples: [{ line: 'keel record list', does: { en: 'the newest first', ko: '최근 것부터' } }],
  async run({ context }) {
    const running = listRecorders(context.openLive(), context.env);
    const path = historyPath(context.env);
    // What was written last is in the log beside it.
    const [own, log] = [path, `${path}-wal`].map((one) => statSync(one, { throwIfNoEntry: false })?.size);
    if (own === undefined) return listOutput([], running, { path, sizeBytes: 0 });
    const sizeBytes = own + (log ?? 0);
    const reader = openHistory(context.env);
    try {
      return listOutput(
        telling(path, () => reader.recordings()),
        running,
        { path, sizeBytes },
      );
    } finally {
      reader.close();
    }
  },
});
