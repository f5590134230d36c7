/** A program in an emulated machine that needs more memory than its cgroup (v2) may use. */
import type { Machine, Result, Started } from './machine.ts';

export const GROUP = '/sys/fs/cgroup/box';
export const MEMORY_MIB = 48;
/** Of the machine's own swap disk nothing is read ahead, so that every page is a fault of its own. */
export const PREPARE = `echo 0 >/proc/sys/vm/page-cluster; echo 100 >/proc/sys/vm/swappiness; mkdir ${GROUP}`;
export const LIMITED_MIB = 32;

/** Writes all of its memory over and over. @param what of memhog(8): a file to map, or nothing */
export function startHog(machine: Machine, ...what: readonly string[]): Started {
  const hog = `exec memhog ${[...what, '-r100000000', `${MEMORY_MIB}m`].join(' ')} >/dev/null`;
  const started = machine.start('sh', '-c', `echo $$ >${GROUP}/cgroup.procs; echo; ${hog}`);
  const full = `awk '/^Rss:/ { s += $2 } END { print s }' /proc/${started.pid}/smaps`;
  sh(machine, `until [ "$(${full})" -ge ${MEMORY_MIB * 1024} ]; do sleep 0.2; done`);
  return started;
}

export const sh = (machine: Machine, script: string): Result => machine.run('sh', '-ec', script);
export const limitTo = (machine: Machine, mib: number | 'max'): Result =>
  sh(machine, `echo ${mib === 'max' ? mib : `${mib}M`} >${GROUP}/memory.high`);
/** Threads by /proc: loading programs into this kernel takes an emulated machine several seconds. */
export const LOOK = ['--for', '1s', '--source', 'proc'] as const;
export const why = (machine: Machine, { pid }: Started): Result =>
  machine.keel('why', pid, ...LOOK, '--json');

export interface Why {
  readonly findings: readonly {
    readonly rule: string;
    readonly sharePct: number;
    readonly evidence: readonly { readonly text: string; readonly value: number }[];
  }[];
  readonly memory: { readonly causes: readonly string[] };
}

export const statusOf = (machine: Machine, pid: string): Result => machine.read(`/proc/${pid}/status`);

export function lockedKib(status: Result): number {
  return Number(/^VmLck:\s*(\d+) kB$/m.exec(status.stdout)?.[1]);
}

/** The text of what is told of it, in one finding. */
export function evidenceOf(result: Result, rule: string): readonly string[] {
  const finding = result.json<Why>().findings.find((one) => one.rule === rule);
  return finding?.evidence.map(({ text }) => text) ?? [];
}
