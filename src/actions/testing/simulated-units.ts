/** systemd of the machine in memory: what a unit may use goes into the cpuset of its cgroup in the root. */
import type { UnitControls } from '../unit-controls.ts';
import type { SimulatedFiles } from './simulated-files.ts';

export class SimulatedUnits implements UnitControls {
  readonly #files: SimulatedFiles;
  /** Of units that say so. */
  readonly #allowed = new Map<string, string>();

  constructor(files: SimulatedFiles) {
    this.#files = files;
  }

  allowedCpus(unit: string): string {
    return this.#allowed.get(unit) ?? '';
  }

  setAllowedCpus(unit: string, cpus: string): void {
    this.#files.writeFile('cpusetCpus', `/${unit}`, cpus);
    this.#allowed.set(unit, cpus);
  }

  state(): Readonly<Record<string, string>> {
    return Object.fromEntries([...this.#allowed].filter(([, cpus]) => cpus !== ''));
  }
}
