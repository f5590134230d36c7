/** What perf events are opened on to count page faults, and which row of the result each belongs to. */
import { closeSync, constants, openSync } from 'node:fs';
import { KeelError } from '../base/errors.ts';
import { orNull } from '../base/missing.ts';
import type { Host } from '../host/host.ts';
import { cpusInState } from '../kernel/cpu/lists.ts';
import { processCgroup } from '../kernel/task/cgroup.ts';
import { processList, threadList } from '../kernel/task/lists.ts';
import { type CgroupMount, cgroupMounts } from '../kernel/task/mountinfo.ts';
import { threadStat } from '../kernel/task/stat.ts';
import { nearestAbove, perfCgroup, perfFolder } from '../model/cgroup.ts';
import type { CountedScope, CountingPlan } from './counting-events.ts';
import type { FoundTarget } from './find-targets.ts';
import type { LaunchedProgram } from './launch-program.ts';

export type CountSubject =
  | { readonly kind: 'machine' }
  | { readonly kind: 'processes'; readonly targets: readonly FoundTarget[] }
  /** Each with all below it. */
  | { readonly kind: 'cgroups'; readonly paths: readonly string[] }
  /** From its first instruction until it ends. */
  | { readonly kind: 'program'; readonly program: LaunchedProgram };

/** What has a row of its own. */
export const COUNT_ROWS = ['cpu', 'cgroup', 'thread'] as const;
export type CountRow = (typeof COUNT_ROWS)[number];

/** How rows that lie in each other become the result. */
export interface RowNesting {
  /** Rows whose counts are part of another row's: they are not added to the total. */
  readonly inner: ReadonlySet<string>;
  /** By row, the one above it that its counts are taken off, so that each row is its own processes. */
  readonly above: ReadonlyMap<string, string>;
}

export interface OpenScopes extends Disposable {
  readonly plan: CountingPlan;
  readonly nesting: RowNesting;
  /** What threads are called, by row. */
  readonly names: ReadonlyMap<string, string>;
}

const FLAT: Omit<OpenScopes, 'plan'> = {
  nesting: { inner: new Set(), above: new Map() },
  names: new Map(),
  [Symbol.dispose]: () => {},
};

/** @throws KeelError E_USAGE for a cgroup that is not there */
export function openScopes(host: Host, subject: CountSubject, by: CountRow | null): OpenScopes {
  const cpus = orNull(host.read(cpusInState, { state: 'online' }))?.ids() ?? [0];
  switch (subject.kind) {
    case 'cgroups':
      return cgroupScopes(host, subject.paths, by, cpus);
    case 'machine':
      if (by === 'cgroup') return everyCgroup(host, cpus);
      return flat({ scopes: cpus.map((cpu) => ({ key: `${cpu}`, cpu })), inherit: false });
    case 'processes':
      return {
        ...flat({
          scopes: subject.targets.flatMap(({ tgid }) => processScopes(host, tgid, by, cpus)),
          inherit: true,
        }),
        names: by === 'thread' ? threadNames(host, subject.targets) : new Map(),
      };
    case 'program':
      return flat({
        scopes: taskScopes(subject.program.tgid, 'all', by, cpus),
        inherit: true,
        enableOnExec: true,
      });
  }
}

function flat(plan: Pick<CountingPlan, 'scopes' | 'inherit'> & Partial<CountingPlan>): OpenScopes {
  return { ...FLAT, plan: { enableOnExec: false, ...plan } };
}

function threadNames(host: Host, targets: readonly FoundTarget[]): ReadonlyMap<string, string> {
  return new Map(
    targets.flatMap(({ tgid: pid }) =>
      (orNull(host.read(threadList, { pid })) ?? []).flatMap((tid) => {
        const comm = orNull(host.read(threadStat, { pid, tid }))?.comm;
        return comm === undefined ? [] : [[`${tid}`, comm] as const];
      }),
    ),
  );
}

function processScopes(
  host: Host,
  pid: number,
  by: CountRow | null,
  cpus: readonly number[],
): CountedScope[] {
  const cgroup = by === 'cgroup' ? perfCgroup(orNull(host.read(processCgroup, { pid })) ?? []) : 'all';
  return (orNull(host.read(threadList, { pid })) ?? []).flatMap((tid) => taskScopes(tid, cgroup, by, cpus));
}

