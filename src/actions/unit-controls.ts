/**
 * What the service manager decides about its units, and alone may change: systemd writes the files of its cgroups anew
 * when units change. The running one is behind `app/native-units.ts`.
 */
export interface UnitControls {
  /**
   * The CPUs that the processes of a unit may use at most, as a cpulist; empty: all.
   * @throws Refused `gone` where there is no such unit; `unsupported` where there is no service manager
   */
  allowedCpus(unit: string): string;
  /** Until the next boot. When it returns, the kernel has it. @throws Refused */
  setAllowedCpus(unit: string, cpus: string): void;
}
