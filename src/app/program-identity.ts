/** By what a process is known again after a restart: the file it runs, how it was called, the service it belongs to. */
import { createHash } from 'node:crypto';
import { mapMaybe, orNull } from '../base/missing.ts';
import type { Host } from '../host/host.ts';
import { processCgroup } from '../kernel/task/cgroup.ts';
import { commandLine, executable } from '../kernel/task/command.ts';
import { processStat } from '../kernel/task/stat.ts';
import { unitOf } from '../model/target.ts';
import type { KeptProcess, ProgramIdentity } from '../trial/kept-trial.ts';

export function readIdentity(host: Host, { tgid, comm }: { readonly tgid: number; readonly comm: string }) {
  const words = orNull(host.read(commandLine, { pid: tgid }));
  return {
    comm,
    // A program that was replaced on disk is the same program, updated.
    executable: orNull(
      mapMaybe(host.read(executable, { pid: tgid }), (path) => path.replace(/ \(deleted\)$/, '')),
    ),
    commandDigest: words === null ? null : digest(words),
    unit: serviceOf(host, tgid),
  } satisfies ProgramIdentity;
}

/** null where it has ended. */
export function readKeptProcess(host: Host, tgid: number): KeptProcess | null {
  const stat = orNull(host.read(processStat, { pid: tgid }));
  if (stat === null) return null;
  return { tgid, startTicks: stat.startTicks, comm: stat.comm, unit: serviceOf(host, tgid) };
}

/** Sessions and scopes are new each time; services come back under their names. */
function serviceOf(host: Host, tgid: number): string | null {
  const unit = orNull(mapMaybe(host.read(processCgroup, { pid: tgid }), unitOf));
  return unit?.endsWith('.service') === true ? unit : null;
}

function digest(words: readonly string[]): string {
  return createHash('sha256').update(words.join('\0')).digest('hex');
}
