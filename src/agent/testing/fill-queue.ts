/** A program for tests: adds messages to a queue until it is killed, and says each one that is safe. */
import { writeSync } from 'node:fs';
import { notification } from '../../alerts/testing/observations.ts';
import { QueueFolder } from '../delivery/queue-folder.ts';

const queue = new QueueFolder(process.argv[2] ?? '');
for (let i = 1; i < 100_000; i += 1) {
  const number = queue.add(notification({ id: `n${i}` }));
  writeSync(1, `${number}\n`);
}
