/**
 * The keeper of files, from inside: waits to be told what to keep, keeps it, says so, and stays until the target ends or
 * somebody ends it. Whoever started it may be gone by then.
 */
import { writeSync } from 'node:fs';
import { orNull } from '../base/missing.ts';
import type { Host } from '../host/host.ts';
import { LOCKED_MEMORY, processLimits } from '../kernel/task/limits.ts';
import { resetSignals } from '../native/exec.ts';
import { keepFileRange } from '../native/file-lock.ts';
import { KernelError } from '../native/libc.ts';
import { setLockLimit } from '../native/memory-limit.ts';
import { hasEnded } from '../native/pidfd.ts';
import {
  answerText,
  FIRST_FILE,
  type KeeperAnswer,
  type KeeperOrder,
  parseOrder,
  TARGET_PIDFD,
} from './keeper-orders.ts';

/** @param orders standard input @throws FormatError */
export async function keepFiles(host: Host, orders: AsyncIterable<Buffer | string>): Promise<void> {
  const text = await firstLine(orders);
  // Nobody tells us any more: whoever started us was ended before anything was written down.
  if (text === null) return;
  const order = parseOrder(text);
  raiseOwnLimit(host);
  const answer = keep(order);
  try {
    writeSync(1, `${answerText(answer)}\n`);
  } catch (error) {
    // Nobody hears it any more, but it is written down that we keep them.
    if ((error as NodeJS.ErrnoException).code !== 'EPIPE') throw error;
  }
  if (answer !== 'kept') return;
  // For who wonders whose memory that is: the name in ps and keel locks.
  process.title = 'keel lock --files';
  resetSignals();
  hasEnded(TARGET_PIDFD, -1);
}

function keep(order: KeeperOrder): KeeperAnswer {
  try {
    order.forEach((ranges, i) => {
      for (const [offset, bytes] of ranges) keepFileRange(FIRST_FILE + i, offset, bytes);
    });
    return 'kept';
  } catch (error) {
    if (error instanceof KernelError) return { refused: error.message };
    throw error;
  }
}

/** As far as everyone may. */
function raiseOwnLimit(host: Host): void {
  const limit = orNull(host.read(processLimits, { pid: 'self' }))?.get(LOCKED_MEMORY);
  if (limit !== undefined) setLockLimit(0, { soft: limit.hard, hard: limit.hard });
}

async function firstLine(input: AsyncIterable<Buffer | string>): Promise<string | null> {
  let text = '';
  for await (const chunk of input) {
    text += chunk.toString();
    const end = text.indexOf('\n');
    if (end >= 0) return text.slice(0, end);
  }
  return null;
}
