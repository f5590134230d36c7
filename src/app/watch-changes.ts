/** What keel itself changed, followed: the journal is read again where its files are others than before. */

import { type Change, isActive } from '../actions/change.ts';
import { Journal } from '../actions/journal.ts';
import { KeelError } from '../base/errors.ts';
import { type Maybe, missing } from '../base/missing.ts';
import type { Host } from '../host/host.ts';
import type { FrameChange } from '../model/watch/frame.ts';
import { ownStateFolder } from './state-folder.ts';

/** The newest, and all that are active. */
const MOST_ENDED = 8;

export class ChangeWatch {
  readonly #host: Host;
  readonly #journal: Journal;
  #fingerprint: string | null = null;
  #changes: Maybe<readonly FrameChange[]> = [];

  constructor(host: Host, env: Readonly<Record<string, string | undefined>>) {
    this.#host = host;
    this.#journal = new Journal(ownStateFolder(env));
  }

  /** Of this boot, the newest first. Missing for a captured machine, and where the journal is not ours to trust. */
  async read(): Promise<Maybe<readonly FrameChange[]>> {
    const { kind, facts } = this.#host;
    if (kind !== 'live') return missing('not-captured', this.#journal.folder);
    try {
      const fingerprint = this.#journal.fingerprint();
      if (fingerprint === this.#fingerprint) return this.#changes;
      const { changes } = await this.#journal.read();
      this.#fingerprint = fingerprint;
      this.#changes = newest(changes.filter((one) => one.bootId === facts.bootId));
    } catch (error) {
      if (!(error instanceof KeelError)) throw error;
      return missing('unreadable', this.#journal.folder, error.parts.what.en);
    }
    return this.#changes;
  }
}

function newest(changes: readonly Change[]): readonly FrameChange[] {
  const ended = changes.filter((one) => !isActive(one)).slice(-MOST_ENDED);
  return changes
    .filter((one) => isActive(one) || ended.includes(one))
    .map(frameChange)
    .reverse();
}

function frameChange(change: Change): FrameChange {
  const { id, command, state, at, endedAt } = change;
  return {
    id,
    command,
    state: isActive(change) ? 'active' : (state as FrameChange['state']),
    unixMs: Date.parse(at),
    endedUnixMs: endedAt === null ? null : Date.parse(endedAt),
  };
}
