/** Cgroups of the cpu controller for planted programs: beside each other, inside of the group of this process. */
import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

const V1 = '/sys/fs/cgroup/cpu';
const V2 = '/sys/fs/cgroup';

/** The folder of our own group; null where groups cannot be made in it. */
function ownFolder(): string | null {
  const lines = readFileSync('/proc/self/cgroup', 'utf8').split('\n');
  const v1 = lines.find((line) => /^\d+:([^:]*,)?cpu(,[^:]*)?:/.test(line));
  if (v1 !== undefined && existsSync(`${V1}/cpu.shares`)) return `${V1}${v1.split(':').slice(2).join(':')}`;
  const handsDown = existsSync(`${V2}/cgroup.subtree_control`)
    ? readFileSync(`${V2}/cgroup.subtree_control`, 'utf8').includes('cpu')
    : false;
  // In v2 only the root may hold processes beside groups that share the CPU.
  return handsDown ? V2 : null;
}

export class CpuGroups {
  readonly #made: string[] = [];

  /** Why none can be made here; null where they can. */
  static missing(): string | null {
    if (process.geteuid?.() !== 0) return 'cgroups are made by root';
    return ownFolder() === null ? 'no cgroup hierarchy with the cpu controller' : null;
  }

  /** @returns the path that /proc/PID/cgroup shows of it */
  make(name: string, pid: number): void {
    const folder = `${ownFolder()}/keel-${process.pid}-${name}`;
    mkdirSync(folder);
    this.#made.push(folder);
    writeFileSync(`${folder}/cgroup.procs`, `${pid}`);
  }

  /** All values that a trial may change. */
  state(): readonly string[] {
    const files = ['cpu.weight', 'cpu.shares', 'cpu.idle', 'cpu.max', 'cpu.cfs_quota_us'];
    return this.#made.flatMap((folder) =>
      files
        .filter((name) => existsSync(`${folder}/${name}`))
        .map((name) => `${name} ${readFileSync(`${folder}/${name}`, 'utf8').trim()}`),
    );
  }

  /** Whoever is inside was killed just before, and leaves in a moment. */
  async remove(): Promise<void> {
    for (const folder of this.#made) {
      for (let tries = 0; tries < 100 && existsSync(folder); tries += 1) {
        try {
          rmdirSync(folder);
        } catch {
          await sleep(20);
        }
      }
    }
  }
}
