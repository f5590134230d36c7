/** Reads what lscpu, lstopo and numactl print, so that keel can be compared with them. Pure. */
import { CpuSet } from '../../src/base/cpu-set.ts';

/** One CPU as `lscpu -a -p=CPU,ONLINE,...` tells it: the logical number of each thing it is part of. */
export interface LscpuRow {
  readonly cpu: number;
  readonly online: boolean;
  readonly core: string;
  readonly socket: string;
  readonly node: string;
  /** By lscpu's name of the level, such as "L1d". */
  readonly caches: Readonly<Record<string, string>>;
}

export const LSCPU_COLUMNS = 'CPU,ONLINE,CORE,SOCKET,NODE,CACHE';

/** Offline CPUs have no columns behind the second. */
export function parseLscpu(text: string): readonly LscpuRow[] {
  const lines = text.split('\n').filter((line) => line !== '');
  const header = lines.findLast((line) => line.startsWith('#')) ?? '';
  const names = header.replace(/^# */, '').split(',');
  const cacheNames = names.filter((name) => /^L\d/.test(name));
  const firstCache = names.findIndex((name) => /^L\d/.test(name));
  return lines
    .filter((line) => !line.startsWith('#'))
    .map((line) => {
      const [cpu = '', online, core = '', socket = '', node = '', ...rest] = line.split(',');
      const caches = rest.slice(firstCache - 5);
      return {
        cpu: Number(cpu),
        online: online === 'Y',
        core,
        socket,
        node,
        caches: Object.fromEntries(cacheNames.map((name, i) => [name, caches[i] ?? ''])),
      };
    });
}

/** The cpulist of those that share a number with each online CPU. */
export function groupsOf(
  rows: readonly LscpuRow[],
  number: (row: LscpuRow) => string,
): ReadonlyMap<number, string> {
  const online = rows.filter((row) => row.online);
  return new Map(
    online.map((row) => [
      row.cpu,
      CpuSet.from(
        online.filter((other) => number(other) === number(row)).map((other) => other.cpu),
      ).toString(),
    ]),
  );
}

export interface LstopoObject {
  /** Package, Die, NUMANode, L1Cache, L1iCache, L2Cache, L3Cache, Core, PU... */
  readonly type: string;
  readonly osIndex: number | null;
  readonly cpus: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** The objects of `lstopo-no-graphics --of xml` that hold CPUs; memory without CPUs has an empty list. */
export function parseLstopo(xml: string): readonly LstopoObject[] {
  return [...xml.matchAll(/<object ([^>]*?)\/?>/g)].flatMap(([, text = '']) => {
    const attributes = Object.fromEntries(
      [...text.matchAll(/(\w+)="([^"]*)"/g)].map(([, name = '', value = '']) => [name, value]),
    );
    const { type, cpuset, os_index: index } = attributes;
    if (type === undefined || cpuset === undefined) return [];
    const words = cpuset.split(',').map((word) => word.replace(/^0x/, '').padStart(8, '0'));
    const cpus = CpuSet.parseMask(words.join(',')).toString();
    return [{ type, osIndex: index === undefined ? null : Number(index), cpus, attributes }];
  });
}

export interface NumactlNode {
  readonly node: number;
  readonly cpus: string;
  readonly sizeMib: number;
  /** By node. */
  readonly distances: Readonly<Record<string, number>>;
}

/** `numactl -H`. */
export function parseNumactl(text: string): readonly NumactlNode[] {
  const columns = /^node +((?:\d+ *)+)$/m.exec(text)?.[1]?.trim().split(/ +/) ?? [];
  return [...text.matchAll(/^node (\d+) cpus:(.*)$/gm)].map(([, node = '', cpus = '']) => {
    const row = new RegExp(`^ *${node}: +(.*)$`, 'm').exec(text)?.[1]?.trim().split(/ +/) ?? [];
    return {
      node: Number(node),
      cpus: CpuSet.parseList(cpus).toString(),
      sizeMib: Number(new RegExp(`^node ${node} size: (\\d+) MB$`, 'm').exec(text)?.[1]),
      distances: Object.fromEntries(columns.map((column, i) => [column, Number(row[i])])),
    };
  });
}

/** Pages of a process by node, from /proc/PID/numa_maps. */
export function pagesByNode(numaMaps: string): Readonly<Record<string, number>> {
  const pages: Record<string, number> = {};
  for (const [, node = '', count] of numaMaps.matchAll(/\bN(\d+)=(\d+)/g)) {
    pages[node] = (pages[node] ?? 0) + Number(count);
  }
  return pages;
}

/** Of those, the ones that are no file's (programs and libraries stay where they were read first). */
export function anonymousPagesByNode(numaMaps: string): Readonly<Record<string, number>> {
  const lines = numaMaps.split('\n').filter((line) => /\banon=/.test(line) && !/\bfile=/.test(line));
  return pagesByNode(lines.join('\n'));
}

/** The policies of the mappings; one that has none of its own shows its task's. */
export function policiesOf(numaMaps: string): ReadonlySet<string> {
  return new Set(numaMaps.split('\n').flatMap((line) => line.split(' ')[1] ?? []));
}

/** `taskset -acp PID`: the list of each thread by TID. */
export function parseTaskset(text: string): ReadonlyMap<number, string> {
  return new Map(
    [...text.matchAll(/^pid (\d+)'s current affinity list: (.*)$/gm)].map(([, tid, list = '']) => [
      Number(tid),
      CpuSet.parseList(list).toString(),
    ]),
  );
}
