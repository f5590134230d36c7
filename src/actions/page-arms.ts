/**
 * The part of a trial's placements that moves pages between NUMA nodes. Pages move where the placement before has them
 * elsewhere; the first move of each is in the journal before, so that an undo sends them back from wherever it stopped.
 */
import type { ChangeLog } from './apply.ts';
import type { MigrationRecord } from './change.ts';
import type { Controls } from './controls.ts';
import { isGone } from './refused.ts';

export class PageArms {
  readonly #controls: Pick<Controls, 'migratePages'>;
  readonly #candidates: readonly (readonly MigrationRecord[])[];
  readonly #told = new Set<string>();
  #current = 0;
  #log: ChangeLog | null = null;

  /** @param candidates where the pages of each go; they become the placements 1, 2, ... */
  constructor(controls: Pick<Controls, 'migratePages'>, candidates: readonly (readonly MigrationRecord[])[]) {
    this.#controls = controls;
    this.#candidates = candidates;
  }

  writeTo(log: ChangeLog): void {
    this.#log = log;
  }

  changesSomething(arm: number): boolean {
    return this.#of(arm).length > 0;
  }

  /** What has ended is passed over. @throws Refused; what was done stays until the next switch */
  switchTo(arm: number): void {
    const [now, next] = [this.#of(this.#current), this.#of(arm)];
    // First: where it fails half-way, the next switch has to send back what had moved.
    this.#current = arm;
    for (const one of now.filter((other) => !hasSame(next, other))) this.#move(one, one.to, one.from);
    for (const one of next.filter((other) => !hasSame(now, other))) {
      if (!this.#told.has(keyOf(one))) this.#log?.append({ record: 'migrating', migration: one });
      this.#told.add(keyOf(one));
      this.#move(one, one.from, one.to);
    }
  }

  #of(arm: number): readonly MigrationRecord[] {
    return this.#candidates[arm - 1] ?? [];
  }

  #move(process: MigrationRecord, from: string, to: string): void {
    try {
      this.#controls.migratePages(process, from, to);
    } catch (error) {
      if (!isGone(error)) throw error;
    }
  }
}

function keyOf({ tgid, startTicks, from, to }: MigrationRecord): string {
  return `${tgid}@${startTicks} ${from} ${to}`;
}

function hasSame(all: readonly MigrationRecord[], one: MigrationRecord): boolean {
  return all.some((other) => keyOf(other) === keyOf(one));
}
