/** Peers that are scripts for psutil. */
import { spawnSync } from 'node:child_process';

/** The first python3 that has psutil, which one of a user's own may lack where the system's has it; null without. */
export function pythonWithPsutil(): string | null {
  const pythons = ['python3', '/usr/bin/python3'];
  return pythons.find((python) => spawnSync(python, ['-c', 'import psutil']).status === 0) ?? null;
}
