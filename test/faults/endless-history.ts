/** Writes frames into a history until it is killed, and says after each that it is committed. */
import { writeSync } from 'node:fs';
import { DEFAULT_LIMITS } from '../../src/history/retention.ts';
import { HistoryWriter } from '../../src/history/writer.ts';
import { watchFrame } from '../../src/model/watch/testing/frames.ts';

const [, , path = '', first = '1'] = process.argv;
const writer = new HistoryWriter(path, DEFAULT_LIMITS);
const recording = writer.begin({ beganMs: 0, bootId: null, everyNs: 1e9, title: 'arena' });
for (let at = Number(first); ; at += 1) {
  writer.append(recording, watchFrame(at), []);
  writeSync(1, `${recording} ${at}\n`);
}
