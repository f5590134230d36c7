/** Which device interrupts can be sent to other CPUs: some queues of fast devices stay where their driver put them. */
import { statSync } from 'node:fs';
import { isMissing, type Maybe, orNull } from '../base/missing.ts';
import type { Host } from '../host/host.ts';
import { pathOf } from '../host/reader.ts';
import { irqFolders, irqRequestedCpus } from '../kernel/irq/affinity.ts';
import { interrupts } from '../kernel/irq/interrupts.ts';
import type { InterruptMobility } from '../model/capabilities.ts';

/**
 * The kernel makes the file of an interrupt that its driver manages read-only (irq_can_set_affinity_usr in
 * kernel/irq/proc.c); kernels that do not yet do so show every file as writable.
 */
export function readInterruptMobility(host: Host): Maybe<InterruptMobility> {
  const folders = host.read(irqFolders);
  if (isMissing(folders)) return folders;
  const lines = orNull(host.read(interrupts)) ?? [];
  // Numbers without a line belong to nobody.
  const used = folders.filter((irq) => lines.some((line) => line.name === `${irq}`));
  const fixed = used.filter((irq) => !isWritable(pathOf(irqRequestedCpus, { irq })));
  const device = (irq: number) =>
    lines
      .find((line) => line.name === `${irq}`)
      ?.device.split(' ')
      .at(-1);
  return { interrupts: used.length, fixed: fixed.map((irq) => device(irq) ?? `${irq}`) };
}

function isWritable(path: string): boolean {
  const status = statSync(path, { throwIfNoEntry: false });
  return status !== undefined && (status.mode & 0o222) !== 0;
}
