/** Makes the bytes of a recording of page faults, piece by piece. The format is told in fault-blocks.ts. */
import type { FaultBatch } from '../model/faults/fault-batch.ts';
import type { FaultTables } from '../model/faults/tables.ts';
import { encodeBlock } from './blocks.ts';
import {
  BLOCKS,
  type Definitions,
  type Ending,
  endingJson,
  FIRST_LINES,
  frameJson,
  imageJson,
  jsonBlock,
  type RecordingHead,
  textBytes,
} from './fault-blocks.ts';
import { FaultColumnWriter } from './fault-columns.ts';

export class FaultFileWriter {
  readonly #tables: FaultTables;
  readonly #columns = new FaultColumnWriter();
  /** Number 0 means the same in every file, except of images. */
  readonly #defined = { threads: 1, places: 1, images: 0, frames: 1, stacks: 1 };

  /** @param tables whose numbers the faults have */
  constructor(tables: FaultTables) {
    this.#tables = tables;
  }

  head(head: RecordingHead): Uint8Array[] {
    return [textBytes(FIRST_LINES[3]), jsonBlock(BLOCKS.head, head)];
  }

  /** Definitions before the faults that use them. */
  batch(batch: FaultBatch): Uint8Array[] {
    if (batch.length === 0) return [];
    const definitions = this.#definitions();
    return [
      ...(definitions === null ? [] : [jsonBlock(BLOCKS.definitions, definitions)]),
      encodeBlock({ type: BLOCKS.columns, bytes: this.#columns.bytesOf(batch) }, 'columns'),
    ];
  }

  end(ending: Ending): Uint8Array[] {
    const definitions = this.#definitions();
    return [
      // Places in code that no fault was at are named too.
      ...(definitions === null ? [] : [jsonBlock(BLOCKS.definitions, definitions)]),
      jsonBlock(BLOCKS.end, endingJson(ending)),
    ];
  }

  #definitions(): Definitions | null {
    const { frames, stacks, places, threads } = this.#tables;
    const from = { ...this.#defined };
    Object.assign(this.#defined, {
      threads: threads.threads.length,
      places: places.places.length,
      images: frames.images.length,
      frames: frames.frames.length,
      stacks: stacks.size,
    });
    const added: Definitions = {
      threads: threads.threads.slice(from.threads).map(({ tgid, tid }) => [tgid, tid]),
      mappings: places.places.slice(from.places).map(({ kind, path }) => [kind, path]),
      images: frames.images.slice(from.images).map(imageJson),
      frames: frames.frames.slice(from.frames).map(frameJson),
      stacks: Array.from({ length: stacks.size - from.stacks }, (_, i) => [
        stacks.parent(from.stacks + i),
        stacks.frame(from.stacks + i),
      ]),
    };
    return Object.values(added).every((list) => list.length === 0) ? null : added;
  }
}
