/**
 * Processes of ours that keep files in memory, seen from whoever starts and ends them. A keeper is keel itself, run
 * again (`keel lock PID --files --keep`): it gets the open files and the target as descriptors, so that it looks no name
 * up a second time, and two pipes: on one it is told what to keep, on the other it answers.
 */
import { type StdioOptions, spawn } from 'node:child_process';
import { closeSync, readSync, writeSync } from 'node:fs';
import { constants } from 'node:os';
import type { ProcessId } from '../actions/controls.ts';
import type { FileRanges } from '../actions/memory-controls.ts';
import { Refused } from '../actions/refused.ts';
import { orNull } from '../base/missing.ts';
import type { Host } from '../host/host.ts';
import { processStat } from '../kernel/task/stat.ts';
import { processStatus } from '../kernel/task/status.ts';
import { KernelError } from '../native/libc.ts';
import { Pidfd } from '../native/pidfd.ts';
import { openPipe } from '../native/pipe.ts';
import { type KeeperAnswer, type KeeperOrder, orderText, parseAnswer } from './keeper-orders.ts';

interface Waiting {
  readonly order: KeeperOrder;
  readonly tellEnd: number;
  readonly answerEnd: number;
}

/** Memory is given back page by page. */
const END_MS = 10_000;

const KEEPER_GONE = {
  en: 'the process that keeps the files has ended',
  ko: '파일을 유지하던 프로세스가 끝났습니다',
};

export class FileKeepers {
  readonly #host: Host;
  readonly #waiting = new Map<number, Waiting>();

  constructor(host: Host) {
    this.#host = host;
  }

  /** @throws Refused */
  start(target: ProcessId, files: readonly FileRanges[]): ProcessId {
    const held = this.#hold(target);
    const [orders, answers] = [openPipe(), openPipe()];
    const stdio = [orders.readEnd, answers.writeEnd, 'ignore', held.fd, ...files.map(({ fd }) => fd)];
    const tgid = spawnKeeper(target, stdio as StdioOptions);
    held.close();
    closeSync(orders.readEnd);
    closeSync(answers.writeEnd);
    const stat = tgid === undefined ? null : orNull(this.#host.read(processStat, { pid: tgid }));
    if (tgid === undefined || stat === null) {
      closeSync(orders.writeEnd);
      closeSync(answers.readEnd);
      throw new Refused('failed', {
        en: 'the process that would keep the files cannot be started',
        ko: '파일을 유지할 프로세스를 시작할 수 없습니다',
      });
    }
    const order = files.map(({ ranges }) => ranges.map(({ address, bytes }) => [address, bytes] as const));
    this.#waiting.set(tgid, { order, tellEnd: orders.writeEnd, answerEnd: answers.readEnd });
    return { tgid, startTicks: stat.startTicks };
  }

  /** Waits for its answer. @throws Refused */
  keep({ tgid }: ProcessId): void {
    const waiting = this.#waiting.get(tgid);
    if (waiting === undefined) throw new Refused('gone', KEEPER_GONE);
    this.#waiting.delete(tgid);
    let answer: KeeperAnswer | null;
    try {
      const text = Buffer.from(`${orderText(waiting.order)}\n`);
      for (let at = 0; at < text.length; ) at += writeSync(waiting.tellEnd, text, at);
      answer = parseAnswer(readLine(waiting.answerEnd));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EPIPE') throw error;
      answer = null;
    } finally {
      closeSync(waiting.tellEnd);
      closeSync(waiting.answerEnd);
    }
    if (answer === null) throw new Refused('failed', KEEPER_GONE);
    if (answer !== 'kept') throw refusedBy(answer.refused);
  }

  /** @throws Refused */
  keptBytes(keeper: ProcessId): number {
    this.#check(keeper);
    const lockedBytes = orNull(this.#host.read(processStatus, { pid: keeper.tgid }))?.lockedBytes;
    if (lockedBytes == null) throw new Refused('gone', KEEPER_GONE);
    return lockedBytes;
  }

  /** There is nothing for it to put back, so it is not asked. @throws Refused */
  end(keeper: ProcessId): void {
    const held = this.#hold(keeper);
    try {
      held.signal(constants.signals.SIGKILL);
      if (held.waitForEnd(END_MS)) return;
    } finally {
      held.close();
    }
    throw new Refused('failed', {
      en: `process ${keeper.tgid} does not end`,
      ko: `프로세스 ${keeper.tgid}이(가) 끝나지 않습니다`,
    });
  }

  /** Its identity is asked after it is held: now the number cannot become another process's. */
  #hold(process: ProcessId): Pidfd {
    let held: Pidfd;
    try {
      held = new Pidfd(process.tgid);
    } catch (error) {
      if (error instanceof KernelError && error.errnoName === 'ESRCH') throw new Refused('gone', KEEPER_GONE);
      throw error;
    }
    try {
      this.#check(process);
      return held;
    } catch (error) {
      held.close();
      throw error;
    }
  }

  #check({ tgid, startTicks }: ProcessId): void {
    const stat = orNull(this.#host.read(processStat, { pid: tgid }));
    if (stat?.startTicks !== startTicks || stat.state === 'Z') throw new Refused('gone', KEEPER_GONE);
  }
}

function spawnKeeper(target: ProcessId, stdio: StdioOptions): number | undefined {
  const [node, program] = [process.execPath, process.argv[1] ?? ''];
  const words = ['lock', String(target.tgid), '--files', '--keep'];
  const child = spawn(node, [...process.execArgv, program, ...words], { detached: true, stdio, cwd: '/' });
  child.on('error', () => {});
  child.unref();
  return child.pid;
}

/** Until its end, or that of the pipe. */
function readLine(fd: number): string {
  const bytes = Buffer.alloc(1024);
  let text = '';
  while (!text.endsWith('\n')) {
    const count = readSync(fd, bytes);
    if (count === 0) break;
    text += bytes.toString('utf8', 0, count);
  }
  return text.trimEnd();
}

function refusedBy(said: string): Refused {
  return /mlock: (ENOMEM|EPERM)/.test(said)
    ? new Refused('denied', {
        en: `not all of the files may be locked: RLIMIT_MEMLOCK of keel, or one of them became shorter (${said})`,
        ko: `파일을 모두 잠글 수 없습니다. keel의 RLIMIT_MEMLOCK 한도이거나 파일이 짧아졌습니다 (${said})`,
      })
    : new Refused('failed', {
        en: `not all of the files could be brought in (${said})`,
        ko: `파일을 모두 가져올 수 없었습니다 (${said})`,
      });
}
