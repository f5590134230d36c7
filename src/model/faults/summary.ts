/** What a recording of page faults says, by stall time: how long threads were held, by what, and where. */
import { slotOf } from '../../stats/log-histogram.ts';
import { FAULT_CAUSES, type FaultCause } from './cause.ts';
import { BATCH_FAULTS, type FaultBatch } from './fault-batch.ts';
import { type NodeShare, NodeTallies } from './node-tallies.ts';
import { PageSet } from './page-set.ts';
import { type MappingKind, NOWHERE, type PlaceTable } from './places.ts';
import { type Share, Tallies } from './tallies.ts';
import type { FaultThread, ThreadTable } from './threads.ts';

export type { Share } from './tallies.ts';

export interface MappingShare extends Share {
  readonly kind: MappingKind;
  readonly path: string;
}

export interface FaultSummary {
  readonly total: Share;
  /** Each list by stall, the heaviest first. */
  readonly byCause: readonly ({ readonly cause: FaultCause } & Share)[];
  readonly byMapping: readonly MappingShare[];
  readonly byThread: readonly ({ readonly tgid: number; readonly tid: number } & Share)[];
  readonly byCpu: readonly ({ readonly cpu: number } & Share)[];
  /** By the number of the page's memory node, for the faults of which it is known; empty where it is of none. */
  readonly byNode: readonly NodeShare[];
  /** Faults per distinct page that faulted: far above 1, memory is given back and touched again. */
  readonly refaultRatio: number | null;
}

/** Places and threads kept apart; a hostile target could make endless ones. The rest is one row of no name. */
const MOST_KEYS = 10_000;
/** NR_CPUS of the largest kernels is 8192; more in a file are damage. */
const MOST_CPUS = 65_536;

export class FaultTotals {
  readonly #threads: ThreadTable;
  readonly #places: PlaceTable;
  readonly #byCause = new Tallies(FAULT_CAUSES.length);
  readonly #byPlace = new Tallies(MOST_KEYS);
  readonly #byThread = new Tallies(MOST_KEYS);
  readonly #byCpu = new Tallies(MOST_CPUS);
  readonly #byNode = new NodeTallies();
  readonly #pages = new PageSet();
  readonly #slots = new Uint16Array(BATCH_FAULTS);

  constructor(threads: ThreadTable, places: PlaceTable) {
    this.#threads = threads;
    this.#places = places;
  }

  addBatch(batch: FaultBatch): void {
    const slots = this.#slots;
    for (let row = 0; row < batch.length; row += 1) slots[row] = slotOf(batch.latenciesNs[row] as number);
    this.#byCause.addBatch(batch.causes, batch, slots);
    this.#byPlace.addBatch(batch.places, batch, slots);
    this.#byThread.addBatch(batch.threads, batch, slots);
    this.#byCpu.addBatch(batch.cpus, batch, slots);
    if (batch.knowsHomes) this.#byNode.addBatch(batch, slots);
    this.#addPages(batch);
  }

  summary(): FaultSummary {
    const total = this.#byCause.total();
    const pages = this.#pages.size;
    return {
      total,
      byCause: heaviest(this.#byCause, (code) => ({ cause: FAULT_CAUSES[code] as FaultCause })),
      byMapping: heaviest(this.#byPlace, (id) => this.#placeOf(id)),
      byThread: heaviest(this.#byThread, (id) => this.#threads.threads[id] as FaultThread),
      byCpu: heaviest(this.#byCpu, (cpu) => ({ cpu })),
      byNode: this.#byNode.shares(),
      refaultRatio: pages === 0 ? null : total.faults / pages,
    };
  }

  #addPages({ length, threads, addresses }: FaultBatch): void {
    const known = this.#threads.threads;
    for (let row = 0; row < length; row += 1) {
      const { tgid } = known[threads[row] as number] as FaultThread;
      this.#pages.add(tgid, addresses[row] as number);
    }
  }

  #placeOf(id: number): Pick<MappingShare, 'kind' | 'path'> {
    const { kind, path } = this.#places.places[id] ?? NOWHERE;
    return { kind, path };
  }
}

/** A row for each number that was counted, by stall. */
function heaviest<Key>(tallies: Tallies, keyOf: (id: number) => Key): (Key & Share)[] {
  return tallies
    .shares()
    .map(({ id, share }) => ({ ...keyOf(id), ...share }))
    .sort((a, b) => b.stallNs - a.stallNs);
}
