/**
 * The mappings of processes as they were, for an analysis that comes later: read while the processes live, answered by
 * the time that the analysis has come to.
 */
import { type Maybe, missing } from '../base/missing.ts';
import type { Host } from '../host/host.ts';
import { pathOf } from '../host/reader.ts';
import { taskMaps } from '../kernel/task/maps.ts';
import type { SpottedProcess } from '../perf/process-spotter.ts';

interface Generation {
  /** After the time base: the process is this program since then. */
  readonly sinceNs: number;
  readonly text: Maybe<string>;
}

export class RememberedMaps {
  /** After the time base: answers are of that time. */
  nowNs = 0;
  readonly #generations = new Map<string, Generation[]>();
  readonly #read: (path: string) => Maybe<string>;
  /** The machine, but for the mappings of what is remembered. */
  readonly host: Host;

  constructor(host: Host) {
    let read = (path: string): Maybe<string> => missing('absent', path);
    this.host = host.through((inner) => {
      read = (path) => inner.text(taskMaps.kind, path);
      return { text: (kind, path) => this.#remembered(path) ?? inner.text(kind, path) };
    });
    this.#read = read;
  }

  /** Of a process that is watched from the start, or just met. */
  remember(tgid: number): void {
    this.#add(tgid, Number.NEGATIVE_INFINITY);
  }

  rememberAll(processes: readonly SpottedProcess[]): void {
    for (const { tgid, executedNs } of processes) this.#add(tgid, executedNs ?? Number.NEGATIVE_INFINITY);
  }

  #add(tgid: number, sinceNs: number): void {
    const path = pathOf(taskMaps, { pid: tgid });
    const known = this.#generations.get(path) ?? [];
    if (known.some((generation) => generation.sinceNs === sinceNs)) return;
    this.#generations.set(path, [...known, { sinceNs, text: this.#read(path) }]);
  }

  #remembered(path: string): Maybe<string> | null {
    const generations = this.#generations.get(path) ?? [];
    return generations.findLast(({ sinceNs }) => sinceNs <= this.nowNs)?.text ?? null;
  }
}
