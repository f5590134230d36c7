/** Where the threads of a process were found, look after look: running, or waiting for what. */
import { WAIT_PLACES, type WaitPlace } from './wait-place.ts';

export interface ThreadWaits {
  readonly tid: number;
  readonly comm: string;
  /** Times it was looked at. */
  readonly looks: number;
  /** On a CPU or ready for one. */
  readonly running: number;
  readonly waiting: Readonly<Partial<Record<WaitPlace, number>>>;
}

export interface SampledWaits {
  /** The whole stack, or only the function on top of it. */
  readonly obtainedBy: 'stack' | 'wchan';
  readonly threads: readonly ThreadWaits[];
}

interface Tally {
  comm: string;
  looks: number;
  running: number;
  readonly waiting: Map<WaitPlace, number>;
}

/** Counts looks as they come. */
export class WaitTally {
  readonly #threads = new Map<number, Tally>();

  /** @param place null while it runs */
  add(tid: number, comm: string, place: WaitPlace | null): void {
    const one = this.#threads.get(tid) ?? { comm, looks: 0, running: 0, waiting: new Map() };
    this.#threads.set(tid, one);
    one.comm = comm;
    one.looks += 1;
    if (place === null) one.running += 1;
    else one.waiting.set(place, (one.waiting.get(place) ?? 0) + 1);
  }

  result(obtainedBy: SampledWaits['obtainedBy']): SampledWaits {
    const threads = [...this.#threads].map(([tid, { waiting, ...one }]) => ({
      tid,
      ...one,
      waiting: Object.fromEntries(waiting),
    }));
    return { obtainedBy, threads };
  }
}

/** The thread that was found there in the largest share of the looks; null where none was. */
export function mostHeld(
  { threads }: SampledWaits,
  places: readonly WaitPlace[],
): { readonly thread: ThreadWaits; readonly ratio: number } | null {
  const rated = threads.map((thread) => ({ thread, ratio: ratioIn(thread, places) }));
  const [most] = rated.filter(({ ratio }) => ratio > 0).sort((a, b) => b.ratio - a.ratio);
  return most ?? null;
}

/** Share of the looks at which it waited in one of these places, 0 to 1. */
export function ratioIn({ looks, waiting }: ThreadWaits, places: readonly WaitPlace[]): number {
  return looks === 0 ? 0 : places.reduce((sum, place) => sum + (waiting[place] ?? 0), 0) / looks;
}

/** Where a thread waited, the most frequent first. */
export function placesOf(thread: ThreadWaits): readonly (readonly [WaitPlace, number])[] {
  return WAIT_PLACES.map((place) => [place, ratioIn(thread, [place])] as const)
    .filter(([, ratio]) => ratio > 0)
    .sort((a, b) => b[1] - a[1]);
}
