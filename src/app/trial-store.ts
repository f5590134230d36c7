/**
 * Remembers finished trials in the state folder: one small file each, `trials/t-6.json`, for nobody else to read. A file
 * that is not ours alone, or not of this form, counts as not there: what it says would become advice.
 */
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { isSameProgram, type KeptTrial, type ProgramIdentity } from '../trial/kept-trial.ts';
import { createOwnFile, readOwnFile } from './own-file.ts';

/** The oldest are forgotten. */
const MOST_TRIALS = 100;
/** A thousand candidates that each name a hundred threads. */
const MOST_BYTES = 8 << 20;
/** Others may write theirs at the same time. */
const MOST_TRIES = 100;
const FILE_NAME = /^t-([1-9]\d{0,8})\.json$/;

export class TrialStore {
  readonly #folder: string;

  /** @param stateFolder where keel keeps what must outlive it */
  constructor(stateFolder: string) {
    this.#folder = join(stateFolder, 'trials');
  }

  /** @returns the id it got; null where the folder cannot be written to */
  async keep(trial: Omit<KeptTrial, 'id'>): Promise<string | null> {
    const { renderTrial } = await import('./trial-format.ts');
    const first = (this.#numbers().at(-1) ?? 0) + 1;
    for (let number = first; number < first + MOST_TRIES; number += 1) {
      const id = `t-${number}`;
      if (!createOwnFile(this.#path(number), renderTrial({ id, ...trial }))) continue;
      this.#forgetOldest();
      return id;
    }
    return null;
  }

  /** Of one program, the newest first. */
  async of(program: ProgramIdentity): Promise<readonly KeptTrial[]> {
    return (await this.all()).filter((trial) => isSameProgram(trial.program, program));
  }

  /** The newest first. */
  async all(): Promise<readonly KeptTrial[]> {
    const numbers = this.#numbers();
    if (numbers.length === 0) return [];
    const { parseTrial } = await import('./trial-format.ts');
    return numbers.toReversed().flatMap((number) => {
      const trial = parseTrial(readOwnFile(this.#path(number), MOST_BYTES) ?? '');
      return trial?.id === `t-${number}` ? [trial] : [];
    });
  }

  #forgetOldest(): void {
    for (const number of this.#numbers().slice(0, -MOST_TRIALS)) rmSync(this.#path(number), { force: true });
  }

  #path(number: number): string {
    return join(this.#folder, `t-${number}.json`);
  }

  #numbers(): readonly number[] {
    let names: readonly string[];
    try {
      names = readdirSync(this.#folder);
    } catch {
      return [];
    }
    return names
      .flatMap((name) => FILE_NAME.exec(name)?.[1] ?? [])
      .map(Number)
      .sort((a, b) => a - b);
  }
}
