/** The file of a recording, written while it is made and read again: memory stays bounded, and a crash costs a second. */
import { closeSync, openSync, readSync, unlinkSync, writeSync } from 'node:fs';
import { FormatError, KeelError } from '../base/errors.ts';
import type { FaultBatch } from '../model/faults/fault-batch.ts';
import type { FaultRecording } from '../model/faults/recording.ts';
import type { FaultTables } from '../model/faults/tables.ts';
import type { RecordingHead } from '../recording/fault-blocks.ts';
import { FaultFileReader } from '../recording/fault-file-reader.ts';
import { FaultFileWriter } from '../recording/fault-file-writer.ts';
import { fileThere } from './write-file.ts';

const FLUSH_EVERY_NS = 1e9;
const PIECE_BYTES = 1024 * 1024;

export class FaultFile {
  readonly #path: string;
  readonly #fd: number;
  readonly #writer: FaultFileWriter;
  #flushedNs = 0n;

  /**
   * @param force replaces a file that is there
   * @throws KeelError E_CONFLICT where it is there, E_IO where it cannot be written
   */
  constructor(path: string, force: boolean, tables: FaultTables) {
    this.#path = path;
    this.#writer = new FaultFileWriter(tables);
    try {
      if (force) removeOld(path);
      this.#fd = openSync(path, 'wx', 0o600);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') throw fileThere(path, FORCE_NEXT, error);
      throw this.#cannotWrite(error);
    }
  }

  /** Before any fault. */
  begin(head: RecordingHead): void {
    this.#write(this.#writer.head(head));
  }

  /** @param batch whose numbers are of the tables of this file */
  addBatch(batch: FaultBatch): void {
    this.#write(this.#writer.batch(batch));
  }

  /** Whether what was recorded since the last time is to be written now: once a second at least. */
  isDue(nowNs: bigint): boolean {
    if (nowNs - this.#flushedNs < FLUSH_EVERY_NS) return false;
    this.#flushedNs = nowNs;
    return true;
  }

  finish(recording: FaultRecording): void {
    const { summary: _, stacks: __, weights: ___, cut: ____, damaged: _____, ...ending } = recording;
    this.#write(this.#writer.end(ending));
  }

  close(): void {
    closeSync(this.#fd);
  }

  /** Synchronous: where the disk is slower than the faults, the ring runs over, and what is lost is counted. */
  #write(pieces: readonly Uint8Array[]): void {
    try {
      for (const piece of pieces) {
        for (let at = 0; at < piece.length; ) at += writeSync(this.#fd, piece, at);
      }
    } catch (error) {
      throw this.#cannotWrite(error);
    }
  }

  #cannotWrite(error: unknown): KeelError {
    const code = (error as NodeJS.ErrnoException).code ?? String(error);
    return new KeelError('E_IO', {
      what: { en: `cannot write ${this.#path}: ${code}`, ko: `${this.#path}을(를) 쓸 수 없습니다: ${code}` },
      cause: error,
    });
  }
}

/** For files that a recording writes. */
export const FORCE_NEXT = {
  en: 'Another name, or --force to replace it',
  ko: '다른 이름을 쓰거나, 덮어쓰려면 --force를 쓰세요',
};

function removeOld(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}

/** @throws KeelError E_IO where it cannot be read, E_FORMAT where it is no recording */
export function readFaultFile(path: string): { recording: FaultRecording; startedUnixMs: number } {
  const reader = new FaultFileReader();
  let fd: number | null = null;
  try {
    fd = openSync(path, 'r');
    const piece = Buffer.allocUnsafe(PIECE_BYTES);
    for (let count = readSync(fd, piece); count > 0; count = readSync(fd, piece)) {
      reader.push(piece.subarray(0, count));
    }
    const recording = reader.recording();
    return { recording, startedUnixMs: reader.head?.startedUnixMs ?? 0 };
  } catch (error) {
    throw cannotRead(path, error);
  } finally {
    if (fd !== null) closeSync(fd);
  }
}

function cannotRead(path: string, error: unknown): unknown {
  if (error instanceof FormatError) {
    return new KeelError('E_FORMAT', {
      what: {
        en: `${path} is no recording of page faults that this version reads: ${error.message}`,
        ko: `${path}은(는) 이 버전이 읽을 수 있는 페이지 폴트 기록이 아닙니다: ${error.message}`,
      },
      next: [
        { en: 'Make one: keel faults record PID -o FILE', ko: '기록하기: keel faults record PID -o FILE' },
      ],
      cause: error,
    });
  }
  const code = (error as NodeJS.ErrnoException).code;
  if (code === undefined) return error;
  return new KeelError('E_IO', {
    what: { en: `cannot read ${path}: ${code}`, ko: `${path}을(를) 읽을 수 없습니다: ${code}` },
    cause: error,
  });
}
