/** The history of this user on this machine: where it lies, and what is in it. */
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { KeelError } from '../base/errors.ts';
import type { Sentence } from '../base/sentence.ts';
import { systemReason } from '../base/system-error.ts';
import { HistoryReader, type RecordingRow } from '../history/reader.ts';
import { StoreError, type StoreTrouble } from '../history/sqlite.ts';
import type { WatchFrame } from '../model/watch/frame.ts';
import type { Clock } from './clock.ts';
import { stateFolder } from './state-folder.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Makes its folder, for nobody else to read. @throws KeelError E_IO */
export function historyPath(env: Environment): string {
  const folder = stateFolder(env, process.geteuid?.() === 0);
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    const reason = systemReason(error);
    throw new KeelError('E_IO', {
      what: {
        en: `cannot make ${folder}: ${reason.en}`,
        ko: `${folder}을(를) 만들 수 없습니다: ${reason.ko}`,
      },
      next: [
        {
          en: 'Another place: XDG_STATE_HOME=/some/folder keel ...',
          ko: '다른 위치: XDG_STATE_HOME=/폴더 keel ...',
        },
      ],
      cause: error,
    });
  }
  return join(folder, 'history.db');
}

/** @throws KeelError E_USAGE where nothing was recorded yet, E_FORMAT or E_IO where it cannot be read */
export function openHistory(env: Environment): HistoryReader {
  const path = historyPath(env);
  if (!existsSync(path)) {
    throw new KeelError('E_USAGE', {
      what: { en: 'nothing was recorded yet', ko: '아직 기록한 것이 없습니다' },
      next: [{ en: 'Begin: keel record start PID', ko: '시작: keel record start PID' }],
    });
  }
  return telling(path, () => new HistoryReader(path));
}

/** What a store throws, as an error for people. */
export function telling<T>(path: string, use: () => T): T {
  try {
    return use();
  } catch (error) {
    throw error instanceof StoreError ? storeError(path, error.trouble, error.message) : error;
  }
}

export function storeError(path: string, trouble: StoreTrouble, message: string): KeelError {
  const words = TROUBLES[trouble];
  return new KeelError(trouble === 'damaged' ? 'E_FORMAT' : 'E_IO', {
    what: { en: `${path} ${words.en} (${message})`, ko: `${path}: ${words.ko} (${message})` },
    next: [words.next],
  });
}

/** What each trouble means, and the way out. */
export const TROUBLES: Readonly<Record<StoreTrouble, Sentence & { readonly next: Sentence }>> = {
  damaged: {
    en: 'is damaged, or no history',
    ko: '손상되었거나 기록 파일이 아닙니다',
    next: {
      en: 'keel record start moves it aside and begins a new one',
      ko: 'keel record start가 옆으로 옮기고 새로 시작합니다',
    },
  },
  full: {
    en: 'finds no space on the disk',
    ko: '디스크에 공간이 없습니다',
    next: {
      en: 'Free some, or keep less: --most 64MiB',
      ko: '공간을 비우거나 적게 보관하세요: --most 64MiB',
    },
  },
  refused: {
    en: 'may not be opened or written here',
    ko: '열거나 쓸 수 없습니다',
    next: {
      en: 'Another place: XDG_STATE_HOME=/some/folder keel ...',
      ko: '다른 위치: XDG_STATE_HOME=/폴더 keel ...',
    },
  },
  busy: {
    en: 'is held by another process',
    ko: '다른 프로세스가 사용하고 있습니다',
    next: { en: 'Who records: keel record list', ko: '기록 중인 프로세스: keel record list' },
  },
  failed: {
    en: 'cannot be used',
    ko: '사용할 수 없습니다',
    next: {
      en: 'Another place: XDG_STATE_HOME=/some/folder keel ...',
      ko: '다른 위치: XDG_STATE_HOME=/폴더 keel ...',
    },
  },
};

/**
 * The frames of a recording at the pace at which they came.
 * @param speed 2 is twice as fast; Infinity does not wait at all
 */
export async function* replayFrames(
  frames: Iterable<WatchFrame>,
  clock: Clock,
  speed: number,
  signal: AbortSignal,
): AsyncGenerator<WatchFrame> {
  let beforeNs: bigint | null = null;
  for (const frame of frames) {
    if (signal.aborted) return;
    const gapNs = beforeNs === null ? 0 : Number(frame.monotonicNs - beforeNs);
    beforeNs = frame.monotonicNs;
    if (gapNs > 0 && Number.isFinite(speed)) await clock.sleep(Math.min(gapNs, MOST_GAP_NS) / speed, signal);
    yield frame;
  }
}

/** A machine that slept: nobody waits for that again. */
const MOST_GAP_NS = 10e9;

/** @throws KeelError E_USAGE where there is none that has frames then */
export function recordingAt(
  recordings: readonly RecordingRow[],
  asked: { readonly id: number | null; readonly atMs: number | null },
): RecordingRow {
  const { id, atMs } = asked;
  const kept = recordings.filter((one) => one.frames > 0);
  const found = kept.find(
    (one) =>
      (id === null || one.id === id) &&
      (atMs === null || ((one.firstMs ?? 0) <= atMs && atMs <= (one.lastMs ?? 0))),
  );
  if (found !== undefined) return found;
  if (id !== null && !recordings.some((one) => one.id === id)) throw unknownRecording(id);
  const spans = kept.slice(0, 3).map(({ id: number, title, firstMs, lastMs }) => {
    const time = (ms: number | null) => new Date(ms ?? 0).toISOString().slice(0, 19).replace('T', ' ');
    return `r-${number} ${title}: ${time(firstMs)} - ${time(lastMs)} UTC`;
  });
  throw new KeelError('E_USAGE', {
    what: { en: 'nothing is kept of that time', ko: '그 시각의 기록이 없습니다' },
    next: [
      ...spans.map((span) => ({ en: span, ko: span })),
      { en: 'All: keel record list', ko: '전체: keel record list' },
    ],
  });
}

function unknownRecording(id: number): KeelError {
  return new KeelError('E_USAGE', {
    what: { en: `there is no recording r-${id}`, ko: `r-${id} 기록은 없습니다` },
    next: [{ en: 'Those that there are: keel record list', ko: '있는 기록: keel record list' }],
  });
}
