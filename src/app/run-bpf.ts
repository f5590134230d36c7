/** What loaded programs have in common: attaching them, and reading the maps they fill. */
import type { Decoded, Fields } from '../bpf/layout.ts';
import type { EventArray, OwnCounters, QueueMap, TableMap } from '../bpf/maps.ts';
import type { BuiltProgram } from '../bpf/program.ts';
import {
  attachTracepoint,
  lookupAll,
  lookupElement,
  pinned,
  popElement,
  updateElement,
} from '../native/bpf.ts';
import { PerfEvent } from '../native/perf-event.ts';
import { type EventAttributes, encodeAttributes } from '../perf/attributes.ts';
import type { LoadedProgram } from './load-bpf.ts';

/** From now on they run; until the program is closed. @throws KernelError */
export function attachTracepoints(loaded: LoadedProgram<BuiltProgram>): void {
  try {
    for (const { name, attachment } of loaded.built.parts) {
      if (attachment.kind !== 'tracepoint') continue;
      loaded.attachments.own(attachTracepoint(programFd(loaded, name)));
    }
  } catch (error) {
    loaded.close();
    throw error;
  }
}

/** The same for programs of perf events, on each of these CPUs, for all tasks. @throws KernelError */
export function attachPerfEvents(loaded: LoadedProgram<BuiltProgram>, cpus: readonly number[]): void {
  try {
    for (const { name, attachment } of loaded.built.parts) {
      if (attachment.kind !== 'perf-event') continue;
      const source = { kind: 'software', name: attachment.event } as const;
      for (const cpu of cpus) attachPerfEvent(loaded, name, { source, period: 1, sample: ['address'] }, cpu);
    }
  } catch (error) {
    loaded.close();
    throw error;
  }
}

function attachPerfEvent(
  loaded: LoadedProgram<BuiltProgram>,
  name: string,
  attributes: EventAttributes,
  cpu: number,
): void {
  const event = new PerfEvent(encodeAttributes(attributes), { cpu });
  loaded.attachments.own(event.fd);
  event.runProgram(programFd(loaded, name));
  event.enable();
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

/** The bytes of the value of a key; null where there is none. */
export function readValue<Key extends Fields, Value extends Fields>(
  loaded: LoadedProgram<BuiltProgram>,
  map: TableMap<Key, Value>,
  key: Uint8Array,
): Uint8Array | null {
  const value = pinned(new Uint8Array(map.valueBytes));
  return lookupElement(mapFd(loaded, map.name), key, value) ? value : null;
}

/** Takes what has come; what comes meanwhile may be left for the next time. */
export function readQueue<Value extends Fields>(
  loaded: LoadedProgram<BuiltProgram>,
  map: QueueMap<Value>,
): Decoded<Value>[] {
  const value = pinned(new Uint8Array(map.valueBytes));
  const values: Decoded<Value>[] = [];
  while (values.length < map.entries && popElement(mapFd(loaded, map.name), value))
    values.push(map.value.decode(new DataView(value.buffer), 0));
  return values;
}

/** @param events descriptors of perf events, by the CPU they are of */
export function fillEventArray(
  loaded: LoadedProgram<BuiltProgram>,
  map: EventArray,
  events: Iterable<readonly [cpu: number, fd: number]>,
): void {
  for (const [cpu, fd] of events) updateElement(mapFd(loaded, map.name), word(cpu), word(fd));
}

function word(value: number): Uint8Array {
  const bytes = pinned(new Uint8Array(4));
  new DataView(bytes.buffer).setUint32(0, value, true);
  return bytes;
}

/** @throws Error for a part that the program does not have */
export function programFd(loaded: LoadedProgram<BuiltProgram>, name: string): number {
  const fd = loaded.programs.get(name);
  if (fd === undefined) throw new Error(`the program has no part ${name}`);
  return fd;
}

/** @throws Error for a map that the program does not have */
export function mapFd(loaded: LoadedProgram<BuiltProgram>, name: string): number {
  const fd = loaded.maps.get(name);
  if (fd === undefined) throw new Error(`the program has no map ${name}`);
  return fd;
}
