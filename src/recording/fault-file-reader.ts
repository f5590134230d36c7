/** Reads a recording of page faults: takes the bytes of a file in pieces, and adds up its faults. */
import { FormatError } from '../base/errors.ts';
import { FaultCollector } from '../model/faults/collector.ts';
import { FaultBatch } from '../model/faults/fault-batch.ts';
import type { FaultMeasurement, FaultRecording } from '../model/faults/recording.ts';
import { placesOnly } from '../model/stacks/names.ts';
import { isDefinitions, isEnding, isHead } from './block-shapes.ts';
import { type Block, BlockReader } from './blocks.ts';
import {
  BLOCKS,
  type Definitions,
  type EndingJson,
  FIRST_LINES,
  imageOf,
  measuredOf,
  NAME,
  NODES_NOT_RECORDED,
  nameOf,
  parseJson,
  type RecordingHead,
} from './fault-blocks.ts';
import { FaultColumnReader } from './fault-columns.ts';
import { Version1Reader } from './version-1.ts';

const KNOWN_LINES: readonly string[] = Object.values(FIRST_LINES);

export class FaultFileReader {
  readonly #blocks = new BlockReader();
  readonly #collector = new FaultCollector();
  readonly #rows = new Version1Reader();
  readonly #columns = new FaultColumnReader();
  readonly #batch = new FaultBatch();
  #firstLine: Uint8Array | null = new Uint8Array();
  #head: RecordingHead | null = null;
  #ending: EndingJson | null = null;
  #lastNs = 0;

  /** @throws FormatError for what is no such file, is of a later version, or contradicts itself */
  push(piece: Uint8Array): void {
    const bytes = this.#withoutFirstLine(piece);
    if (bytes === null) return;
    for (const block of this.#blocks.push(bytes)) this.#take(block);
  }

  get head(): RecordingHead | null {
    return this.#head;
  }

  /** @throws FormatError where the file ended before it said what it is */
  recording(): FaultRecording {
    if (this.#head === null) throw new FormatError(`a file that starts with ${NAME}`, 'too short a file');
    const { tables } = this.#collector;
    const ending = this.#ending;
    return {
      ...(ending === null ? this.#measuredSoFar(this.#head) : measuredOf(ending)),
      names: ending === null ? placesOnly(tables.frames) : ending.names.map(nameOf),
      unread: ending?.unread ?? [],
      builds: ending?.builds ?? [],
      summary: this.#collector.summary(),
      stacks: tables.stacks,
      weights: this.#collector.weights(),
      cut: ending === null,
      damaged: this.#blocks.isDamaged,
    };
  }

  #withoutFirstLine(piece: Uint8Array): Uint8Array | null {
    if (this.#firstLine === null) return piece;
    const bytes = Buffer.concat([this.#firstLine, piece]);
    this.#firstLine = bytes;
    const length = FIRST_LINES[3].length;
    if (bytes.length < length) return null;
    const line = bytes.toString('latin1', 0, length);
    if (!KNOWN_LINES.includes(line))
      throw line.startsWith(NAME)
        ? new FormatError('version 1, 2 or 3', line.trimEnd())
        : new FormatError(`a file that starts with "${NAME.trimEnd()}"`, 'another beginning');
    this.#firstLine = null;
    return bytes.subarray(length);
  }

  #take({ type, bytes }: Block): void {
    if (type === BLOCKS.columns) this.#takeColumns(bytes);
    else if (type === BLOCKS.rows) this.#takeRows(bytes);
    else if (type === BLOCKS.head) this.#head = parseJson<RecordingHead>(bytes, isHead, 'a head');
    else if (type === BLOCKS.definitions)
      this.#define(parseJson<Definitions>(bytes, isDefinitions, 'definitions'));
    else if (type === BLOCKS.end) this.#ending = parseJson<EndingJson>(bytes, isEnding, 'an end');
  }

  #takeColumns(bytes: Uint8Array): void {
    const { threads, places, stacks } = this.#collector.tables;
    const batch = this.#batch;
    this.#columns.read(bytes, batch, {
      threads: threads.threads.length,
      places: places.places.length,
      stacks: stacks.size,
    });
    this.#collector.addBatch(batch);
    const last = batch.length - 1;
    if (last >= 0) this.#lastNs = (batch.timesNs[last] as number) + (batch.latenciesNs[last] as number);
  }

  #takeRows(bytes: Uint8Array): void {
    this.#rows.read(bytes, (fault) => {
      if (fault.stack >= this.#collector.tables.stacks.size || fault.stack < 0)
        throw new FormatError('a stack that was defined', `${fault.stack}`);
      this.#lastNs = fault.timeNs + fault.latencyNs;
      this.#collector.add(fault);
    });
  }

  #define({ threads, mappings, images, frames, stacks }: Definitions): void {
    const { tables } = this.#collector;
    for (const [tgid, tid] of threads) {
      tables.threads.idOf(tgid, tid);
      this.#rows.threads.push({ tgid, tid });
    }
    for (const [kind, path] of mappings) this.#rows.places.push(tables.places.placeOf(kind, path));
    for (const image of images) tables.frames.image(imageOf(image));
    for (const [kind, a, b] of frames) {
      if (kind === 'image') tables.frames.inImage(a, b);
      else if (kind === 'memory') tables.frames.inMemory(a, b);
      else tables.frames.inKernel(a);
    }
    for (const [parent, frame] of stacks) {
      // A stack that were its own caller would have no end.
      if (parent >= tables.stacks.size || frame >= tables.frames.frames.length)
        throw new FormatError('a stack of what was defined', `${parent}, ${frame}`);
      tables.stacks.push(parent, frame);
    }
  }

  /** What a file that was cut off says of itself: its rows. */
  #measuredSoFar({ callchains, obtainedBy }: RecordingHead): FaultMeasurement {
    const { total, byNode } = this.#collector.summary();
    return {
      elapsedNs: this.#lastNs,
      counted: { entry: BigInt(total.faults), minor: BigInt(total.minor), major: BigInt(total.major) },
      lost: 0,
      unpaired: 0,
      addressMismatches: 0,
      userOnly: false,
      obtainedBy,
      callchains,
      withoutNodes: byNode.length > 0 ? null : NODES_NOT_RECORDED,
      ownCpuNs: 0,
      program: null,
    };
  }
}
