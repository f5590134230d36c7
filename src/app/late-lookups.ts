/** What late events name: functions of the kernel, interrupts, files. Each answer is kept. */
import { isMissing, orNull } from '../base/missing.ts';
import type { Host } from '../host/host.ts';
import { kernelFunctions } from '../kernel/image/kallsyms.ts';
import { interrupts } from '../kernel/irq/interrupts.ts';
import { type TaskMapping, taskMaps } from '../kernel/task/maps.ts';
import { processStat } from '../kernel/task/stat.ts';
import { processStatus } from '../kernel/task/status.ts';
import { type CpuDistance, cpuDistance } from '../model/cpu-distance.ts';
import type { SleepClass, TaskName } from '../model/late/events.ts';
import { sleepClass } from '../model/late/sleep-class.ts';
import type { CpuTopology } from '../model/topology.ts';
import { KernelSymbols } from '../symbols/kernel-symbols.ts';
import type { Clock } from './clock.ts';
import type { LateLookups } from './decode-late-events.ts';
import { readTopology } from './read-topology.ts';

/** The mappings of the target are read again for an address that is in none of them, but no more often. */
const MAPS_EVERY_NS = 20_000_000n;

/** The functions of the kernel are read at once: later it would hold up the draining of rings. */
export function openLateLookups(host: Host, clock: Clock, tgid: number): LateLookups {
  return {
    sleepOf: sleepLookup(host),
    interruptOf: interruptLookup(host),
    placeOf: placeLookup(host, clock, tgid),
    taskOf: (tid) => taskOf(host, tid),
  };
}

/** The topology is read at once, as the functions are. */
export function distanceLookup(host: Host): (from: number, to: number) => CpuDistance | null {
  const cpus: ReadonlyMap<number, CpuTopology> = new Map(
    readTopology(host).cpus.map((one) => [one.cpu, one]),
  );
  return (from, to) => {
    const [a, b] = [cpus.get(from), cpus.get(to)];
    return a === undefined || b === undefined ? null : cpuDistance(a, b);
  };
}

/** One that has ended meanwhile has no name any more. */
function taskOf(host: Host, tid: number): TaskName {
  const tgid = orNull(host.read(processStatus, { pid: tid }))?.tgid ?? tid;
  return { tid, tgid, comm: orNull(host.read(processStat, { pid: tid }))?.comm ?? '?' };
}

function sleepLookup(host: Host): LateLookups['sleepOf'] {
  const functions = host.read(kernelFunctions);
  if (isMissing(functions)) return () => 'unknown';
  const table = new KernelSymbols(functions);
  const known = new Map<string, SleepClass>();
  return (frames, argument) => {
    const key = `${argument} ${frames.join(' ')}`;
    const found = known.get(key);
    if (found !== undefined) return found;
    const made = sleepClass(
      frames.flatMap((frame) => table.find(frame)?.name ?? []),
      argument,
    );
    known.set(key, made);
    return made;
  };
}

/** The device is the last word: "PCI-MSI 524288-edge virtio0-input.0". */
export function interruptLookup(host: Host): LateLookups['interruptOf'] {
  let names: Map<string, string> | null = null;
  return (number) => {
    names ??= new Map(
      (orNull(host.read(interrupts)) ?? []).map(({ name, device }) => [name, device.split(' ').at(-1) ?? '']),
    );
    return names.get(`${number}`) || `IRQ ${number}`;
  };
}

function placeLookup(host: Host, clock: Clock, tgid: number): LateLookups['placeOf'] {
  let mappings: readonly TaskMapping[] = [];
  let readNs = -MAPS_EVERY_NS;
  const find = (address: number) =>
    mappings.find((one) => address >= one.address && address < one.address + one.bytes);
  return (address) => {
    let found = find(address);
    const nowNs = clock.monotonicNs();
    if (found === undefined && nowNs - readNs >= MAPS_EVERY_NS) {
      mappings = orNull(host.read(taskMaps, { pid: tgid })) ?? [];
      readNs = nowNs;
      found = find(address);
    }
    return found === undefined ? 'unknown' : nameOf(found);
  };
}

function nameOf({ path, inode }: TaskMapping): string {
  if (path.startsWith('/') && inode !== 0n) return path;
  if (path === '[heap]' || path.startsWith('[stack')) return path;
  return 'anonymous memory';
}
