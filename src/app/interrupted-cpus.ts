/** Where interrupts are delivered: what `irqfree` leaves out. */
import { CpuSet } from '../base/cpu-set.ts';
import { isMissing, type Maybe, orNull } from '../base/missing.ts';
import type { Host } from '../host/host.ts';
import { irqEffectiveCpus, irqFolders, irqRequestedCpus } from '../kernel/irq/affinity.ts';
import { interrupts } from '../kernel/irq/interrupts.ts';

/**
 * CPUs to which a device interrupt is delivered that has fired since boot. One that never fired does not count: fast
 * disks reserve an interrupt for every CPU, and most stay silent.
 */
export function readInterruptedCpus(host: Host): Maybe<CpuSet> {
  const folders = host.read(irqFolders);
  if (isMissing(folders)) return folders;
  const lines = orNull(host.read(interrupts));
  const fired = new Set(
    lines?.filter(({ counts }) => [...counts.values()].some((count) => count > 0n)).map(({ name }) => name),
  );
  const wanted = folders.filter((irq) => lines === null || fired.has(`${irq}`));
  return wanted.map((irq) => deliveredTo(host, irq)).reduce((a, b) => a.union(b), CpuSet.EMPTY);
}

/** The interrupts that are delivered on some of these CPUs now, ascending. */
export function readDelivered(host: Host, cpus: CpuSet): readonly number[] {
  const folders = orNull(host.read(irqFolders)) ?? [];
  return folders.filter((irq) => deliveredTo(host, irq).overlaps(cpus));
}

/** Where the interrupt chip does not tell, all CPUs that were asked for. */
function deliveredTo(host: Host, irq: number): CpuSet {
  const effective = orNull(host.read(irqEffectiveCpus, { irq }));
  if (effective !== null && !effective.isEmpty) return effective;
  return orNull(host.read(irqRequestedCpus, { irq })) ?? CpuSet.EMPTY;
}