/** @param key of the row, where it is neither the CPU nor the thread */
function taskScopes(
  tid: number,
  key: string,
  by: CountRow | null,
  cpus: readonly number[],
): readonly CountedScope[] {
  if (by === 'cpu') return cpus.map((cpu) => ({ key: `${cpu}`, tid, cpu }));
  return [{ key: by === 'thread' ? `${tid}` : key, tid }];
}

/** All cgroups that have processes, and the root, so that the rows add up to the machine. */
function everyCgroup(host: Host, cpus: readonly number[]): OpenScopes {
  const paths = (orNull(host.read(processList)) ?? []).map((pid) =>
    perfCgroup(orNull(host.read(processCgroup, { pid })) ?? []),
  );
  const seen = [...new Set(['/', ...paths])].filter((path) => !path.startsWith('/..')).sort();
  const folders = openFolders(host, seen, 'skip');
  const keys = folders.map((one) => one.key);
  const above = new Map(keys.flatMap((key) => pair(key, nearestAbove(key, keys))));
  return { ...scopesOf(folders, null, cpus), nesting: { inner: new Set(), above } };
}

function pair(key: string, above: string | null): [string, string][] {
  return above === null ? [] : [[key, above]];
}

function cgroupScopes(
  host: Host,
  paths: readonly string[],
  by: CountRow | null,
  cpus: readonly number[],
): OpenScopes {
  const folders = openFolders(host, [...new Set(paths)], 'refuse');
  const inner = new Set(
    folders
      .filter(({ key, folder }) =>
        folders.some((other) => other.key !== key && `${folder}/`.startsWith(`${other.folder}/`)),
      )
      .map(({ key }) => key),
  );
  return { ...scopesOf(folders, by, cpus), nesting: { inner, above: new Map() } };
}

interface OpenFolder {
  /** As it was named. */
  readonly key: string;
  readonly folder: string;
  readonly cgroupFd: number;
}

function scopesOf(folders: readonly OpenFolder[], by: CountRow | null, cpus: readonly number[]) {
  const scopes = folders.flatMap(({ key, cgroupFd }) =>
    cpus.map((cpu): CountedScope => ({ key: by === 'cpu' ? `${cpu}` : key, cgroupFd, cpu })),
  );
  return {
    ...FLAT,
    plan: { scopes, inherit: false, enableOnExec: false },
    [Symbol.dispose]: () => closeAll(folders),
  };
}

function closeAll(folders: readonly OpenFolder[]): void {
  for (const { cgroupFd } of folders) closeSync(cgroupFd);
}

/**
 * Perf takes a cgroup by the descriptor of its folder, which may be closed once the events are open.
 * @param absent what to do about a folder that is not there
 */
function openFolders(host: Host, paths: readonly string[], absent: 'skip' | 'refuse'): OpenFolder[] {
  const mounts = orNull(host.read(cgroupMounts, { pid: 'self' })) ?? [];
  const folders: OpenFolder[] = [];
  try {
    for (const key of paths) {
      const folder = folderOf(key, mounts);
      const cgroupFd = openFolder(key, folder, absent);
      if (cgroupFd !== null) folders.push({ key, folder, cgroupFd });
    }
    return folders;
  } catch (error) {
    closeAll(folders);
    throw error;
  }
}

const BY_PROCESS = [
  { en: 'By process: keel faults stat <target>', ko: '프로세스로 세기: keel faults stat <대상>' },
];

/** @throws KeelError E_USAGE */
function folderOf(path: string, mounts: readonly CgroupMount[]): string {
  const folder = perfFolder(path, mounts);
  if (folder !== null) return folder;
  throw new KeelError('E_USAGE', {
    what: {
      en: `no cgroup hierarchy that carries perf events is mounted, so ${path} cannot be counted`,
      ko: `perf 이벤트를 세는 cgroup 계층이 마운트되지 않아 ${path}을(를) 셀 수 없습니다`,
    },
    next: BY_PROCESS,
  });
}

/** @throws KeelError E_USAGE, saying where it was looked for */
function openFolder(path: string, folder: string, absent: 'skip' | 'refuse'): number | null {
  try {
    return openSync(folder, constants.O_RDONLY | constants.O_DIRECTORY);
  } catch (cause) {
    if (absent === 'skip') return null;
    throw new KeelError('E_USAGE', {
      what: {
        en: `${path} is no cgroup here: looked for ${folder}`,
        ko: `${path} cgroup이 없습니다. 찾은 곳: ${folder}`,
      },
      next: BY_PROCESS,
      cause,
    });
  }
}
