/** Which program a process runs: by the file it was started from, not by a name that it may give itself. */
import { isMissing } from '../base/missing.ts';
import { programName } from '../model/target.ts';
import type { TargetProcess } from './situation.ts';

/** `python3.11` and `mysqld-8` are versions of the program; `node_exporter` is not `node`. */
export function runs({ executable, comm }: TargetProcess, names: readonly string[]): boolean {
  const name = isMissing(executable) ? comm : programName(executable);
  return names.includes(name.replace(/[-.]?\d[\d.]*$/, ''));
}
