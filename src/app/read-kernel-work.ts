/** What the kernel itself does on some CPUs: interrupts, unbound work, packets; what of it can be sent elsewhere. */
import { statSync } from 'node:fs';
import { isFixedTo } from '../actions/everyone.ts';
import type { MachineSettingName, MachineStep } from '../actions/machine/setting.ts';
import type { ShieldSituation } from '../actions/shield/situation.ts';
import { away } from '../actions/shield/way.ts';
import { CpuSet } from '../base/cpu-set.ts';
import { isMissing, type Maybe, missing, orNull } from '../base/missing.ts';
import type { Host } from '../host/host.ts';
import { pathOf } from '../host/reader.ts';
import { workqueueCpus } from '../kernel/cpu/workqueue.ts';
import { irqDefaultCpus, irqEffectiveCpus, irqFolders, irqRequestedCpus } from '../kernel/irq/affinity.ts';
import { interrupts } from '../kernel/irq/interrupts.ts';
import { networkDevices, receivePacketSteering, receiveQueues } from '../kernel/net/queues.ts';
import { uptime } from '../kernel/proc/uptime.ts';
import { threadSchedstat } from '../kernel/task/schedstat.ts';
import type { Workshop } from './workshop.ts';

type Place = Pick<ShieldSituation, 'cpus' | 'rest'>;

export interface Interrupt {
  readonly irq: number;
  /** As /proc/interrupts has it: chip, trigger and device; null where it is not listed. */
  readonly device: string | null;
  readonly requested: CpuSet;
  /** Where it is delivered now; what was asked for where the chip does not tell. */
  readonly delivered: CpuSet;
  /** It has fired since boot. */
  readonly hasFired: boolean;
  /** Its driver decides: the kernel does not let us. */
  readonly isManaged: boolean;
}

/** The interrupts that may be delivered on some of these CPUs. */
export function readInterrupts(host: Host, { cpus }: Place): Maybe<readonly Interrupt[]> {
  const folders = host.read(irqFolders);
  if (isMissing(folders)) return folders;
  const lines = orNull(host.read(interrupts)) ?? [];
  const byName = new Map(lines.map((line) => [line.name, line]));
  return folders.flatMap((irq) => {
    const requested = orNull(host.read(irqRequestedCpus, { irq }));
    if (requested === null) return [];
    const effective = orNull(host.read(irqEffectiveCpus, { irq }));
    const delivered = effective === null || effective.isEmpty ? requested : effective;
    if (!requested.overlaps(cpus) && !delivered.overlaps(cpus)) return [];
    const line = byName.get(`${irq}`);
    return [
      {
        irq,
        device: line === undefined ? null : line.device,
        requested,
        delivered,
        hasFired: [...(line?.counts.values() ?? [])].some((count) => count > 0n),
        isManaged: isReadOnly(pathOf(irqRequestedCpus, { irq })),
      },
    ];
  });
}

/** Newer kernels give the file of an interrupt that its driver manages no bit for writing; older ones fail the write. */
function isReadOnly(path: string): boolean {
  const status = statSync(path, { throwIfNoEntry: false });
  return status !== undefined && (status.mode & 0o222) === 0;
}

/** Steps that send the kernel's own work elsewhere. The kernel may refuse any of them. */
export function kernelWorkSteps(
  host: Host,
  place: Place,
  movable: readonly Interrupt[],
): readonly MachineStep[] {
  const step = (setting: MachineSettingName, at: string, before: Maybe<CpuSet>): readonly MachineStep[] =>
    isMissing(before) || !before.overlaps(place.cpus)
      ? []
      : [
          {
            setting,
            at,
            before: before.toKernelList(),
            set: away(before, place).toKernelList(),
            mayStay: true,
          },
        ];
  return [
    ...movable.flatMap(({ irq, requested }) => step('irqAffinity', `${irq}`, requested)),
    ...step('irqDefault', '', host.read(irqDefaultCpus)),
    ...step('workqueueCpus', '', host.read(workqueueCpus)),
    // None of its own: the CPU of the interrupt does it.
    ...steeredQueues(host)
      .filter(({ cpus }) => cpus.overlaps(place.cpus))
      .map(({ at, cpus }) => ({
        setting: 'packetSteering' as const,
        at,
        before: cpus.toKernelList(),
        set: cpus.minus(place.cpus).toKernelList(),
        mayStay: true,
      })),
  ];
}

function steeredQueues(host: Host): readonly { readonly at: string; readonly cpus: CpuSet }[] {
  const devices = orNull(host.read(networkDevices)) ?? [];
  return devices.flatMap((device) =>
    (orNull(host.read(receiveQueues, { device })) ?? []).map((queue) => ({
      at: `${device}/${queue}`,
      cpus: orNull(host.read(receivePacketSteering, { device, queue })) ?? CpuSet.EMPTY,
    })),
  );
}

export interface PerCpuThreads {
  readonly threads: number;
  /** Of the time of these CPUs since boot. */
  readonly sharePct: Maybe<number>;
}

/** Threads of the kernel that belong to one of the CPUs. */
export function readPerCpuThreads({ host, controls }: Workshop, cpus: CpuSet): PerCpuThreads {
  let threads = 0;
  let runTimeNs: bigint | null = 0n;
  for (const process of controls.machine.processes()) {
    if (!process.isKernelThread || !isFixedTo(controls, process, cpus)) continue;
    threads += 1;
    const times = orNull(host.read(threadSchedstat, { pid: process.tgid, tid: process.tgid }));
    runTimeNs = times === null || runTimeNs === null ? null : runTimeNs + times.runTimeNs;
  }
  const upNs = orNull(host.read(uptime));
  const known = runTimeNs !== null && upNs !== null && upNs > 0n;
  return {
    threads,
    sharePct: known
      ? (Number(runTimeNs) / (Number(upNs) * cpus.size)) * 100
      : missing('absent', threadSchedstat.path),
  };
}
