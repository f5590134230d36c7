/** The mappings and the code of every process that is recorded, as they change. */
import { orNull } from '../base/missing.ts';
import type { Host } from '../host/host.ts';
import { type TaskMapping, taskMaps } from '../kernel/task/maps.ts';
import { AddressSpace, type FileIdentity, type SpaceMapping } from '../model/faults/address-space.ts';
import type { PlaceTable } from '../model/faults/places.ts';
import type { FaultTables } from '../model/faults/tables.ts';
import { CodeOfProcess } from '../model/stacks/code-of-process.ts';
import type { MmapRecord, OtherRecord } from '../perf/records.ts';

const PROT_EXEC = 4;
const MAP_SHARED = 1;

export class AddressSpaces {
  readonly #host: Host;
  readonly #tables: FaultTables;
  readonly #processes = new Map<number, CodeOfProcess>();
  /** Processes whose mappings were only heard of, not read: the stack of a new program is not told of. */
  readonly #incomplete = new Set<number>();
  #made = 0;

  constructor(host: Host, tables: FaultTables) {
    this.#host = host;
    this.#tables = tables;
  }

  /** Records must come in the order of time, between the faults. */
  apply(record: OtherRecord): void {
    switch (record.kind) {
      case 'mmap':
        this.process(record.tgid).space.map(mappingOf(record, this.#tables.places));
        break;
      case 'comm':
        if (!record.exec) break;
        this.#set(record.tgid, new AddressSpace());
        this.#incomplete.add(record.tgid);
        break;
      case 'fork':
        if (record.tgid !== record.parentTgid)
          this.#set(record.tgid, this.process(record.parentTgid).space.copy());
        break;
      default:
        break;
    }
  }

  /** The mapping of an address of its process; null where none is known. */
  find({ tgid, space }: CodeOfProcess, address: number): SpaceMapping | null {
    const mapping = space.find(address);
    if (mapping !== null || !this.#incomplete.delete(tgid)) return mapping;
    for (const read of this.#read(tgid)) if (space.find(read.address) === null) space.map(read);
    return space.find(address);
  }

  /** Its mappings are read when it is first met. */
  process(tgid: number): CodeOfProcess {
    return this.#processes.get(tgid) ?? this.#set(tgid, new AddressSpace(this.#read(tgid)));
  }

  #set(tgid: number, space: AddressSpace): CodeOfProcess {
    const process = new CodeOfProcess(tgid, space, this.#tables, this.#made);
    this.#made += 1;
    this.#processes.set(tgid, process);
    return process;
  }

  #read(tgid: number): SpaceMapping[] {
    const maps = orNull(this.#host.read(taskMaps, { pid: tgid })) ?? [];
    return maps.map((mapping) => {
      const { address, bytes, offset, executable, shared } = mapping;
      const place = this.#tables.places.ofMapping(mapping);
      return { address, bytes, offset, executable, shared, place, file: fileOf(mapping) };
    });
  }
}

function mappingOf(record: MmapRecord, places: PlaceTable): SpaceMapping {
  const { address, bytes, offset, path, major, minor, inode } = record;
  const shared = (record.flags & MAP_SHARED) !== 0;
  return {
    address,
    bytes,
    offset,
    executable: (record.protection & PROT_EXEC) !== 0,
    shared,
    place: places.ofMapping({ path, shared }),
    file: inode === 0n ? null : { major, minor, inode },
  };
}

export function fileOf({ device, inode }: TaskMapping): FileIdentity | null {
  const [major = Number.NaN, minor = Number.NaN] = device.split(':').map((part) => Number.parseInt(part, 16));
  return inode === 0n ? null : { major, minor, inode };
}
