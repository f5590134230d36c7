/** What loaded programs have in common: attaching to tracepoints, and reading the maps they fill. */
import type { Decoded, FieldType } from '../bpf/layout.ts';
import type { OwnCounters, TableMap } from '../bpf/maps.ts';
import type { BuiltProgram } from '../bpf/program.ts';
import { attachTracepoint, lookupAll, lookupElement, pinned } from '../native/bpf.ts';
import type { LoadedProgram } from './load-bpf.ts';

type Fields = Readonly<Record<string, FieldType>>;

/** From now on they run; until the program is closed. @throws KernelError */
export function attachTracepoints(loaded: LoadedProgram<BuiltProgram>): void {
  try {
    for (const fd of loaded.programs.values()) loaded.descriptors.own(attachTracepoint(fd));
  } catch (error) {
    loaded.close();
    throw error;
  }
}

export function readTable<Key extends Fields, Value extends Fields>(
  loaded: LoadedProgram<BuiltProgram>,
  map: TableMap<Key, Value>,
): (Decoded<Key> & Decoded<Value>)[] {
  return map.decode(lookupAll(mapFd(loaded, map.name), map));
}

export function readOwnCounters<Value extends Fields>(
  loaded: LoadedProgram<BuiltProgram>,
  map: OwnCounters<Value>,
): Decoded<Value> {
  const value = pinned(new Uint8Array(map.valueBytes));
  lookupElement(mapFd(loaded, map.name), pinned(new Uint8Array(map.keyBytes)), value);
  return map.value.decode(new DataView(value.buffer), 0);
}

function mapFd(loaded: LoadedProgram<BuiltProgram>, name: string): number {
  const fd = loaded.maps.get(name);
  if (fd === undefined) throw new Error(`the program has no map ${name}`);
  return fd;
}
