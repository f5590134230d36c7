/** `log:FILE:/REGEX/`: numbers that a program writes to its log, or how often a line comes. */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { KeelError } from '../../base/errors.ts';
import { systemReason } from '../../base/system-error.ts';
import { type Probe, ProbeFailed, type ProbeKind, wrongProbe } from './probe.ts';

/** What a program writes in a moment; of more, the newest part. */
const MOST_BYTES = 1024 * 1024;
/** An expression sees no more of a line: it may backtrack. */
const MOST_LINE = 4096;

export const log: ProbeKind = {
  scheme: 'log',
  usage: 'log:FILE:/REGEX/',
  describe: {
    en: 'the number in the first group of matching new lines; without a group, such lines per second',
    ko: '새로 쓰인 줄 중 일치하는 줄의 첫 번째 그룹에 있는 수. 그룹이 없으면 초당 그런 줄의 수',
  },
  open(rest) {
    const [, path, source] = /^(.+?):\/(.+)\/$/s.exec(rest) ?? [];
    const pattern = source === undefined ? null : expression(source);
    if (path === undefined || source === undefined || pattern === null) {
      throw wrongProbe(`log:${rest}`, log, { en: 'no file and expression', ko: '파일과 정규식이 아닙니다' });
    }
    const hasGroup = new RegExp(`${source}|`, 'u').exec('')?.length !== 1;
    return new LogProbe(openLog(path), pattern, hasGroup);
  },
};

function expression(source: string): RegExp | null {
  try {
    return new RegExp(source, 'u');
  } catch {
    return null;
  }
}

function openLog(path: string): number {
  let fd: number | null = null;
  try {
    fd = openSync(path, 'r');
    // A folder can be opened, but not read.
    readSync(fd, Buffer.alloc(1), 0, 1, 0);
    return fd;
  } catch (error) {
    if (fd !== null) closeSync(fd);
    const reason = systemReason(error);
    throw new KeelError('E_PROBE', {
      what: {
        en: `the log ${path} cannot be read: ${reason.en}; nothing was changed`,
        ko: `로그 ${path}을(를) 읽을 수 없습니다: ${reason.ko}. 아무것도 바꾸지 않았습니다`,
      },
      cause: error,
    });
  }
}

class LogProbe implements Probe {
  readonly unit: Probe['unit'];
  readonly combine: Probe['combine'];
  readonly isPassive = true;
  readonly #fd: number;
  readonly #pattern: RegExp;
  #position: number;
  /** The beginning of a line that is still being written. */
  #rest = '';

  constructor(fd: number, pattern: RegExp, hasGroup: boolean) {
    this.#fd = fd;
    this.#pattern = pattern;
    this.unit = hasGroup ? null : 'PerSec';
    this.combine = hasGroup ? 'mean' : 'rate';
    this.#position = fstatSync(fd).size;
  }

  async sample(): Promise<readonly number[]> {
    const matches = this.#newLines().flatMap((line) => {
      const match = this.#pattern.exec(line.slice(0, MOST_LINE));
      return match === null ? [] : [match];
    });
    if (this.combine === 'rate') return matches.map(() => 1);
    const numbers = matches.map((match) => Number(match[1]));
    if (numbers.every(Number.isFinite)) return numbers;
    throw new ProbeFailed('the group of the expression holds no number');
  }

  /** Whole lines since the last time; a file that was cut begins again. */
  #newLines(): readonly string[] {
    const { size } = fstatSync(this.#fd);
    if (size < this.#position) this.#position = 0;
    const from = Math.max(this.#position, size - MOST_BYTES);
    const bytes = Buffer.alloc(size - from);
    const count = readSync(this.#fd, bytes, 0, bytes.length, from);
    this.#position = from + count;
    const lines = (this.#rest + bytes.toString('utf8', 0, count)).split('\n');
    this.#rest = (lines.pop() ?? '').slice(-MOST_LINE);
    return lines;
  }

  close(): void {
    closeSync(this.#fd);
  }
}
