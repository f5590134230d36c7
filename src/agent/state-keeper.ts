/**
 * What the agent knows, kept over its end: open incidents and who was told, so that each gets its end told and none is
 * told twice; and what is usual, so that a restart does not learn anew.
 */
import { join } from 'node:path';
import { parseBaselines, type SavedBaseline } from '../alerts/baselines.ts';
import type { Incident } from '../alerts/incident.ts';
import type { Sentence } from '../base/sentence.ts';
import type { AgentEvent } from './events.ts';
import { type ReadState, readState, writeState } from './state-file.ts';

export interface SavedIncidents {
  readonly incidents: readonly Incident[];
  /** Ids of those that somebody was told of. */
  readonly told: readonly string[];
  /** Ids of those that were told of as a storm, which ends as one. */
  readonly inStorm: readonly string[];
}

export interface Restored extends SavedIncidents {
  readonly baselines: readonly SavedBaseline[];
}

/** What is learned in this time may be lost by a kill. */
const BASELINES_EVERY_NS = 300_000_000_000n;

type Say = (level: AgentEvent['level'], text: Sentence, fields: AgentEvent['fields']) => void;

export class StateKeeper {
  readonly #folder: string;
  readonly #say: Say;
  #saved = '';
  #isFailing = false;
  #baselinesDueNs: bigint | null = null;

  constructor(folder: string, say: Say) {
    this.#folder = folder;
    this.#say = say;
  }

  /** Nothing where there is nothing; a file that is broken is told of. */
  restore(): Restored {
    const incidents = readState(this.#path('incidents'), parseIncidents);
    const baselines = readState(this.#path('baselines'), parseBaselines);
    for (const one of [incidents, baselines]) this.#sayUnread(one);
    return {
      ...(incidents.kind === 'read' ? incidents.state : { incidents: [], told: [], inStorm: [] }),
      baselines: baselines.kind === 'read' ? baselines.state : [],
    };
  }

  /** Only where it changed, and values change with each step: what counts is which there are, what is known, and who was told. */
  saveIncidents(saved: SavedIncidents): void {
    const state = JSON.stringify([
      saved.incidents.map(({ id, severity, findings }) => [id, severity, findings.length]),
      saved.told,
    ]);
    if (state === this.#saved) return;
    if (this.#write('incidents', saved)) this.#saved = state;
  }

  /** Now and then. */
  saveBaselines(nowNs: bigint, baselines: () => readonly SavedBaseline[]): void {
    this.#baselinesDueNs ??= nowNs + BASELINES_EVERY_NS;
    if (nowNs < this.#baselinesDueNs) return;
    this.#baselinesDueNs = nowNs + BASELINES_EVERY_NS;
    this.saveBaselinesNow(baselines());
  }

  saveBaselinesNow(baselines: readonly SavedBaseline[]): void {
    if (baselines.length > 0) this.#write('baselines', { baselines });
  }

  #path(name: 'incidents' | 'baselines'): string {
    return join(this.#folder, `${name}.json`);
  }

  /** Told once, until it works again: it is tried again with each change. */
  #write(name: 'incidents' | 'baselines', content: object): boolean {
    try {
      writeState(this.#path(name), content);
    } catch (error) {
      const { code = 'EIO' } = error as NodeJS.ErrnoException;
      if (!this.#isFailing) this.#say('error', notWritten(this.#folder, code), { code });
      this.#isFailing = true;
      return false;
    }
    if (this.#isFailing) this.#say('info', writtenAgain(this.#folder), { code: null });
    this.#isFailing = false;
    return true;
  }

  #sayUnread(read: ReadState<unknown>): void {
    if (read.kind === 'broken') this.#say('warning', broken(read.path, read.keptAs), { path: read.path });
    if (read.kind === 'unreadable')
      this.#say('error', unreadable(read.path, read.code), { path: read.path, code: read.code });
  }
}

function parseIncidents(content: unknown): SavedIncidents | null {
  const { incidents, told, inStorm = [] } = content as Partial<SavedIncidents>;
  if (!Array.isArray(incidents) || !Array.isArray(told) || !Array.isArray(inStorm)) return null;
  const areOurs = incidents.every(
    (one) => typeof one?.id === 'string' && typeof one.subject?.key === 'string',
  );
  return areOurs ? { incidents, told, inStorm } : null;
}

function notWritten(folder: string, code: string): Sentence {
  return {
    en: `${folder} cannot be written (${code}): open incidents and messages are kept in memory only`,
    ko: `${folder}에 쓸 수 없습니다 (${code}). 열린 사건과 메시지를 메모리에만 보관합니다`,
  };
}

function writtenAgain(folder: string): Sentence {
  return {
    en: `${folder} can be written again: open incidents are on the disk`,
    ko: `${folder}에 다시 쓸 수 있습니다. 열린 사건을 디스크에 저장했습니다`,
  };
}

function broken(path: string, keptAs: string): Sentence {
  return {
    en: `${path} is broken, or of another version: what was in it begins anew; the file is kept as ${keptAs}`,
    ko: `${path}이(가) 손상되었거나 다른 버전입니다. 그 내용은 처음부터 다시 시작하고, 파일은 ${keptAs}(으)로 남겨 두었습니다`,
  };
}

function unreadable(path: string, code: string): Sentence {
  return {
    en: `${path} cannot be read (${code}): what was in it begins anew`,
    ko: `${path}을(를) 읽을 수 없습니다 (${code}). 그 내용은 처음부터 다시 시작합니다`,
  };
}
