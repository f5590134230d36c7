/** What a proposal does to groups of tasks, as lines for a shell: `keel pin` changes threads only. */
import { orNull } from '../base/missing.ts';
import type { Sentence } from '../base/sentence.ts';
import { shellWord } from '../base/shell-word.ts';
import type { Host } from '../host/host.ts';
import { pathOf } from '../host/reader.ts';
import { cfsPeriod, cfsQuota, cpuMax } from '../kernel/cgroup/cpu.ts';
import { cpuIdle, cpuShares, cpuWeight } from '../kernel/cgroup/weight.ts';
import { taskAutogroup } from '../kernel/task/autogroup.ts';
import { cgroupMounts } from '../kernel/task/mountinfo.ts';
import { cgroupBelow, controllerMount } from '../model/cgroup.ts';
import type { GroupMove, Proposal } from '../placement/proposal.ts';

/** One thing that is done, and the way back to what was read. */
export interface GroupCommand {
  readonly now: string;
  readonly undo: string;
  readonly note: Sentence | null;
}

/** Nothing where the group cannot be reached from here. */
export function groupCommands(host: Host, choice: Proposal | null): readonly GroupCommand[] {
  return (choice?.groups ?? []).flatMap((group) => {
    if (group.kind === 'autogroup') return [sessionCommand(host, group)];
    const folder = folderOf(host, group.cgroup);
    if (folder === null) return [];
    return [group.kind === 'quota' ? quotaCommand(host, folder, group) : idleCommand(host, folder)];
  });
}

type Folder = { readonly version: 1 | 2; readonly folder: string };

function folderOf(host: Host, cgroup: string): Folder | null {
  const mount = controllerMount('cpu', orNull(host.read(cgroupMounts, { pid: 'self' })) ?? []);
  const inside = mount === null ? null : cgroupBelow(cgroup, mount.root);
  if (mount === null || inside === null) return null;
  return {
    version: mount.version,
    folder: inside === '/' ? mount.mountPoint : `${mount.mountPoint}${inside}`,
  };
}

function echo(value: string | number, path: string): string {
  const word = `${value}`;
  return `echo ${word.includes(' ') ? `"${word}"` : word} > ${shellWord(path)}`;
}

function sessionCommand(
  host: Host,
  { tgid, nice }: GroupMove & { readonly kind: 'autogroup' },
): GroupCommand {
  const path = pathOf(taskAutogroup, { pid: tgid });
  const before = orNull(host.read(taskAutogroup, { pid: tgid }))?.nice;
  return {
    now: echo(nice, path),
    undo: before === undefined ? noteBefore(path) : echo(before, path),
    note: null,
  };
}

function quotaCommand(
  host: Host,
  { version, folder }: Folder,
  { toCpus }: GroupMove & { readonly kind: 'quota' },
): GroupCommand {
  if (version === 2) {
    const path = pathOf(cpuMax, { folder });
    const before = orNull(host.read(cpuMax, { folder }));
    const periodUs = before?.periodUs ?? USUAL_PERIOD_US;
    return {
      now: echo(`${Math.round(toCpus * periodUs)} ${periodUs}`, path),
      undo: before === null ? noteBefore(path) : echo(`${before.quotaUs ?? 'max'} ${periodUs}`, path),
      note: null,
    };
  }
  const path = pathOf(cfsQuota, { folder });
  const periodUs = orNull(host.read(cfsPeriod, { folder }));
  const before = host.read(cfsQuota, { folder });
  const isKnown = before === null || typeof before === 'number';
  return {
    now: echo(Math.round(toCpus * (periodUs ?? USUAL_PERIOD_US)), path),
    undo: isKnown ? echo(before ?? -1, path) : noteBefore(path),
    note: null,
  };
}

const USUAL_PERIOD_US = 100_000;

/** The kernel forgets the weight of a group that is made idle. */
function idleCommand(host: Host, { version, folder }: Folder): GroupCommand {
  const idle = pathOf(cpuIdle, { folder });
  const reader = version === 2 ? cpuWeight : cpuShares;
  const weight = orNull(host.read(reader, { folder }));
  const path = pathOf(reader, { folder });
  return {
    now: echo(1, idle),
    undo: `${echo(0, idle)}; ${weight === null ? noteBefore(path) : echo(weight, path)}`,
    note: NEEDS_515,
  };
}

function noteBefore(path: string): string {
  return `# note it before: cat ${shellWord(path)}`;
}

const NEEDS_515: Sentence = { en: 'since Linux 5.15', ko: 'Linux 5.15부터' };
